// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/losses.hpp"

#include <cmath>

namespace mlopsctl::formats {

void Losses::note(const dataset::Sample& sample) {
  if (!sample.is_labelled && !holds_.unlabelled)
    note("images that nobody labelled, left out (in this format they would look empty)");
  if (sample.split != dataset::Split::none && !holds_.split)
    note("split");
  if (!holds_.unknown_fields) {
    note("other members of the image", static_cast<std::int64_t>(sample.extra.size()));
    note("metadata of the label", static_cast<std::int64_t>(sample.label_metadata.size()));
    note("group", sample.group.empty() ? 0 : 1);
    note("time_s", sample.time_s ? 1 : 0);
  }
  for (const auto& annotation : sample.annotations) {
    if (annotation.score && !holds_.score)
      note("score");
    if (annotation.is_crowd && !holds_.crowd)
      note("crowd");
    if (annotation.is_difficult && !holds_.difficult)
      note("difficult");
    if (annotation.is_truncated && !holds_.truncated)
      note("truncated");
    if (!holds_.unknown_fields)
      note("other members of the box", static_cast<std::int64_t>(annotation.extra.size()));
    const dataset::Box& box = annotation.box;
    if (!holds_.fractions &&
        (std::trunc(box.left) != box.left || std::trunc(box.top) != box.top ||
         std::trunc(box.right()) != box.right() || std::trunc(box.bottom()) != box.bottom()))
      note("boxes rounded to whole pixels");
  }
}

void Losses::note(const std::string& what, std::int64_t count) {
  if (count > 0)
    counts_[what] += count;
}

const Problems& Losses::all() const {
  listed_.clear();
  for (const auto& [what, count] : counts_)
    listed_.push_back({"loss", Severity::warning, what, std::to_string(count)});
  return listed_;
}

} // namespace mlopsctl::formats
