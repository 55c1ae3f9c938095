// SPDX-License-Identifier: Apache-2.0
#include "commands/command.hpp"

#include "core/parallel.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ostream>

namespace mlopsctl::commands {
namespace {

constexpr double k_redraw_s = 0.1;
constexpr std::size_t k_problems_shown = 10;

double monotonic_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Width on a terminal, counting code points: labels and file names may be any language.
std::size_t display_width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool is_numeric(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.-+%e ") == std::string::npos;
}

} // namespace

Progress::Progress(bool enabled, std::string what, std::int64_t total, std::string unit)
    : enabled_(enabled), what_(std::move(what)), total_(total), unit_(std::move(unit)),
      start_s_(monotonic_s()) {}

Progress::~Progress() {
  if (enabled_ && last_drawn_s_ > 0)
    std::fputs("\r\033[K", stderr); // the line was only for the wait; the result speaks for itself
}

void Progress::advance(std::int64_t count) {
  done_ += count;
  if (enabled_ && monotonic_s() - last_drawn_s_ >= k_redraw_s)
    draw();
}

void Progress::draw() {
  last_drawn_s_ = monotonic_s();
  const double elapsed = last_drawn_s_ - start_s_;
  const double rate = elapsed > 0 ? static_cast<double>(done_) / elapsed : 0;
  std::string line = "\r\033[K" + what_ + ": " + std::to_string(done_);
  if (total_ > 0)
    line += "/" + std::to_string(total_) + " " + unit_ + " (" +
            fixed(100.0 * static_cast<double>(done_) / static_cast<double>(total_), 0) + " %)";
  else
    line += " " + unit_;
  line += ", " + fixed(rate, rate < 10 ? 1 : 0) + "/s";
  if (total_ > done_ && rate > 0 && elapsed > 1)
    line += ", " + fixed(static_cast<double>(total_ - done_) / rate, 0) + " s left";
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

int Context::jobs() const {
  return options.jobs > 0 ? options.jobs : default_jobs();
}

std::unique_ptr<Progress> Context::progress(std::string what, std::int64_t total,
                                            std::string unit) const {
  return std::make_unique<Progress>(show_progress, std::move(what), total, std::move(unit));
}

void Context::print(const Value& document) const {
  out << to_json(document, 2) << '\n';
}

void Context::print(const Table& table) const {
  std::vector<std::size_t> widths(table.header.size());
  std::vector<bool> numeric(table.header.size(), !table.rows.empty());
  for (std::size_t column = 0; column < widths.size(); ++column) {
    widths[column] = display_width(table.header[column]);
    for (const auto& row : table.rows) {
      widths[column] = std::max(widths[column], display_width(printable(row[column])));
      numeric[column] =
          numeric[column] && (row[column].empty() || row[column] == "-" || is_numeric(row[column]));
    }
  }
  const auto print_row = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t column = 0; column < widths.size(); ++column) {
      const std::string text = printable(row[column]);
      const std::string padding(widths[column] - display_width(text), ' ');
      line += column > 0 ? "  " : "";
      line += numeric[column] ? padding + text : text + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  };
  print_row(table.header);
  for (const auto& row : table.rows)
    print_row(row);
}

void Context::say(std::string_view line) const {
  if (!options.json && !options.quiet)
    out << printable(line) << '\n';
}

Value to_value(const Problems& problems) {
  Value list = Value::array();
  for (const auto& problem : problems) {
    Value entry = Value::object();
    entry["rule"] = problem.rule;
    entry["severity"] = problem.severity == Severity::error ? "error" : "warning";
    entry["place"] = printable(problem.place);
    entry["text"] = printable(problem.text);
    list.push(std::move(entry));
  }
  return list;
}

void print_problems(const Context& ctx, const Problems& problems) {
  std::size_t shown = 0, hidden = 0;
  for (const auto& problem : problems) {
    const bool is_error = problem.severity == Severity::error;
    if (ctx.options.quiet && !is_error) // --quiet: errors only
      continue;
    if (shown == k_problems_shown) {
      ++hidden;
      continue;
    }
    ++shown;
    ctx.err << (is_error ? "error: " : "warning: ") << printable(problem.place) << ": "
            << printable(problem.text) << " [" << problem.rule << "]\n";
  }
  if (hidden > 0)
    ctx.err << "... and " << hidden << " more\n";
}

} // namespace mlopsctl::commands
