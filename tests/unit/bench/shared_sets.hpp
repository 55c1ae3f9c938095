// SPDX-License-Identifier: Apache-2.0
// The public sets with published numbers, read by hand: bench knows no file format.
#pragma once

#include "bench/evaluation.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace mlopsctl::bench::testing {

/// An evaluation that owns its rows.
struct OwnedSet {
  std::int32_t image_count = 0;
  std::int32_t class_count = 0;
  std::vector<TruthBox> truths;
  std::vector<ScoredBox> detections;

  Evaluation view() const { return {image_count, class_count, truths, detections}; }
};

inline dataset::Box box_of(const Value& bbox) {
  return {bbox.items[0].real, bbox.items[1].real, bbox.items[2].real, bbox.items[3].real};
}

inline Value json_file(const std::string& path) {
  return parse_json(read_file(path, 64U << 20), path);
}

/// Images by rising id, as pycocotools takes them.
inline OwnedSet coco_set(const Value& truth, const Value& results) {
  OwnedSet set;
  std::map<std::int64_t, std::int32_t> images;
  std::map<std::int64_t, std::int32_t> classes;
  for (const auto& image : truth.find("images")->items)
    images[image.find("id")->integer] = 0;
  for (auto& [id, index] : images)
    index = set.image_count++;
  for (const auto& category : truth.find("categories")->items)
    classes[category.find("id")->integer] = set.class_count++;
  for (const auto& row : truth.find("annotations")->items) {
    TruthBox box;
    box.image = images.at(row.find("image_id")->integer);
    box.label = classes.at(row.find("category_id")->integer);
    box.box = box_of(*row.find("bbox"));
    box.area_px = row.find("area")->real;
    box.is_crowd = row.find("iscrowd")->integer != 0;
    set.truths.push_back(box);
  }
  for (const auto& row : results.items)
    set.detections.push_back({images.at(row.find("image_id")->integer),
                              classes.at(row.find("category_id")->integer), row.find("score")->real,
                              box_of(*row.find("bbox"))});
  return set;
}

inline std::vector<std::string> sorted_files(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

/// One class; "name [score] x y w h" a line, one file an image, the same names in both folders.
inline OwnedSet text_set(const std::string& truth_folder, const std::string& detection_folder) {
  OwnedSet set;
  set.class_count = 1;
  for (const auto& path : sorted_files(truth_folder)) {
    std::istringstream truth(read_file(path, 1U << 20));
    const std::string name = std::filesystem::path(path).filename().string();
    std::istringstream detections(read_file(detection_folder + "/" + name, 1U << 20));
    std::string label;
    for (TruthBox row;
         truth >> label >> row.box.left >> row.box.top >> row.box.width >> row.box.height;) {
      row.image = set.image_count;
      row.area_px = row.box.area();
      set.truths.push_back(row);
    }
    for (ScoredBox row; detections >> label >> row.score >> row.box.left >> row.box.top >>
                        row.box.width >> row.box.height;) {
      row.image = set.image_count;
      set.detections.push_back(row);
    }
    ++set.image_count;
  }
  return set;
}

} // namespace mlopsctl::bench::testing

#define NEED_SHARED(path)                                                                          \
  if (!std::filesystem::exists(std::string(MLOPSCTL_SHARED "/") + (path)))                         \
  GTEST_SKIP() << "needs ../shared/" << (path) << ", which is not here"
