// SPDX-License-Identifier: Apache-2.0
#include "report/comparison.hpp"

#include "core/text.hpp"
#include "report/html.hpp"

#include <cmath>

namespace mlopsctl::report {
namespace {

using bench::ComparedNumber;
using bench::Comparison;
using bench::Finding;

std::string differences(const ComparedNumber& number) {
  return number.a && number.b ? shown_difference(number.name, *number.b - *number.a) : "-";
}

std::string basis_line(const Comparison& comparison) {
  std::string out = std::to_string(comparison.images) + " images; " + comparison.basis;
  if (comparison.samples > 0)
    out += ", " + std::to_string(comparison.samples) + " bootstrap samples, seed " +
           std::to_string(comparison.seed);
  return out + "; intervals of 95 %";
}

/// All that a number says, for the body of a failure.
std::string details(const ComparedNumber& number) {
  return number.name + ": " + shown_number(number.name, number.a) + " -> " +
         shown_number(number.name, number.b) + ", difference " + differences(number) + " (" +
         shown_range(number) + "), allowed to be worse by " +
         shown_number(number.name, number.allowance);
}

void append_case(const ComparedNumber& number, std::string& out) {
  out += "    <testcase classname=\"mlopsctl.bench.compare\" name=\"" + html_escaped(number.name) +
         "\"";
  if (number.finding == Finding::no_worse) {
    out += "/>\n";
    return;
  }
  const char* kind = number.finding == Finding::regression ? "failure" : "error";
  const std::string message =
      number.finding == Finding::regression ? "regression" : "no verdict: " + number.reason;
  out += std::string(">\n      <") + kind + " type=\"" +
         (number.finding == Finding::regression ? "regression" : "undecided") + "\" message=\"" +
         html_escaped(message) + "\">" + html_escaped(details(number)) + "</" + kind +
         ">\n    </testcase>\n";
}

} // namespace

std::string shown_number(const std::string& name, const bench::Metric& value) {
  if (!value)
    return "-";
  if (name.ends_with("_ms"))
    return fixed(*value, std::abs(*value) < 10 ? 3 : 1) + " ms"; // small models take microseconds
  if (name == "seconds")
    return fixed(*value, 1) + " s";
  if (name.ends_with("_bytes"))
    return fixed(*value / 1048576, 1) + " MiB";
  return name == "images_per_s" ? fixed(*value, 1) + "/s" : fixed(*value, 4);
}

std::string shown_difference(const std::string& name, double value) {
  std::string text = shown_number(name, std::abs(value));
  const bool is_nothing = text.find_first_of("123456789") == std::string::npos;
  return (is_nothing ? "" : value < 0 ? "-" : "+") + text;
}

std::string shown_range(const ComparedNumber& number) {
  return number.difference ? shown_difference(number.name, number.difference->low) + " ... " +
                                 shown_difference(number.name, number.difference->high)
                           : "-";
}

std::string shown_finding(const ComparedNumber& number) {
  if (!number.is_judged)
    return "not judged";
  if (number.finding == Finding::regression)
    return "REGRESSION";
  return std::string(finding_name(number.finding)) +
         (number.finding == Finding::undecided ? ": " + number.reason : "");
}

std::string verdict_line(const Comparison& comparison) {
  const Finding finding = comparison.finding();
  std::vector<std::string> names;
  for (const auto& number : comparison.numbers)
    if (number.is_judged && number.finding == finding)
      names.push_back(number.name);
  switch (finding) {
  case Finding::regression: return "REGRESSION: " + join(names, ", ");
  case Finding::undecided: return "NO VERDICT: " + join(names, ", ");
  case Finding::no_worse: return "NO WORSE: " + join(names, ", ");
  }
  return "";
}

std::string markdown_escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (std::string_view("\\`*_{}[]<>()#+-!|~&").find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

std::string markdown_table(const std::vector<std::string>& header,
                           const std::vector<std::vector<std::string>>& rows) {
  std::string out;
  const auto append = [&](const std::vector<std::string>& cells) {
    for (const auto& cell : cells)
      out += "| " + markdown_escaped(cell) + " ";
    out += "|\n";
  };
  append(header);
  for (std::size_t i = 0; i < header.size(); ++i)
    out += "|---";
  out += "|\n";
  for (const auto& row : rows)
    append(row);
  return out;
}

std::string comparison_markdown(const Comparison& comparison) {
  std::string out = "### " + markdown_escaped(verdict_line(comparison)) +
                    "\n\n- A: " + markdown_escaped(comparison.a) +
                    "\n- B: " + markdown_escaped(comparison.b) + "\n- " +
                    markdown_escaped(basis_line(comparison)) + "\n";
  for (const auto& note : comparison.notes)
    out += "- " + markdown_escaped(note) + "\n";
  out += "\n| number | A | B | B - A | 95 % interval | may be worse by | finding |\n"
         "|---|---:|---:|---:|---:|---:|---|\n";
  for (const auto& number : comparison.numbers) {
    const std::string finding = markdown_escaped(shown_finding(number));
    const bool is_bold = number.is_judged && number.finding != Finding::no_worse;
    out += "| `" + number.name + "` | " + shown_number(number.name, number.a) + " | " +
           shown_number(number.name, number.b) + " | " + differences(number) + " | " +
           shown_range(number) + " | " +
           (number.is_judged ? shown_number(number.name, number.allowance) : "") + " | " +
           (is_bold ? "**" + finding + "**" : finding) + " |\n";
  }
  return out;
}

std::string comparison_junit(const Comparison& comparison) {
  int tests = 0;
  int failures = 0;
  int errors = 0;
  std::string cases;
  for (const auto& number : comparison.numbers) {
    if (!number.is_judged)
      continue;
    ++tests;
    failures += number.finding == Finding::regression ? 1 : 0;
    errors += number.finding == Finding::undecided ? 1 : 0;
    append_case(number, cases);
  }
  const std::string counts = " tests=\"" + std::to_string(tests) + "\" failures=\"" +
                             std::to_string(failures) + "\" errors=\"" + std::to_string(errors) +
                             "\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + counts +
         ">\n  <testsuite name=\"mlopsctl bench compare\"" + counts +
         ">\n    <properties>\n      <property name=\"a\" value=\"" + html_escaped(comparison.a) +
         "\"/>\n      <property name=\"b\" value=\"" + html_escaped(comparison.b) +
         "\"/>\n      <property name=\"basis\" value=\"" + html_escaped(basis_line(comparison)) +
         "\"/>\n    </properties>\n" + cases + "  </testsuite>\n</testsuites>\n";
}

} // namespace mlopsctl::report
