// SPDX-License-Identifier: Apache-2.0
#include "commands/help_text.hpp"

#include "commands/global_options.hpp"
#include "core/text.hpp"
#include "core/version.hpp"

#include <algorithm>

namespace mlopsctl::commands {
namespace {

constexpr std::size_t k_width = 100;

std::string pad(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

/// Words of \p text broken at k_width, every line after the first indented.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  for (const auto& word : split(text, ' ')) {
    if (column + word.size() + 1 > k_width && column > indent) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

std::string option_title(const Arg& arg) {
  std::string title = mlopsctl::join(arg.names, ", ");
  if (!arg.is_flag && !arg.is_positional())
    title += " " + arg.metavar_text;
  return title;
}

std::string option_text(const Arg& arg) {
  std::string text = arg.help;
  if (!arg.choice_names.empty())
    text += " (" + mlopsctl::join(arg.choice_names, ", ") + ")";
  if (arg.is_required && !arg.is_positional())
    text += " (required)";
  if (!arg.default_value.empty() && !arg.is_required && !arg.is_flag)
    text += " [" + arg.default_value + "]";
  return text;
}

std::string options_block(const Args& args) {
  std::vector<std::string> sections{"Arguments"};
  for (const auto& arg : args.all())
    if (!arg->is_positional() &&
        std::find(sections.begin(), sections.end(), arg->section_name) == sections.end())
      sections.push_back(arg->section_name);
  std::string out;
  for (const auto& section : sections) {
    std::string block;
    for (const auto& arg : args.all()) {
      if ((arg->is_positional() ? "Arguments" : arg->section_name) != section)
        continue;
      const std::string title = pad("  " + option_title(*arg), 30);
      block += title + wrapped(option_text(*arg), title.size()) + "\n";
    }
    if (!block.empty())
      out += "\n" + section + ":\n" + block;
  }
  return out;
}

std::string synopsis(const Command& command, const Args& args) {
  std::string line = "mlopsctl " + std::string(command.name);
  for (const auto& arg : args.all()) {
    if (!arg->is_positional()) {
      // -o may also be given as the positional OUTPUT, which stands in the line already.
      if (arg->is_required && arg->key() != "output")
        line += " " + arg->names.back() + " " + arg->metavar_text;
      continue;
    }
    const std::string name = arg->names.front() + (arg->is_repeatable ? "..." : "");
    line += arg->is_required ? " " + name : " [" + name + "]";
  }
  return line + " [options]";
}

/// The lines of "## <heading>" of a page, without the heading.
std::string page_section(std::string_view page, std::string_view heading) {
  std::string out;
  bool inside = false;
  for (const auto& line : split(page, '\n')) {
    if (line.starts_with("## ")) {
      inside = trim(std::string_view(line).substr(3)) == heading;
      continue;
    }
    if (inside)
      out += line + "\n";
  }
  return std::string(trim(out));
}

std::string examples_of(const Command& command) {
  std::string out;
  for (const auto& line : split(page_section(command_page(command.name), "EXAMPLES"), '\n'))
    out += line.starts_with("```") ? "" : "  " + std::string(trim(line)) + "\n";
  return out;
}

Args declared(const Command& command, Run& keep_alive) {
  Args args;
  keep_alive = command.declare(args); // the options live in what declare() returns
  return args;
}

std::string_view group_of(const Command& command) {
  const auto space = command.name.find(' ');
  return space == std::string_view::npos ? std::string_view{} : command.name.substr(0, space);
}

std::string command_rows(std::string_view group, bool only_group) {
  std::string out;
  for (const auto* command : all_commands())
    if (!only_group || group_of(*command) == group)
      out += pad("  " + std::string(command->name), 28) + std::string(command->summary) + "\n";
  return out;
}

} // namespace

std::string overview_help() {
  return "mlopsctl " + std::string(k_version) +
         ": takes a computer-vision model from a camera to a deployed, measured product\n\n"
         "Usage: mlopsctl COMMAND [arguments] [options]\n\nCommands:\n" +
         command_rows({}, false) +
         "\n'mlopsctl COMMAND --help' shows a command's options and examples; 'mlopsctl doctor' "
         "what is missing on "
         "this machine.\n";
}

std::string overview_markdown() {
  std::string out =
      "title: mlopsctl\nsection: 1\ndate: \nsource: mlopsctl " + std::string(k_version) +
      "\n\n# NAME\n\nmlopsctl - takes a computer-vision model from a camera to a deployed, "
      "measured "
      "product\n\n# SYNOPSIS\n\n`mlopsctl COMMAND [arguments] [options]`\n\n# COMMANDS\n";
  for (const auto* command : all_commands())
    out += "\n`" + std::string(command->name) + "`\n: " + std::string(command->summary) + "\n";
  return out +
         "\n# EXIT STATUS\n\n"
         "0 done; 1 failed; 2 bad command line; 3 ran well, but a check, gate or comparison was "
         "not met; 4 no "
         "verdict; 130 or 143 interrupted.\n\n# ENVIRONMENT\n\n"
         "`MLOPSCTL_<COMMAND>_<FLAG>` gives a flag's value, such as `MLOPSCTL_CAPTURE_FPS=5`; "
         "`MLOPSCTL_MODULES` names another folder of loadable modules.\n\n# FILES\n\n"
         "`./mlops.yaml` and `~/.config/mlopsctl/config.yaml` hold defaults for flags by command. "
         "A flag wins over "
         "the environment, the environment over the project's file, that over the user's.\n";
}

std::string group_help(std::string_view group) {
  return "Usage: mlopsctl " + std::string(group) + " VERB [arguments] [options]\n\nCommands:\n" +
         command_rows(group, true) + "\n'mlopsctl " + std::string(group) +
         " VERB --help' shows its options and examples.\n";
}

std::string command_help(const Command& command) {
  Run keep_alive;
  const Args args = declared(command, keep_alive);
  GlobalOptions unused;
  Args globals;
  declare_global_options(globals, unused, args);
  std::string out = std::string(command.summary) + "\n\nUsage: " + synopsis(command, args) + "\n" +
                    options_block(args) + options_block(globals);
  if (const auto examples = examples_of(command); !examples.empty())
    out += "\nExamples:\n" + examples;
  return out;
}

std::string command_markdown(const Command& command) {
  Run keep_alive;
  const Args args = declared(command, keep_alive);
  GlobalOptions unused;
  Args globals;
  declare_global_options(globals, unused, args);
  std::string name = "mlopsctl-" + std::string(command.name);
  std::replace(name.begin(), name.end(), ' ', '-');
  const auto page = command_page(command.name);
  std::string out = "title: " + name + "\nsection: 1\ndate: \nsource: mlopsctl " +
                    std::string(k_version) + "\n\n# NAME\n\n" + name + " - " +
                    std::string(command.summary) + "\n\n# SYNOPSIS\n\n`" + synopsis(command, args) +
                    "`\n\n# DESCRIPTION\n\n" + page_section(page, "DESCRIPTION") +
                    "\n\n# OPTIONS\n";
  for (const Args* set : {&args, static_cast<const Args*>(&globals)})
    for (const auto& arg : set->all())
      out += "\n`" + option_title(*arg) + "`\n: " + option_text(*arg) + "\n";
  for (const auto* heading : {"EXIT STATUS", "EXAMPLES"})
    if (const auto text = page_section(page, heading); !text.empty())
      out += std::string("\n# ") + heading + "\n\n" + text + "\n";
  return out;
}

} // namespace mlopsctl::commands
