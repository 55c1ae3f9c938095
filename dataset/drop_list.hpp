// SPDX-License-Identifier: Apache-2.0
// A list of images to leave out, as people keep them: one a line.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mlopsctl::dataset {

class DropList {
public:
  /// \param text lines: a whole reference, a file name, or its stem. Empty lines and those that
  /// begin with '#' are skipped.
  explicit DropList(std::string_view text);

  bool holds(std::string_view ref) const; ///< any thread
  /// Lines that no image had so far, in their order.
  std::vector<std::string> unused() const;

private:
  std::vector<std::string> entries_;
  std::unordered_map<std::string, std::size_t> index_;
  std::unique_ptr<std::atomic<bool>[]> was_used_;
};

} // namespace mlopsctl::dataset
