// SPDX-License-Identifier: Apache-2.0
// Args: what a command's declare() says about its command line. Help, completion, man pages, the
// environment and mlops.yaml all read these declarations; only cli/ parses with them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::commands {

/// One option or positional. Built by Args; the setters chain: args.value("--fps", o.fps, "Frames a
/// second").metavar("R").
class Arg {
public:
  Arg& required();                ///< positional or option that must be given
  Arg& metavar(std::string name); ///< the word for the value in help (default: from the type)
  Arg& choices(std::vector<std::string> names); ///< anything else is an error with "did you mean"
  Arg&
  default_text(std::string text); ///< how help shows the default (set automatically for most types)
  Arg& section(std::string name); ///< heading in help, default "Options"
  /// A project's mlops.yaml may not set this one unless the user trusted that file (library paths,
  /// endpoints, keys ...).
  Arg& guarded();

  std::vector<std::string> names; ///< "-o", "--output"; a positional has one name without dashes
  std::string help;
  std::string metavar_text;
  std::string default_value;
  std::string section_name = "Options";
  std::vector<std::string> choice_names;
  bool is_required = false;
  bool is_flag = false;
  bool is_repeatable = false; ///< vectors: may be given often; positionals take all that follows
  bool is_guarded = false;
  /// Stores one value; \throws Error(usage) with the name and the value. Flags get "true" or
  /// "false".
  std::function<void(const std::string&)> store;

  bool is_positional() const { return names.front().front() != '-'; }
  /// "output" for "-o,--output": the long name without dashes, the key in mlops.yaml and in
  /// MLOPSCTL_<COMMAND>_<FLAG>.
  std::string key() const;
};

class Args {
public:
  /// \param names "INPUT" for a positional, or "-o,--output". The target keeps its default if
  /// nothing sets it. T: std::string, std::filesystem::path, int, std::int64_t, std::uint64_t,
  /// double, bool (flag), std::optional of one of these, std::vector<std::string> (repeatable; an
  /// option's value may also be a list with commas).
  template <class T> Arg& value(std::string_view names, T& target, std::string help);
  Arg& flag(std::string_view names, bool& target, std::string help);
  /// A list option whose value is split at commas and that may be repeated: --classes a,b --classes
  /// c.
  Arg& list(std::string_view names, std::vector<std::string>& target, std::string help);
  /// "-o, --output PATH", which may also be given as the positional after \p positionals others.
  Arg& output(std::string& target, std::string help, bool may_be_positional = true);
  /// "500ms", "10s", "1.5" -> seconds.
  Arg& duration(std::string_view names, std::optional<double>& target_s, std::string help);
  /// "640x480".
  Arg& size(std::string_view names, std::optional<std::pair<int, int>>& target, std::string help);

  /// The command reads a model.yaml, so that --set KEY=VALUE means something; elsewhere --set is
  /// refused instead of passed over in silence.
  void takes_model_overrides() { takes_overrides_ = true; }
  bool has_model_overrides() const { return takes_overrides_; }

  const std::vector<std::unique_ptr<Arg>>& all() const { return args_; }

private:
  Arg& add(std::string_view names, std::string help);
  std::vector<std::unique_ptr<Arg>> args_;
  bool takes_overrides_ = false;
};

} // namespace mlopsctl::commands
