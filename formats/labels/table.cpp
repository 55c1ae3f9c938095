// SPDX-License-Identifier: Apache-2.0
// Every label format. Adding one: its file, its declaration here, its line.
#include "formats/labels/format.hpp"

namespace mlopsctl::formats {

extern const LabelFormat ground_truth, predictions, coco, coco_results, voc, yolo;
extern const LabelFormat ground_truth_video, sagemaker_json;
extern const LabelFormat csv, open_images, class_folders;
extern const LabelFormat label_studio, createml, cvat;

const std::vector<const LabelFormat*>& all_label_formats() {
  static const std::vector<const LabelFormat*> table{
      &ground_truth_video, // before ground_truth: also a manifest
      &ground_truth,
      &predictions,
      &sagemaker_json, // before coco: also has annotations and categories
      &coco,
      &coco_results,
      &cvat, // before voc: also XML
      &voc,
      &yolo,
      &label_studio,
      &createml,
      &csv,
      &open_images,
      &class_folders, // last: any folder of pictures in folders
  };
  return table;
}

} // namespace mlopsctl::formats
