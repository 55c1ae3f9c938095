// SPDX-License-Identifier: Apache-2.0
#include "inference/prediction_line.hpp"

#include "core/text.hpp"
#include "core/value.hpp"
#include "imaging/draw.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace mlopsctl::inference {
namespace {

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}
double pixels(double value) {
  return rounded(value, 1e3);
}
double milliseconds(double value) {
  return rounded(value, 1e3);
}

Value score_value(int class_id, double score, const package::ModelSpec& spec) {
  Value entry = Value::object();
  entry["label"] = spec.labels[static_cast<std::size_t>(class_id)];
  entry["class_id"] = class_id;
  entry["score"] = rounded(score, 1e6);
  return entry;
}

Value detections_value(const Prediction& prediction, const package::ModelSpec& spec) {
  Value list = Value::array();
  for (const auto& detection : prediction.detections) {
    const auto& box = detection.box;
    const double left = pixels(box.left), top = pixels(box.top);
    // From the rounded corners: the box of a touching edge still ends at the edge.
    const double width = pixels(pixels(box.right()) - left);
    const double height = pixels(pixels(box.bottom()) - top);
    if (width <= 0 || height <= 0)
      continue; // thinner than 0.001 px
    Value entry = score_value(detection.class_id, detection.score, spec);
    entry["left"] = left;
    entry["top"] = top;
    entry["width"] = width;
    entry["height"] = height;
    list.push(std::move(entry));
  }
  return list;
}

Value classes_value(const Prediction& prediction, const package::ModelSpec& spec) {
  Value list = Value::array();
  for (const auto& entry : prediction.classes)
    list.push(score_value(entry.class_id, entry.score, spec));
  return list;
}

Value embedding_value(const Prediction& prediction) {
  Value list = Value::array();
  for (const double value : prediction.embedding)
    list.push(rounded(value, 1e6));
  return list;
}

/// The double whose shortest text is that of the float: 0.1, not 0.10000000149011612.
double as_written(float value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  double number = 0;
  std::from_chars(text.data(), end, number);
  return number;
}

Value outputs_value(const Prediction& prediction) {
  Value list = Value::array();
  for (const auto& output : prediction.outputs) {
    Value entry = Value::object();
    entry["name"] = output.name;
    entry["shape"] = Value::array();
    for (const auto size : output.shape)
      entry["shape"].push(size);
    entry["data"] = Value::array();
    for (const float value : output.data)
      entry["data"].push(as_written(value));
    list.push(std::move(entry));
  }
  return list;
}

Value timing_value(const Timing& timing) {
  Value entry = Value::object();
  entry["decode"] = milliseconds(timing.decode_ms);
  entry["preprocess"] = milliseconds(timing.preprocess_ms);
  entry["infer"] = milliseconds(timing.infer_ms);
  entry["postprocess"] = milliseconds(timing.postprocess_ms);
  return entry;
}

} // namespace

std::string prediction_line(const std::string& image, int width, int height,
                            const Prediction& prediction, const package::ModelSpec& spec,
                            const LineOptions& options) {
  Value line = Value::object();
  line["image"] = image;
  line["width"] = width;
  line["height"] = height;
  if (!options.group.empty())
    line["group"] = options.group;
  if (options.time_s)
    line["time_s"] = *options.time_s;
  if (spec.decoder.kind == package::k_raw)
    line["outputs"] = outputs_value(prediction);
  else if (spec.task == package::Task::classification)
    line["classes"] = classes_value(prediction, spec);
  else if (spec.task == package::Task::embedding)
    line["embedding"] = embedding_value(prediction);
  else
    line["detections"] = detections_value(prediction, spec);
  if (options.with_timing)
    line["timing_ms"] = timing_value(prediction.timing);
  if (options.with_timing && options.queue_ms)
    line["timing_ms"]["queue"] = milliseconds(*options.queue_ms);
  return to_json(line);
}

std::vector<Classification> shown_classes(const std::vector<Classification>& classes,
                                          const package::ModelSpec& spec) {
  std::vector<Classification> shown;
  for (const auto& entry : classes)
    if (shown.empty() || entry.score >= spec.decoder.score_threshold)
      shown.push_back(entry);
  return shown;
}

void draw_prediction(imaging::Image& image, const Prediction& prediction,
                     const package::ModelSpec& spec) {
  const auto label = [&](int class_id) { return spec.labels[static_cast<std::size_t>(class_id)]; };
  if (spec.task == package::Task::classification) {
    if (!prediction.classes.empty())
      imaging::draw_caption(image, label(prediction.classes.front().class_id) + " " +
                                       fixed(prediction.classes.front().score, 2));
    return;
  }
  std::vector<imaging::DrawnBox> boxes; // an embedding has nothing to draw
  for (const auto& detection : prediction.detections)
    boxes.push_back(
        {detection.box, label(detection.class_id), detection.score, detection.class_id});
  std::reverse(boxes.begin(), boxes.end()); // the last is on top: the best
  imaging::draw_boxes(image, boxes);
}

} // namespace mlopsctl::inference
