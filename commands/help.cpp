// SPDX-License-Identifier: Apache-2.0
// help: what --help prints, by name; and the same as Markdown, from which the man pages are made.
#include "commands/command.hpp"
#include "commands/help_text.hpp"
#include "core/text.hpp"

#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::vector<std::string> words;
  std::string format = "text";
};

const Command& find(const std::string& name) {
  std::vector<std::string> known;
  for (const auto* command : all_commands()) {
    if (command->name == name)
      return *command;
    known.emplace_back(command->name);
  }
  throw Error(Fault::usage, "unknown command '" + printable(name) + "'" + did_you_mean(name, known),
              "see 'mlopsctl --help'");
}

int run(const Options& o, Context& ctx) {
  const std::string name = join(o.words, " ");
  if (name.empty())
    ctx.out << (o.format == "markdown" ? overview_markdown() : overview_help());
  else if (o.words.size() == 1 && group_help(name).find("\n  " + name + " ") != std::string::npos)
    ctx.out << group_help(name);
  else
    ctx.out << (o.format == "markdown" ? command_markdown(find(name)) : command_help(find(name)));
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("COMMAND", o->words, "Command to explain, such as 'manifest convert'");
  args.value("--format", o->format, "Plain text, or the Markdown of the man page")
      .choices({"text", "markdown"});
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command help;
const Command help{"help", "Explain a command", declare};
} // namespace mlopsctl::commands
