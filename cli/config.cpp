// SPDX-License-Identifier: Apache-2.0
#include "cli/config.hpp"

#include "commands/settings.hpp"
#include "commands/trust.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

#include <algorithm>
#include <filesystem>

namespace mlopsctl::cli {
namespace {

using commands::Arg;
using commands::Args;

constexpr std::uint64_t k_config_limit_bytes = 1 << 20;

/// One source of defaults, with what to call it in a message.
struct Layer {
  Value document;
  std::string path;
  bool is_trusted = true; ///< the user's own file, or one the user accepted
};

std::string environment_name(const commands::Command& command, const Arg& arg) {
  std::string name = "MLOPSCTL_" + std::string(command.name) + "_" + arg.key();
  for (char& c : name)
    c = c == ' ' || c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

std::vector<Layer> load_layers(const Environment& environment, const std::string& explicit_path) {
  std::vector<Layer> layers;
  const auto load = [&layers](const std::string& path, bool is_trusted) {
    const std::string text = read_file(path, k_config_limit_bytes);
    Layer layer{parse_yaml(text, path), path, is_trusted};
    if (!layer.document.is_object() && !layer.document.is_null())
      throw Error(Fault::usage,
                  path + ": holds " + std::string(kind_name(layer.document.kind)) +
                      ", a mapping was expected",
                  "start with a command's name, such as 'capture: {fps: 5}'");
    layers.push_back(std::move(layer));
  };
  const std::string project = explicit_path.empty() ? "mlops.yaml" : explicit_path;
  std::error_code unreachable; // the home of another user, as in a container: nothing to read there
  if (!explicit_path.empty() || std::filesystem::exists(project, unreachable))
    load(project, !explicit_path.empty() || commands::is_trusted_file(project, environment));
  if (const auto user = commands::user_config_folder(environment) + "/config.yaml";
      std::filesystem::exists(user, unreachable))
    load(user, true);
  return layers;
}

/// A name that is no command's would otherwise be passed over in silence.
void warn_of_unknown(const Layer& layer) {
  std::vector<std::string> first, second;
  const auto warn = [&layer](const std::string& key, const Value& value,
                             const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      log::warn(layer.path + ":" + std::to_string(value.line) + ": no command is named '" +
                printable(key) + "'" + did_you_mean(key, known) + "; its settings are not used");
  };
  for (const auto* command : commands::all_commands())
    first.push_back(split(command->name, ' ').front());
  for (const auto& [key, value] : layer.document.members) {
    warn(key, value, first);
    second.clear();
    for (const auto* command : commands::all_commands())
      if (const auto words = split(command->name, ' '); words.size() == 2 && words[0] == key)
        second.push_back(words[1]);
    if (!second.empty() && value.is_object())
      for (const auto& [verb, settings] : value.members)
        warn(verb, settings, second);
  }
}

/// "manifest convert" looks at document.manifest.convert; "capture" at document.capture.
const Value* section_of(const Layer& layer, std::string_view command) {
  const Value* node = &layer.document;
  for (const auto& word : split(command, ' ')) {
    node = node->find(word);
    if (!node)
      return nullptr;
    if (!node->is_object())
      throw Error(Fault::usage, layer.path + ":" + std::to_string(node->line) + ": " + word +
                                    " holds " + std::string(kind_name(node->kind)) +
                                    ", a mapping was expected");
  }
  return node;
}

void apply_section(const Layer& layer, const Value& section,
                   const std::vector<const Arg*>& candidates, std::set<const Arg*>& given) {
  for (const auto& [key, value] : section.members) {
    const Arg* arg = &commands::find_setting(candidates, key, value, layer.path);
    if (arg->is_guarded && !layer.is_trusted)
      throw Error(Fault::usage,
                  layer.path + ":" + std::to_string(value.line) + ": '" + key +
                      "' may not be set by a project's file",
                  "look at the file, then accept it with 'mlopsctl config trust " + layer.path +
                      "'");
    if (value.is_null() || !given.insert(arg).second)
      continue;
    commands::store_setting(*arg, value, layer.path);
  }
}

} // namespace

void apply_defaults(const commands::Command& command, const std::vector<const Args*>& arg_sets,
                    const std::string& project_file, std::set<const Arg*>& given,
                    const Environment& environment) {
  std::vector<const Arg*> candidates;
  for (const Args* set : arg_sets)
    for (const auto& arg : set->all())
      if (!arg->is_positional())
        candidates.push_back(arg.get());
  for (const auto* arg : candidates) {
    const auto name = environment_name(command, *arg);
    const auto value = environment(name);
    if (!value || given.contains(arg))
      continue;
    try {
      arg->store(arg->is_flag && *value == "1" ? "true" : *value);
    } catch (const Error& error) {
      throw Error(Fault::usage, name + ": " + error.what(), error.hint());
    }
    given.insert(arg);
  }
  for (const auto& layer : load_layers(environment, project_file)) {
    warn_of_unknown(layer);
    if (const Value* section = section_of(layer, command.name))
      apply_section(layer, *section, candidates, given);
  }
}

} // namespace mlopsctl::cli
