// SPDX-License-Identifier: Apache-2.0
// Giving objects other classes: by name, from the name of the file, or from a member of the line.
#pragma once

#include "dataset/sample.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <utility>
#include <vector>

namespace mlopsctl::dataset {

class Relabeler {
public:
  Relabeler() = default;
  /// "old=new". \throws Error(usage) for another form, and for an old name given twice.
  void add_rename(const std::string& text);
  /// The first group of \p pattern in the reference is the class of everything in the image.
  void take_from_filename(const std::string& pattern);
  /// The text of a member of the line is.
  void take_from_field(std::string name) { field_ = std::move(name); }

  /// \return why the image cannot be relabelled; empty: it was. Any thread.
  std::string apply(Sample& sample) const;
  /// What a class becomes by renaming alone.
  const std::string& renamed(const std::string& label) const;
  /// Classes that were to be renamed and never occurred.
  std::vector<std::string> unused() const;

private:
  struct Rename {
    std::string from;
    std::string to;
    mutable std::atomic<bool> was_used{false};
  };
  std::vector<std::unique_ptr<Rename>> renames_;
  std::optional<std::regex> pattern_;
  std::string field_;
};

} // namespace mlopsctl::dataset
