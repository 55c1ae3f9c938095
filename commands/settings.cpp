// SPDX-License-Identifier: Apache-2.0
#include "commands/settings.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

namespace mlopsctl::commands {
namespace {

std::string scalar_text(const Value& value) {
  return value.is_string() ? value.string : to_json(value);
}

std::string place_of(const Value& value, const std::string& path) {
  return path + ":" + std::to_string(value.line) + ": ";
}

} // namespace

const Arg& find_setting(const std::vector<const Arg*>& args, const std::string& key,
                        const Value& value, const std::string& path) {
  std::vector<std::string> known;
  for (const auto* arg : args) {
    known.push_back(arg->key());
    if (known.back() == key)
      return *arg;
  }
  throw Error(Fault::usage, place_of(value, path) + "unknown key '" + printable(key) + "'" +
                                did_you_mean(key, known));
}

void store_setting(const Arg& arg, const Value& value, const std::string& path) {
  try {
    if (value.is_array())
      for (const auto& item : value.items)
        arg.store(scalar_text(item));
    else
      arg.store(scalar_text(value));
  } catch (const Error& error) {
    throw Error(Fault::usage, place_of(value, path) + error.what(), error.hint());
  }
}

} // namespace mlopsctl::commands
