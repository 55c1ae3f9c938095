// SPDX-License-Identifier: Apache-2.0
#include "commands/capture/sources_file.hpp"

#include "capture/supervisor.hpp"
#include "commands/settings.hpp"
#include "core/error.hpp"
#include "core/io.hpp"
#include "core/percent.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace mlopsctl::commands {
namespace {

using Environment = std::function<std::optional<std::string>(const std::string&)>;

constexpr std::uint64_t k_file_limit_bytes = 1 << 20;
constexpr const char* k_own_keys[] = {"name", "source"};
constexpr const char* k_file_name_option = "--file-name"; ///< --name: `name` is that of the source

class SourcesFile {
public:
  SourcesFile(const std::string& path, const CaptureFlags& base, const Environment& environment)
      : path_(path), base_(base), environment_(environment),
        document_(parse_yaml(read_file(path, k_file_limit_bytes), path)) {}

  std::vector<NamedSource> read() {
    const Value* sources = list_of_sources();
    if (sources == nullptr || !sources->is_array() || sources->items.empty())
      throw Error(Fault::usage, path_ + ": has no list of sources",
                  "such as 'sources: [{name: door, source: camera:0}]'");
    if (sources->items.size() > capture::k_most_sources)
      fail(*sources, std::to_string(sources->items.size()) + " sources, at most " +
                         std::to_string(capture::k_most_sources));
    std::vector<NamedSource> named;
    for (const auto& item : sources->items)
      named.push_back(source_of(item));
    return named;
  }

private:
  /// Takes the defaults, too.
  const Value* list_of_sources() try {
    ObjectReader reader(document_, path_);
    reader.one_of("schema", {k_sources_schema}, k_sources_schema);
    if (const Value* defaults = reader.child("defaults"))
      defaults_ = *defaults;
    const Value* sources = reader.child("sources");
    reader.finish();
    check_mapping(defaults_, "defaults");
    return sources;
  } catch (const Error& error) { // what it says are options
    throw Error(Fault::usage, error.what(), error.hint());
  }

  [[noreturn]] void fail(const Value& value, const std::string& text,
                         const std::string& hint = {}) const {
    throw Error(Fault::usage, path_ + ":" + std::to_string(value.line) + ": " + text, hint);
  }

  void check_mapping(const Value& value, const std::string& what) const {
    if (!value.is_object() && !value.is_null())
      fail(value, what + ": is " + std::string(kind_name(value.kind)) + ", a mapping was expected",
           "such as {fps: 2, keep: [sharp, distinct]}");
  }

  NamedSource source_of(const Value& item) {
    if (!item.is_object())
      check_mapping(item, "sources");
    NamedSource source{name_of(item), base_};
    auto& capture = source.flags.capture;
    capture.source = url_of(item);
    capture.output += (capture.output.ends_with('/') ? "" : "/") + source.name;
    apply(item, source.flags);
    try {
      apply_capture_options(source.flags);
    } catch (const Error& error) {
      throw Error(error.fault(),
                  path_ + ":" + std::to_string(item.line) + ": " + source.name + ": " +
                      error.what(),
                  error.hint());
    }
    if (capture.source == "-" && std::exchange(has_standard_input_, true))
      fail(item, source.name + ": standard input is a source already");
    if (!source.flags.report.empty() && !reports_.insert(source.flags.report).second)
      fail(item,
           source.name + ": report: '" + printable(source.flags.report) +
               "' is another source's page",
           "give each source a page of its own, or none");
    return source;
  }

  /// It becomes a folder.
  std::string name_of(const Value& item) {
    constexpr std::size_t k_most_bytes = 100;
    const Value* name = item.find("name");
    if (name == nullptr || name->is_null())
      fail(item, "a source has no name", "give each one, such as 'name: door'");
    const auto text = name->is_string() ? name->string : to_json(*name);
    if (text.empty() || text.size() > k_most_bytes || printable(text) != text ||
        text.front() == '.' || text.find_first_of("/\\") != text.npos)
      fail(*name, "name: '" + printable(text) + "' is no name of a folder",
           "1 to 100 bytes without '/', '\\' and a '.' in front");
    if (!names_.insert(text).second)
      fail(*name, "name: '" + text + "' is there twice");
    return text;
  }

  std::string url_of(const Value& item) const {
    const Value* source = item.find("source");
    if (source == nullptr || !source->is_string() || source->string.empty())
      fail(item, "source: is missing", "such as 'source: camera:0'");
    return expanded(*source);
  }

  /// ${NAME} of the environment, so that no password needs to be in the file. Between "://" and "@"
  /// it is percent-encoded: a password may have any characters.
  std::string expanded(const Value& value) const {
    const std::string& text = value.string;
    const auto scheme = text.find("://");
    const auto host = scheme == text.npos ? text.npos : text.rfind('@');
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
      const auto begin = text.find("${", at);
      result += text.substr(at, begin - at);
      if (begin == text.npos)
        break;
      const auto end = text.find('}', begin);
      if (end == text.npos)
        fail(value, "source: '${' without its '}'");
      const auto name = text.substr(begin + 2, end - begin - 2);
      const auto found = environment_(name);
      if (!found)
        fail(value, "source: ${" + printable(name) + "} is not set in the environment",
             "export it before the command");
      const bool is_user_info = host != text.npos && begin > scheme && begin < host;
      result += is_user_info ? percent_encode(*found, false) : *found;
      at = end + 1;
    }
    return result;
  }

  /// What the source says, and what all say where it says nothing.
  void apply(const Value& item, CaptureFlags& flags) const {
    Args args;
    add_source_settings(args, flags);
    std::vector<const Arg*> settings;
    for (const auto& arg : args.all())
      settings.push_back(arg.get());
    std::vector<std::pair<const Arg*, const Value*>> given;
    const auto take = [&](const std::string& key, const Value& value) {
      const Arg& arg = find_setting(settings, key, value, path_);
      if (arg.is_guarded)
        fail(value, key + ": may not be set by a file", "give it on the command line");
      const bool is_said = std::any_of(given.begin(), given.end(),
                                       [&](const auto& pair) { return pair.first == &arg; });
      if (!is_said)
        given.emplace_back(&arg, &value);
    };
    for (const auto& [key, value] : item.members)
      if (std::find(std::begin(k_own_keys), std::end(k_own_keys), key) == std::end(k_own_keys))
        take(key, value);
    for (const auto& [key, value] : defaults_.members)
      take(key, value);
    for (const auto& [arg, value] : given) {
      if (value->is_null()) // "as the command line says"
        continue;
      if (arg->key() == "keep") // a list replaces that of the command line
        flags.keep.clear();
      if (arg->key() == "classes")
        flags.session.classes.clear();
      store_setting(*arg, *value, path_);
    }
  }

  const std::string& path_;
  const CaptureFlags& base_;
  const Environment& environment_;
  Value document_;
  Value defaults_ = Value::object();
  std::set<std::string> names_;
  std::set<std::string> reports_;
  bool has_standard_input_ = false;
};

} // namespace

void add_source_settings(Args& args, CaptureFlags& flags) {
  add_capture_options(args, flags);
  for (const auto& arg : args.all())
    if (arg->key() == "name")
      arg->names = {k_file_name_option};
}

std::vector<NamedSource> read_sources(const std::string& path, const CaptureFlags& base,
                                      const Environment& environment) {
  return SourcesFile(path, base, environment).read();
}

} // namespace mlopsctl::commands
