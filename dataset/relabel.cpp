// SPDX-License-Identifier: Apache-2.0
#include "dataset/relabel.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

#include <algorithm>

namespace mlopsctl::dataset {
namespace {

/// std::regex recurses once a character: longer names could end the process.
constexpr std::size_t k_max_name_bytes = 4096;

std::optional<std::string> text_of_field(const Fields& fields, const std::string& name) {
  for (const auto& [key, json] : fields)
    if (key == name && !json.empty() && json.front() != '{' && json.front() != '[' &&
        json != "null")
      return json.front() == '"' ? parse_json(json, name).string : json;
  return std::nullopt;
}

} // namespace

void Relabeler::add_rename(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    throw Error(Fault::usage, "--map: '" + printable(text) + "' is not OLD=NEW",
                "'mlopsctl manifest filter --where' leaves classes out");
  auto rename = std::make_unique<Rename>();
  rename->from = text.substr(0, equals);
  rename->to = text.substr(equals + 1);
  for (const auto& other : renames_)
    if (other->from == rename->from)
      throw Error(Fault::usage, "--map: '" + printable(rename->from) + "' stands twice");
  renames_.push_back(std::move(rename));
}

void Relabeler::take_from_filename(const std::string& pattern) {
  try {
    pattern_.emplace(pattern, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    throw Error(Fault::usage, "--from-filename: '" + printable(pattern) +
                                  "' is no regular expression: " + error.what());
  }
  if (pattern_->mark_count() == 0)
    throw Error(Fault::usage, "--from-filename: '" + printable(pattern) + "' has no group",
                "put the part that is the class in parentheses: 'frame([A-Z])'");
}

const std::string& Relabeler::renamed(const std::string& label) const {
  for (const auto& rename : renames_)
    if (rename->from == label) {
      rename->was_used.store(true, std::memory_order_relaxed);
      return rename->to;
    }
  return label;
}

std::string Relabeler::apply(Sample& sample) const {
  if (sample.annotations.empty() && sample.classes.empty())
    return {};
  std::optional<std::string> label;
  if (pattern_) {
    if (sample.ref.size() > k_max_name_bytes)
      return "its name has more than 4096 bytes";
    std::smatch match;
    if (!std::regex_search(sample.ref, match, *pattern_) || match.length(1) == 0)
      return "--from-filename finds no class in '" + sample.ref + "'";
    label = match.str(1);
  }
  if (!field_.empty()) {
    label = text_of_field(sample.extra, field_);
    if (!label || label->empty())
      return "'" + sample.ref + "' has no '" + field_ + "' with a text in it";
  }
  for (auto& annotation : sample.annotations)
    annotation.label = renamed(label ? *label : annotation.label);
  for (auto& image_class : sample.classes)
    image_class.label = renamed(label ? *label : image_class.label);
  return {};
}

std::vector<std::string> Relabeler::unused() const {
  std::vector<std::string> names;
  for (const auto& rename : renames_)
    if (!rename->was_used)
      names.push_back(rename->from);
  return names;
}

} // namespace mlopsctl::dataset
