// SPDX-License-Identifier: Apache-2.0
// Which id a writer gives a class.
#pragma once

#include "formats/labels/format.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mlopsctl::formats {

/// Ids by name in the order of WriteOptions::classes, then as they come; or those of the source.
class ClassIds {
public:
  explicit ClassIds(const WriteOptions& options);

  /// In order: the classes of \p annotation get their ids here.
  void learn(const dataset::Annotation& annotation) {
    learn(annotation.label, annotation.source_id);
  }
  void learn(const std::string& label, std::int64_t source_id);
  /// Of a class that learn() has seen; any thread that learn() happened before.
  std::int64_t id(const dataset::Annotation& annotation) const {
    return id(annotation.label, annotation.source_id);
  }
  std::int64_t id(const std::string& label, std::int64_t source_id) const;
  /// Every class by rising id, with its name.
  std::vector<std::pair<std::int64_t, std::string>> all() const;

private:
  bool keeps_source_ids_;
  dataset::ClassMap names_;
  std::map<std::int64_t, std::string> source_names_;
};

} // namespace mlopsctl::formats
