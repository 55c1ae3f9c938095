// SPDX-License-Identifier: Apache-2.0
// A page on which a data set can be looked at: thumbnails with their boxes, filters by class, split
// and rule. One file, no network, the same bytes for the same input.
#pragma once

#include "core/error.hpp"
#include "core/io.hpp"
#include "dataset/sample.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mlopsctl::report {

struct PreviewCard {
  dataset::Sample sample;
  Problems problems;       ///< of this image
  std::string thumbnail;   ///< JPEG bytes; empty: no picture to show
  std::string why_missing; ///< then: the reason
};

struct PreviewTotals {
  std::string title;       ///< what was looked at, such as the name of the file
  std::int64_t images = 0; ///< in the whole set, of which the cards are a part
  std::int64_t boxes = 0;
  std::int64_t unlabelled = 0;
  std::map<std::string, std::int64_t> objects_by_class; ///< of the whole set
};

/// Cards go to a temporary file as they come, so memory does not grow with them.
class PreviewPage {
public:
  /// \param classes decide the colours, by their order.
  PreviewPage(std::unique_ptr<ByteSink> sink, std::vector<std::string> classes);
  ~PreviewPage();

  void add(const PreviewCard& card);
  void finish(const PreviewTotals& totals);

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace mlopsctl::report
