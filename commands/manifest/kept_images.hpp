// SPDX-License-Identifier: Apache-2.0
// What an earlier split decided: images that must stay where they are.
#pragma once

#include "commands/command.hpp"
#include "dataset/refs.hpp"
#include "dataset/sample.hpp"
#include "dataset/split.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace mlopsctl::commands {

class KeptImages {
public:
  /// \param folder made by manifest split; empty: nothing is kept. \param input the data set that
  /// is split now. \throws Error(input) if the folder holds no split, Error(usage) if it holds one
  /// that \p ratios do not name.
  KeptImages(const std::string& folder, const std::string& input, const dataset::Ratios& ratios);

  /// Split::none for an image that is new.
  dataset::Split split_of(const std::string& ref);
  std::int64_t found() const { return found_; }
  /// Images of the earlier split that were never asked for.
  std::int64_t gone() const;
  const Problems& problems() const { return problems_; }

private:
  struct Entry {
    dataset::Split split = dataset::Split::none;
    bool is_found = false;
  };
  void read(const std::string& folder, const std::string& file, dataset::Split split);

  dataset::ImageKeys keys_;
  std::unordered_map<std::string, Entry> entries_;
  std::int64_t found_ = 0;
  Problems problems_;
};

/// Groups whose images were put in different splits before: told, as they cannot be mended without
/// moving an image.
class DividedGroups {
public:
  void add(const std::string& group, const dataset::Sample& sample); ///< a kept one, with its split
  /// A warning for each group that is divided, with its members.
  Problems problems() const;

private:
  struct Member {
    std::string ref;
    dataset::Split split;
  };
  std::map<std::string, std::vector<Member>> members_;
};

} // namespace mlopsctl::commands
