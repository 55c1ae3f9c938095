// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/class_ids.hpp"

namespace mlopsctl::formats {

ClassIds::ClassIds(const WriteOptions& options)
    : keeps_source_ids_(options.keep_source_ids), names_(options.classes) {}

void ClassIds::learn(const std::string& label, std::int64_t source_id) {
  if (!keeps_source_ids_) {
    names_.add(label);
    return;
  }
  if (source_id < 0)
    throw Error(Fault::internal, "class '" + label + "' has no id in the source");
  const auto known = source_names_.find(source_id);
  if (known == source_names_.end())
    source_names_.emplace(source_id, label);
}

std::int64_t ClassIds::id(const std::string& label, std::int64_t source_id) const {
  return keeps_source_ids_ ? source_id : names_.find(label).value_or(-1);
}

std::vector<std::pair<std::int64_t, std::string>> ClassIds::all() const {
  std::vector<std::pair<std::int64_t, std::string>> classes(source_names_.begin(),
                                                            source_names_.end());
  for (std::size_t i = 0; !keeps_source_ids_ && i < names_.size(); ++i)
    classes.emplace_back(static_cast<std::int64_t>(i), names_.names()[i]);
  return classes;
}

} // namespace mlopsctl::formats
