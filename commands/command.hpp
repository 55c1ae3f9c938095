// SPDX-License-Identifier: Apache-2.0
// What a command is: a name, one line of help, declare(), and the Context it runs in.
#pragma once

#include "commands/args.hpp"
#include "core/error.hpp"
#include "core/io.hpp"
#include "core/value.hpp"

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::commands {

// Exit codes (the numbers are part of the interface).
inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_not_met = 3;    ///< ran well; a check, gate or comparison was not met
inline constexpr int exit_no_verdict = 4; ///< unstable, or too little data

/// Options that every command takes.
struct GlobalOptions {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool overwrite = false;
  std::string progress = "auto";
  std::string color = "auto";
  std::uint64_t seed = 1;
  int jobs = 0;                    ///< 0: as many as the process has cores
  std::vector<std::string> set;    ///< KEY=VALUE overrides of model.yaml
  std::vector<std::string> limits; ///< NAME=N, see core/limits.hpp
  std::string config;              ///< another file instead of ./mlops.yaml
};

/// Progress of long work on stderr; silent unless stderr is a terminal (or --progress always).
class Progress {
public:
  /// \param total 0 if unknown. \param unit such as "frames".
  Progress(bool enabled, std::string what, std::int64_t total, std::string unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void advance(std::int64_t count = 1);

private:
  void draw();
  bool enabled_;
  std::string what_;
  std::int64_t total_;
  std::string unit_;
  std::int64_t done_ = 0;
  double last_drawn_s_ = 0;
  double start_s_;
};

/// A table for a person: columns padded, numbers to the right, no colour unless stdout is a
/// terminal.
struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

/// What a run may use of the world; tests replace it.
struct Context {
  std::ostream& out;
  std::ostream& err;
  GlobalOptions options;
  std::string command;      ///< "manifest convert"
  std::string command_line; ///< as typed, for the benchmark table; secrets are removed by bench
  bool is_terminal = false; ///< stdout is one
  bool show_progress = false;
  std::function<std::optional<std::string>(const std::string&)> environment;

  int jobs() const; ///< --jobs, or the cores of this process
  Existing existing() const { return options.overwrite ? Existing::replace : Existing::refuse; }
  std::unique_ptr<Progress> progress(std::string what, std::int64_t total, std::string unit) const;
  void print(const Value& document) const; ///< one JSON document on stdout; use under --json only
  void print(const Table& table) const;
  void say(std::string_view line) const; ///< a line for a person on stdout; nothing under --json
};

/// Problems as the "problems" array of a --json document.
Value to_value(const Problems& problems);
/// Prints the first ten problems and the count on stderr.
void print_problems(const Context& ctx, const Problems& problems);

using Run = std::function<int(Context&)>;

struct Command {
  std::string_view name;    ///< "manifest convert"
  std::string_view summary; ///< one line
  Run (*declare)(Args&);    ///< returns what to run after parsing
};

/// Every command of the binary, in the order in which help shows them. table.cpp (mlopsctl).
const std::vector<const Command*>& all_commands();

/// The Markdown page beside a command (commands/<group>/<verb>.md), embedded at build time; empty
/// if there is none.
std::string_view command_page(std::string_view name);

} // namespace mlopsctl::commands
