// SPDX-License-Identifier: Apache-2.0
// Adding a family: a function that looks at the outputs, and one entry in the table.
#include "package/families.hpp"

#include <algorithm>

namespace mlopsctl::package {
namespace {

using formats::OnnxModel;
using formats::OnnxTensor;
using Count = std::optional<std::int64_t>;

/// Size of an axis; 0 if it is only known at run time or there is no such axis.
std::int64_t axis(const OnnxTensor& tensor, std::size_t index) {
  return index < tensor.shape.size() ? tensor.shape[index].size.value_or(0) : 0;
}

Count yunet(const OnnxModel& model) {
  int found = 0;
  for (const auto& output : model.outputs)
    for (const std::string_view prefix : {"cls_", "obj_", "bbox_", "kps_"})
      found += output.name.starts_with(prefix) ? 1 : 0;
  if (model.outputs.size() != 12 || found != 12)
    return std::nullopt;
  for (const auto& output : model.outputs)
    if (output.name.starts_with("cls_"))
      return axis(output, 2) > 0 ? axis(output, 2) : 1;
  return std::nullopt;
}

Count nanodet(const OnnxModel& model) {
  if (model.outputs.size() != 6)
    return std::nullopt;
  Count classes;
  int boxes = 0;
  for (const auto& output : model.outputs) {
    const auto last = axis(output, 2);
    if (output.shape.size() != 3 || last <= 0)
      return std::nullopt;
    if (last == 32 && ++boxes <= 3)
      continue;
    if (classes && *classes != last)
      return std::nullopt;
    classes = last;
  }
  return boxes == 3 ? classes : std::nullopt;
}

Count ultraface(const OnnxModel& model) {
  if (model.outputs.size() != 2)
    return std::nullopt;
  const auto& scores = model.outputs[0];
  const auto& boxes = model.outputs[1];
  const bool fits = scores.shape.size() == 3 && boxes.shape.size() == 3 && axis(boxes, 2) == 4 &&
                    axis(scores, 2) >= 2 && axis(scores, 1) == axis(boxes, 1) &&
                    scores.name == "scores" && boxes.name == "boxes";
  if (!fits)
    return std::nullopt;
  return axis(scores, 2) - 1; // column 0 is background
}

Count mxnet_ssd(const OnnxModel& model) {
  if (model.outputs.size() != 2)
    return std::nullopt;
  const auto& scores = model.outputs[0];
  const auto& boxes = model.outputs[1];
  const bool fits = scores.name == "cls_prob" && boxes.name == "boxes" && axis(scores, 2) >= 2 &&
                    axis(boxes, 2) == 4 && axis(scores, 1) == axis(boxes, 1);
  if (!fits)
    return std::nullopt;
  return axis(scores, 2) - 1; // column 0 is background
}

Count fastestdet(const OnnxModel& model) {
  if (model.outputs.size() != 1 || model.outputs[0].shape.size() != 4 || model.inputs.empty())
    return std::nullopt;
  const auto& output = model.outputs[0];
  const auto& input = model.inputs[0];
  const bool is_grid = axis(output, 2) > 1 && axis(output, 3) > 1 && axis(output, 1) > 5 &&
                       axis(input, 2) == 16 * axis(output, 2) &&
                       axis(input, 3) == 16 * axis(output, 3);
  if (!is_grid)
    return std::nullopt;
  return axis(output, 1) - 5;
}

/// The three axes of one single detection output, or nothing.
const OnnxTensor* only_3d_output(const OnnxModel& model) {
  if (model.outputs.size() != 1 || model.outputs[0].shape.size() != 3)
    return nullptr;
  return &model.outputs[0];
}

Count yolo_end2end(const OnnxModel& model) {
  const auto* output = only_3d_output(model);
  if (!output || axis(*output, 2) != 6 || axis(*output, 1) > 1000)
    return std::nullopt;
  return 0; // class ids are values in it: their number does not show
}

Count yolov8(const OnnxModel& model) {
  const auto* output = only_3d_output(model);
  if (!output)
    return std::nullopt;
  const auto rows = axis(*output, 1);
  const auto columns = axis(*output, 2);
  if (rows <= 4 || (columns > 0 && columns <= rows))
    return std::nullopt;
  return rows - 4;
}

Count yolov5(const OnnxModel& model) {
  const auto* output = only_3d_output(model);
  if (!output)
    return std::nullopt;
  const auto rows = axis(*output, 1);
  const auto columns = axis(*output, 2);
  if (columns <= 5 || (rows > 0 && rows <= columns))
    return std::nullopt;
  return columns - 5;
}

/// One vector a picture.
Count vector_size(const OnnxModel& model) {
  if (model.outputs.size() != 1)
    return std::nullopt;
  const auto& output = model.outputs[0];
  std::size_t axes = output.shape.size();
  while (axes > 2 && axis(output, axes - 1) == 1)
    --axes; // 1xCx1x1
  if (axes != 2 || axis(output, 1) < 1)
    return std::nullopt;
  return axis(output, 1);
}

Count embedding(const OnnxModel& model) {
  const auto size = vector_size(model);
  const bool is_face_crop =
      !model.inputs.empty() && axis(model.inputs[0], 2) == 112 && axis(model.inputs[0], 3) == 112;
  if (!size || !is_face_crop || (*size != 64 && *size != 128 && *size != 256 && *size != 512))
    return std::nullopt;
  return 0;
}

InputSpec pixels(ColorOrder color, Resize resize, Interpolation interpolation, double scale,
                 std::array<double, 3> mean = {0, 0, 0}, std::array<double, 3> std = {1, 1, 1},
                 int pad_value = 0) {
  InputSpec input;
  input.color = color;
  input.resize = resize;
  input.interpolation = interpolation;
  input.scale = scale;
  input.mean = mean;
  input.std = std;
  input.pad_value = pad_value;
  return input;
}

DecoderSpec decoding(std::string kind, double score, double eval, double iou) {
  DecoderSpec decoder;
  decoder.kind = std::move(kind);
  decoder.score_threshold = score;
  decoder.eval_score_threshold = eval;
  decoder.nms.iou = iou;
  return decoder;
}

constexpr double k_1_255 = 1.0 / 255;

} // namespace

const std::vector<Family>& families() {
  static const std::vector<Family> table{
      {"YuNet", "yunet", Task::detection, yunet,
       "twelve outputs cls_, obj_, bbox_ and kps_ for three strides",
       pixels(ColorOrder::bgr, Resize::letterbox_topleft, Interpolation::linear, 1),
       decoding("yunet", 0.6, 0.001, 0.3), "the family finds faces and five points in each"},
      {"NanoDet", "nanodet", Task::detection, nanodet,
       "six outputs: classes and 4 x 8 box distributions for three strides",
       pixels(ColorOrder::bgr, Resize::stretch, Interpolation::linear, 1, {103.53, 116.28, 123.675},
              {57.375, 57.12, 58.395}),
       decoding("nanodet", 0.35, 0.001, 0.6), ""},
      {"UltraFace", "ultraface", Task::detection, ultraface,
       "outputs 'scores' 1xNx2 and 'boxes' 1xNx4",
       pixels(ColorOrder::rgb, Resize::stretch, Interpolation::linear, 1, {127, 127, 127},
              {128, 128, 128}),
       decoding("ultraface", 0.7, 0.001, 0.3),
       "column 0 of the scores is background and has no label; files of this family that were "
       "'simplified' may load and give wrong boxes: look at a picture"},
      {"SSD of MXNet", "mxnet-ssd", Task::detection, mxnet_ssd,
       "outputs 'cls_prob' 1xNx(1+C) and 'boxes' 1xNx4",
       pixels(ColorOrder::rgb, Resize::stretch, Interpolation::linear, 1),
       decoding("mxnet-ssd", 0.3, 0.01, 0.45),
       "column 0 of the scores is background and has no label"},
      {"FastestDet", "fastestdet", Task::detection, fastestdet,
       "one output 1x(5+C)xHxW on a grid of 16 px",
       pixels(ColorOrder::bgr, Resize::stretch, Interpolation::area, k_1_255),
       decoding("fastestdet", 0.65, 0.1, 0.45), ""},
      {"YOLO with NMS inside", "yolo-end2end", Task::detection, yolo_end2end,
       "one output 1xNx6: corners, score, class",
       pixels(ColorOrder::rgb, Resize::letterbox_center, Interpolation::linear, k_1_255, {0, 0, 0},
              {1, 1, 1}, 114),
       decoding("yolo-end2end", 0.25, 0.001, 0.7), ""},
      {"YOLOv8 and later", "yolov8", Task::detection, yolov8,
       "one output 1x(4+C)xN, more columns than rows",
       pixels(ColorOrder::rgb, Resize::letterbox_center, Interpolation::linear, k_1_255, {0, 0, 0},
              {1, 1, 1}, 114),
       decoding("yolov8", 0.25, 0.001, 0.7), ""},
      {"YOLOv5", "yolov5", Task::detection, yolov5, "one output 1xNx(5+C), more rows than columns",
       pixels(ColorOrder::rgb, Resize::letterbox_center, Interpolation::linear, k_1_255, {0, 0, 0},
              {1, 1, 1}, 114),
       decoding("yolov5", 0.25, 0.001, 0.45), ""},
      {"embedding network", "embedding", Task::embedding, embedding,
       "one vector of 64, 128, 256 or 512 numbers from a 112x112 picture",
       pixels(ColorOrder::rgb, Resize::stretch, Interpolation::linear, k_1_255,
              {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}),
       decoding("embedding", 0.4, 0.001, 0.45),
       "faces are to be aligned to 112x112 by five points first; others of this kind use (x - "
       "127.5) / 128"},
      {"classifier", "classification", Task::classification, vector_size,
       "one output 1xC: a score for each class",
       pixels(ColorOrder::rgb, Resize::crop_center, Interpolation::linear, k_1_255,
              {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}),
       decoding("classification", 0.3, 0.001, 0.45),
       "most classifiers take ImageNet's mean and std; yours may not"},
  };
  return table;
}

const Family* recognise_family(const formats::OnnxModel& model) {
  for (const auto& family : families())
    if (family.classes(model))
      return &family;
  return nullptr;
}

std::optional<std::int64_t> expected_labels(const formats::OnnxModel& model,
                                            std::string_view kind) {
  for (const auto& family : families()) {
    if (family.kind != kind)
      continue;
    const auto count = family.classes(model);
    return count && *count > 0 ? count : std::nullopt;
  }
  return std::nullopt;
}

} // namespace mlopsctl::package
