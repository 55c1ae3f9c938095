// SPDX-License-Identifier: Apache-2.0
// completion: a script that completes commands, options and their choices in bash, zsh or fish.
#include "commands/command.hpp"
#include "commands/global_options.hpp"
#include "core/text.hpp"

#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string shell;
};

/// Calls \p visit with each option of each command, common ones included. All texts come from our
/// own declarations.
template <class Visit> void for_each_option(const Command& command, const Visit& visit) {
  Args args;
  const Run keep_alive = command.declare(args);
  GlobalOptions options;
  Args globals;
  declare_global_options(globals, options, args);
  for (const Args* set : {static_cast<const Args*>(&args), static_cast<const Args*>(&globals)})
    for (const auto& arg : set->all())
      if (!arg->is_positional())
        visit(*arg);
}

std::string words_after(std::string_view first) {
  std::string words;
  for (const auto* command : all_commands()) {
    const auto parts = split(command->name, ' ');
    const std::string word = first.empty()                           ? parts[0]
                             : parts[0] == first && parts.size() > 1 ? parts[1]
                                                                     : "";
    if (!word.empty() && (" " + words + " ").find(" " + word + " ") == std::string::npos)
      words += (words.empty() ? "" : " ") + word;
  }
  return words;
}

/// The function both bash and zsh (through bashcompinit) use: a case over "command" and one over
/// "command option".
std::string bash_script() {
  std::string groups;
  std::string options;
  std::string choices;
  for (const auto& word : split(words_after(""), ' '))
    if (const auto verbs = words_after(word); !verbs.empty())
      groups +=
          "      " + word + ") COMPREPLY=($(compgen -W '" + verbs + "' -- \"$word\")); return ;;\n";
  for (const auto* command : all_commands()) {
    const std::string name(command->name);
    std::string names;
    for_each_option(*command, [&](const Arg& arg) {
      for (const auto& option : arg.names)
        names += option + " ";
      if (!arg.choice_names.empty())
        choices += "    '" + name + " " + arg.names.back() + "') COMPREPLY=($(compgen -W '" +
                   join(arg.choice_names, " ") + "' -- \"$word\")); return ;;\n";
    });
    options += "    '" + name + "') COMPREPLY=($(compgen -W '" + names +
               "--help' -- \"$word\")); return ;;\n";
  }
  return "# mlopsctl completion\n_mlopsctl() {\n"
         "  local word=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\" "
         "command=\"${COMP_WORDS[1]}\"\n"
         "  COMPREPLY=()\n"
         "  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W '" +
         words_after("") +
         "' -- \"$word\")); return; fi\n"
         "  case \"$command\" in\n" +
         [&] {
           std::string cases;
           for (const auto& word : split(words_after(""), ' '))
             if (!words_after(word).empty())
               cases += (cases.empty() ? "    " : "|") + word;
           return cases.empty() ? std::string("    '')") : cases + ")";
         }() +
         "\n      command=\"$command ${COMP_WORDS[2]}\"\n      if ((COMP_CWORD == 2)); then case "
         "\"${COMP_WORDS[1]}\" in\n" +
         groups +
         "      esac; fi ;;\n  esac\n"
         "  case \"$command $previous\" in\n" +
         choices +
         "  esac\n"
         "  if [[ \"$word\" == -* ]]; then case \"$command\" in\n" +
         options +
         "  esac; fi\n  COMPREPLY=($(compgen -f -- \"$word\"))\n}\ncomplete -o filenames -F "
         "_mlopsctl mlopsctl\n";
}

std::string quoted_for_fish(const std::string& text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + "'";
}

std::string fish_script() {
  std::string out = "# mlopsctl completion\ncomplete -c mlopsctl -n __fish_use_subcommand -a " +
                    quoted_for_fish(words_after("")) + "\n";
  for (const auto* command : all_commands()) {
    const auto parts = split(command->name, ' ');
    std::string when = "__fish_seen_subcommand_from " + parts[0];
    if (parts.size() > 1) {
      out += "complete -c mlopsctl -n " + quoted_for_fish(when) + " -a " + parts[1] + " -d " +
             quoted_for_fish(std::string(command->summary)) + "\n";
      when += "; and __fish_seen_subcommand_from " + parts[1];
    }
    for_each_option(*command, [&](const Arg& arg) {
      out += "complete -c mlopsctl -n " + quoted_for_fish(when);
      for (const auto& name : arg.names)
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      out +=
          std::string(arg.is_flag ? "" : " -r") +
          (arg.choice_names.empty() ? "" : " -a " + quoted_for_fish(join(arg.choice_names, " "))) +
          " -d " + quoted_for_fish(arg.help) + "\n";
    });
  }
  return out;
}

int run(const Options& o, Context& ctx) {
  if (o.shell == "fish")
    ctx.out << fish_script();
  else if (o.shell == "zsh")
    ctx.out << "#compdef mlopsctl\nautoload -U +X bashcompinit && bashcompinit\n" << bash_script();
  else
    ctx.out << bash_script();
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("SHELL", o->shell, "Shell to complete in").required().choices({"bash", "zsh", "fish"});
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command completion;
const Command completion{"completion", "Print a completion script for a shell", declare};
} // namespace mlopsctl::commands
