// SPDX-License-Identifier: Apache-2.0
// CLI11 cuts the words into options and values; what they mean, and where a missing one comes from,
// is decided here.
#include "cli/parse.hpp"

#include "cli/config.hpp"
#include "commands/global_options.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <set>

namespace mlopsctl::cli {
namespace {

using commands::Arg;
using commands::Args;

/// What the command line said, per declared option, in the order of declaration.
struct Slot {
  const Arg* arg;
  std::vector<std::string> values;
};

void add_to_parser(CLI::App& app, Slot& slot) {
  const Arg& arg = *slot.arg;
  const std::string names = mlopsctl::join(arg.names, ",");
  if (arg.is_flag) {
    app.add_flag_callback(names, [&slot] { slot.values.assign(1, "true"); });
    return;
  }
  auto* option = app.add_option(names, slot.values);
  if (arg.is_positional())
    option->expected(arg.is_repeatable ? -1 : 1)->allow_extra_args(arg.is_repeatable);
  else
    option->expected(1)->allow_extra_args(false)->multi_option_policy(
        CLI::MultiOptionPolicy::TakeAll); // extra arguments of a list are the positionals
  option->required(false);                // the environment or a file may still give it
}

std::vector<std::string> option_names(const Args& args, const Args& globals) {
  std::vector<std::string> names;
  for (const Args* set : {&args, &globals})
    for (const auto& arg : set->all())
      for (const auto& name : arg->names)
        if (name.starts_with("--"))
          names.push_back(name);
  names.emplace_back("--help");
  return names;
}

std::string help_hint(const commands::Command& command) {
  return "see 'mlopsctl " + std::string(command.name) + " --help'";
}

/// \param extras what the parser had no place for; a "--" among them says that no option follows.
void refuse_extras(const commands::Command& command, std::vector<std::string> extras,
                   const std::vector<std::string>& known) {
  bool is_past_options = false;
  if (!extras.empty() && extras.front() == "--") {
    extras.erase(extras.begin());
    is_past_options = true;
  }
  if (extras.empty())
    return;
  const std::string& word = extras.front();
  const std::string name = split(word, '=')[0];
  if (is_past_options || !word.starts_with("-") || word == "-")
    throw Error(Fault::usage, "'" + printable(word) + "' is one argument too many",
                help_hint(command));
  if (name == "--set")
    throw Error(Fault::usage,
                "--set: 'mlopsctl " + std::string(command.name) + "' reads no value of model.yaml",
                "leave it out; 'infer' and 'bench run' take it");
  throw Error(Fault::usage, "unknown option '" + printable(word) + "'" + did_you_mean(name, known),
              help_hint(command));
}

/// "--json=no": a flag is given or not. The parser would take some words and refuse others.
void refuse_flag_values(const commands::Command& command, const std::vector<Slot>& slots,
                        const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word == "--")
      return;
    const auto name = split(word, '=')[0];
    if (!word.starts_with("--") || name.size() == word.size())
      continue;
    const bool is_flag =
        name == "--help" || std::any_of(slots.begin(), slots.end(), [&](const Slot& slot) {
          const auto& names = slot.arg->names;
          return slot.arg->is_flag && std::find(names.begin(), names.end(), name) != names.end();
        });
    if (is_flag)
      throw Error(Fault::usage,
                  name + ": takes no value, '" + printable(word.substr(name.size() + 1)) +
                      "' was given",
                  "write " + name + " alone, or leave it out; " + help_hint(command));
  }
}

/// The parser's answer in our words: it only finds options without their value.
[[noreturn]] void refuse_words(const commands::Command& command, const std::vector<Slot>& slots,
                               const std::string& parser_text) {
  const auto name = parser_text.substr(0, parser_text.find(':'));
  for (const auto& slot : slots)
    for (const auto& known : slot.arg->names)
      if (known == name)
        throw Error(Fault::usage,
                    name + ": its value is missing (" + slot.arg->metavar_text + ": " +
                        slot.arg->help + ")",
                    help_hint(command));
  throw Error(Fault::usage, "the command line cannot be read: " + printable(parser_text),
              help_hint(command));
}

void store_all(const Slot& slot) {
  if (!slot.arg->is_repeatable && slot.values.size() > 1)
    throw Error(Fault::usage,
                slot.arg->names.back() + ": given " + std::to_string(slot.values.size()) + " times",
                "give it once");
  for (const auto& value : slot.values)
    slot.arg->store(value);
}

void require_all(const commands::Command& command, const std::vector<Slot>& slots,
                 const std::set<const Arg*>& given) {
  std::set<std::string>
      given_keys; // -o may be given as the positional OUTPUT, and the other way round
  for (const auto* arg : given)
    given_keys.insert(lower(arg->key()));
  for (const auto& slot : slots)
    if (slot.arg->is_required && !given_keys.contains(lower(slot.arg->key())))
      throw Error(Fault::usage, slot.arg->names.back() + " is missing (" + slot.arg->help + ")",
                  help_hint(command));
}

} // namespace

ParseResult parse_words(const commands::Command& command, Args& args,
                        commands::GlobalOptions& options, const std::vector<std::string>& words,
                        const Environment& environment) {
  Args globals;
  commands::declare_global_options(globals, options, args);
  std::vector<Slot> slots;
  for (const Args* set : {&args, &globals})
    for (const auto& arg : set->all())
      slots.push_back({arg.get(), {}});
  CLI::App app;
  app.set_help_flag();
  ParseResult result;
  app.add_flag("-h,--help", result.wants_help);
  for (auto& slot : slots)
    add_to_parser(app, slot);
  app.allow_extras();
  refuse_flag_values(command, slots, words);
  try {
    app.parse(
        std::vector<std::string>(words.rbegin(), words.rend())); // CLI11 takes them last first
  } catch (const CLI::ParseError& error) {
    if (result.wants_help)
      return result;
    refuse_words(command, slots, error.what());
  }
  if (result.wants_help)
    return result;
  refuse_extras(command, app.remaining(), option_names(args, globals));

  std::set<const Arg*> given;
  for (const auto& slot : slots) {
    if (slot.values.empty())
      continue;
    store_all(slot);
    given.insert(slot.arg);
  }
  apply_defaults(command, {&args, &globals}, options.config, given, environment);
  require_all(command, slots, given);
  return result;
}

} // namespace mlopsctl::cli
