// SPDX-License-Identifier: Apache-2.0
// main: finds the command, parses its words, runs it, turns what it throws into one message and an
// exit code.
#include "cli/parse.hpp"
#include "commands/command.hpp"
#include "commands/help_text.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/limits.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/version.hpp"
#include "storage/remote.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace mlopsctl::cli {
namespace {

using commands::Command;
using commands::Context;

constexpr int k_most_jobs = 1024;

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value =
      std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe): nothing here sets the environment
  return value ? std::optional<std::string>(value) : std::nullopt;
}

struct Found {
  const Command* command = nullptr;
  std::size_t words_used = 0;
};

/// "manifest convert in out" -> the command of two words; "capture x" -> the one of one word.
Found find_command(const std::vector<std::string>& words) {
  for (std::size_t count = std::min<std::size_t>(2, words.size()); count > 0; --count) {
    const std::string name = count == 2 ? words[0] + " " + words[1] : words[0];
    for (const auto* command : commands::all_commands())
      if (command->name == name)
        return {command, count};
  }
  return {};
}

bool is_group(const std::string& word) {
  for (const auto* command : commands::all_commands())
    if (command->name.starts_with(word + " "))
      return true;
  return false;
}

[[noreturn]] void refuse_unknown_command(const std::vector<std::string>& words) {
  const bool in_group = is_group(words[0]);
  std::vector<std::string> known;
  for (const auto* command : commands::all_commands()) {
    const std::string name(command->name);
    const auto space = name.find(' ');
    if (in_group && name.starts_with(words[0] + " "))
      known.push_back(name.substr(space + 1));
    else if (!in_group)
      known.push_back(name.substr(0, space));
  }
  const std::string& word = in_group ? words[1] : words[0];
  throw Error(Fault::usage,
              "unknown command '" + printable(in_group ? words[0] + " " + word : word) + "'" +
                  did_you_mean(word, known),
              in_group ? "see 'mlopsctl " + words[0] + " --help'" : "see 'mlopsctl --help'");
}

bool switched_on(const std::string& choice, int fd) {
  return choice == "always" || (choice == "auto" && ::isatty(fd) == 1);
}

std::string quoted_command_line(const std::vector<std::string>& words) {
  std::string line = "mlopsctl";
  for (const auto& word : words) {
    const bool is_plain =
        !word.empty() && word.find_first_of(" \t\n'\"\\$`*?[](){}<>|&;!#~") == std::string::npos;
    std::string quoted = "'";
    for (const char c : word)
      quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += " " + (is_plain ? word : quoted + "'");
  }
  return line;
}

int exit_code(Fault fault) {
  return fault == Fault::usage ? commands::exit_usage : commands::exit_failed;
}

/// One line on stderr, and under --json the same as a document, so that a script need not read
/// prose.
void report(const std::string& command, bool json, const char* fault, const std::string& what,
            const std::string& hint, int code) {
  std::cerr << "mlopsctl" << (command.empty() ? "" : " " + command) << ": " << printable(what)
            << (hint.empty() ? "" : "; " + printable(hint)) << '\n';
  if (!json)
    return;
  Value document = Value::object();
  document["schema"] = "mlopsctl.error/1";
  document["command"] = command;
  document["fault"] = fault;
  document["message"] = printable(what);
  document["hint"] = printable(hint);
  document["exit_code"] = code;
  std::cout << to_json(document, 2) << '\n';
}

const char* fault_name(Fault fault) {
  switch (fault) {
  case Fault::usage: return "usage";
  case Fault::input: return "input";
  case Fault::remote: return "remote";
  case Fault::internal: return "internal";
  }
  return "internal";
}

int run_command(const Command& command, const std::vector<std::string>& all_words,
                std::size_t words_used, commands::GlobalOptions& options) {
  commands::Args args;
  const commands::Run run = command.declare(args);
  const std::vector<std::string> words(all_words.begin() + static_cast<std::ptrdiff_t>(words_used),
                                       all_words.end());
  if (parse_words(command, args, options, words, environment_variable).wants_help) {
    std::cout << commands::command_help(command);
    return commands::exit_ok;
  }
  log::set_level(options.quiet     ? log::Level::quiet
                 : options.verbose ? log::Level::verbose
                                   : log::Level::normal);
  Context ctx{std::cout,
              std::cerr,
              options,
              std::string(command.name),
              quoted_command_line(all_words),
              false,
              false,
              environment_variable};
  for (const auto& text : options.limits)
    set_limit(text);
  if (options.jobs < 0 || options.jobs > k_most_jobs)
    throw Error(Fault::usage,
                "--jobs: " + std::to_string(options.jobs) + " is not from 0 to " +
                    std::to_string(k_most_jobs),
                "leave it out, or give 0, for as many as there are cores");
  ctx.is_terminal = ::isatty(STDOUT_FILENO) == 1;
  ctx.show_progress = switched_on(options.progress, STDERR_FILENO) && !options.quiet;
  return run(ctx);
}

int dispatch(const std::vector<std::string>& words, std::string& command_name,
             commands::GlobalOptions& options) {
  if (words.empty()) {
    std::cerr << commands::overview_help();
    return commands::exit_usage;
  }
  if (words[0] == "--help" || words[0] == "-h") {
    std::cout << commands::overview_help();
    return commands::exit_ok;
  }
  if (words[0] == "--version") {
    std::cout << "mlopsctl " << k_version << '\n';
    return commands::exit_ok;
  }
  if (words[0].starts_with("-"))
    throw Error(Fault::usage, "'" + printable(words[0]) + "' stands before the command",
                "options come after it: mlopsctl COMMAND " + printable(words[0]));
  const Found found = find_command(words);
  if (!found.command && is_group(words[0]) &&
      (words.size() == 1 || words[1] == "--help" || words[1] == "-h")) {
    (words.size() == 1 ? std::cerr : std::cout) << commands::group_help(words[0]);
    return words.size() == 1 ? commands::exit_usage : commands::exit_ok;
  }
  if (!found.command)
    refuse_unknown_command(words);
  command_name = found.command->name;
  return run_command(*found.command, words, found.words_used, options);
}

int run_main(const std::vector<std::string>& words) {
  std::string command;
  commands::GlobalOptions options;
  // Known before parsing, so that an error in the very command line is a document too.
  const auto last = std::find(words.begin(), words.end(), "--");
  const bool wants_json = std::find(words.begin(), last, "--json") != last;
  try {
    const int code = dispatch(words, command, options);
    std::cout.flush();
    if (!std::cout)
      throw Error(Fault::input, "stdout: cannot write: " + system_error_text());
    return code;
  } catch (const Interrupted& interrupted) {
    const int code = 128 + interrupted.signal();
    report(command, wants_json, "interrupted", "interrupted", "", code);
    return code;
  } catch (const Error& error) {
    report(command, wants_json, fault_name(error.fault()), error.what(), error.hint(),
           exit_code(error.fault()));
    return exit_code(error.fault());
  } catch (const std::bad_alloc&) {
    report(command, wants_json, "internal", "out of memory", "give it smaller input or more memory",
           commands::exit_failed);
  } catch (const std::exception& error) {
    report(command, wants_json, "internal", error.what(),
           "this is a fault of mlopsctl; please report it", commands::exit_failed);
  }
  return commands::exit_failed;
}

} // namespace
} // namespace mlopsctl::cli

int main(int argc, char** argv) {
  std::signal(SIGPIPE,
              SIG_IGN); // "| head" then shows up as a failed write, with a message and an exit code
  mlopsctl::install_interrupt_handlers();
  mlopsctl::storage::register_s3_scheme();
  return mlopsctl::cli::run_main(std::vector<std::string>(argv + 1, argv + argc));
}
