// SPDX-License-Identifier: Apache-2.0
// model.yaml in and out.
#include "package/model_spec.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <set>

namespace mlopsctl::package {
namespace {

constexpr int k_max_side_px = 16384;
constexpr int k_max_detections = 100'000;
constexpr std::size_t k_max_labels = 1'000'000;

// Names in the order of the enumerators.
const std::vector<std::string>& task_names() {
  static const std::vector<std::string> names{"detection", "classification", "embedding"};
  return names;
}
const std::vector<std::string>& resize_names() {
  static const std::vector<std::string> names{"stretch", "letterbox-center", "letterbox-topleft",
                                              "crop-center"};
  return names;
}
const std::vector<std::string>& interpolation_names() {
  static const std::vector<std::string> names{"linear", "area"};
  return names;
}
const std::vector<std::string>& color_names() {
  static const std::vector<std::string> names{"rgb", "bgr", "grey"};
  return names;
}

template <class Enum>
Enum choice(ObjectReader& reader, std::string_view key, const std::vector<std::string>& names,
            Enum fallback) {
  const auto name = reader.one_of(key, names, names.at(static_cast<std::size_t>(fallback)));
  return static_cast<Enum>(std::find(names.begin(), names.end(), name) - names.begin());
}

int whole_in(ObjectReader& reader, std::string_view key, std::int64_t value, int low, int high) {
  if (value < low || value > high)
    reader.fail(key, std::to_string(value) + " is outside " + std::to_string(low) + ".." +
                         std::to_string(high));
  return static_cast<int>(value);
}

double share(ObjectReader& reader, std::string_view key, double fallback) {
  const double value = reader.number(key, fallback);
  if (value < 0 || value > 1)
    reader.fail(key, number(value) + " is outside 0..1");
  return value;
}

std::array<double, 3> channels(ObjectReader& reader, std::string_view key, double fallback) {
  const bool is_given = reader.has(key);
  const auto values = reader.numbers(key);
  if (!is_given)
    return {fallback, fallback, fallback};
  if (values.size() == 1)
    return {values[0], values[0], values[0]};
  if (values.size() != 3)
    reader.fail(key, "has " + std::to_string(values.size()) +
                         " numbers, 3 (one a channel) or 1 (for all) were expected");
  return {values[0], values[1], values[2]};
}

InputSpec read_input(ObjectReader reader) {
  InputSpec input;
  input.name = reader.text("name");
  if (input.name.empty())
    reader.fail("name", "is empty", "'mlopsctl package describe' shows the graph's inputs");
  input.width = whole_in(reader, "width", reader.integer("width"), 1, k_max_side_px);
  input.height = whole_in(reader, "height", reader.integer("height"), 1, k_max_side_px);
  input.color = choice(reader, "color", color_names(), ColorOrder::rgb);
  input.resize = choice(reader, "resize", resize_names(), Resize::stretch);
  input.pad_value = whole_in(reader, "pad_value", reader.integer("pad_value", 0), 0, 255);
  input.interpolation =
      choice(reader, "interpolation", interpolation_names(), Interpolation::linear);
  input.scale = reader.number("scale", 1);
  if (input.scale == 0)
    reader.fail("scale", "is 0, so every picture would look the same");
  input.mean = channels(reader, "mean", 0);
  input.std = channels(reader, "std", 1);
  for (const double value : input.std)
    if (value == 0)
      reader.fail("std", "holds 0, and the picture is divided by it", "use 1 for no scaling");
  reader.finish();
  return input;
}

NmsSpec read_nms(ObjectReader reader) {
  NmsSpec nms;
  nms.iou = share(reader, "iou", nms.iou);
  nms.per_class = reader.boolean("per_class", nms.per_class);
  nms.max_detections =
      whole_in(reader, "max_detections", reader.integer("max_detections", nms.max_detections), 1,
               k_max_detections);
  reader.finish();
  return nms;
}

/// Which task a decoder answers; nothing for "raw", which fits all.
std::optional<Task> task_of(const std::string& kind) {
  if (kind == "raw")
    return std::nullopt;
  if (kind == "classification")
    return Task::classification;
  if (kind == "embedding")
    return Task::embedding;
  return Task::detection;
}

DecoderSpec read_decoder(ObjectReader reader, Task task) {
  DecoderSpec decoder;
  if (task == Task::detection)
    decoder.kind = reader.text("kind"); // required: boxes are laid out differently in each family
  decoder.kind = reader.one_of("kind", decoder_kinds(), std::string(task_name(task)));
  const auto wanted = task_of(decoder.kind);
  if (wanted && *wanted != task)
    reader.fail("kind", "'" + decoder.kind + "' is for task " + std::string(task_name(*wanted)) +
                            ", this file says task " + std::string(task_name(task)));
  decoder.score_threshold = share(reader, "score_threshold", decoder.score_threshold);
  decoder.eval_score_threshold =
      share(reader, "eval_score_threshold", decoder.eval_score_threshold);
  if (auto nms = reader.object("nms"))
    decoder.nms = read_nms(std::move(*nms));
  reader.finish();
  return decoder;
}

std::vector<std::string> read_labels(ObjectReader& reader, Task task) {
  auto labels = reader.texts("labels");
  if (labels.empty() && task != Task::embedding)
    reader.fail("labels", "is missing or empty",
                "list the class names in the order of the class ids");
  if (labels.size() > k_max_labels)
    reader.fail("labels", std::to_string(labels.size()) + " labels are over the limit of " +
                              std::to_string(k_max_labels));
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].empty())
      reader.fail("labels", "label " + std::to_string(i) + " is empty");
    if (!seen.insert(labels[i]).second)
      reader.fail("labels", "'" + printable(labels[i]) + "' occurs twice (again as class " +
                                std::to_string(i) + ")");
  }
  return labels;
}

bool is_digest(std::string_view text) {
  return text.size() == 71 && text.substr(0, 7) == "sha256:" &&
         text.substr(7).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::map<std::string, std::string> read_digests(ObjectReader& reader) {
  std::map<std::string, std::string> digests;
  const Value* value = reader.child("digests");
  if (!value)
    return digests;
  if (!value->is_object())
    reader.fail("digests", "is " + std::string(kind_name(value->kind)) +
                               ", a mapping from file name to sha256 was expected");
  for (const auto& [name, digest] : value->members) {
    if (const auto fault = name_fault(name); !fault.empty())
      reader.fail("digests", "'" + printable(name) + "' " + fault,
                  "name files inside the package only");
    if (name == k_model_yaml)
      reader.fail("digests", "a file cannot hold its own digest", "remove 'model.yaml' from it");
    if (!digest.is_string() || !is_digest(digest.string))
      reader.fail("digests", printable(name) + ": not a digest like sha256:<64 hex digits>",
                  "let 'mlopsctl package model' write it");
    digests[name] = digest.string;
  }
  return digests;
}

/// Words that a draft left for the user, anywhere in the tree.
void refuse_unfilled(const Value& value, const std::string& path, const std::string& where) {
  if (value.is_string() && value.string.starts_with(k_fill_in))
    throw Error(Fault::input,
                path + ":" + std::to_string(value.line) + ": " + where +
                    ": is still to be filled in",
                "replace '" + printable(value.string) + "' by the value");
  for (const auto& item : value.items)
    refuse_unfilled(item, path, where);
  for (const auto& [key, member] : value.members)
    refuse_unfilled(member, path, where.empty() ? key : where + "." + key);
}

/// Before anything else: a misspelt required key is better called misspelt than missing.
void refuse_unknown_keys(const Value& value, const std::string& path, const std::string& where) {
  std::vector<std::string> known;
  const std::string prefix = where.empty() ? "" : where + ".";
  for (const auto& key : model_keys())
    if (key.path.starts_with(prefix) && key.path.find('.', prefix.size()) == std::string::npos)
      known.push_back(key.path.substr(prefix.size()));
  for (const auto& [key, member] : value.members) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      throw Error(Fault::input, path + ":" + std::to_string(member.line) + ": unknown key '" +
                                    printable(key) + "'" + (where.empty() ? "" : " in " + where) +
                                    did_you_mean(key, known));
    for (const auto& group : model_keys())
      if (group.path == prefix + key && group.type == KeyType::group)
        refuse_unknown_keys(member, path, prefix + key);
  }
}

std::string read_file_name(ObjectReader& reader, std::string_view key) {
  auto name = reader.text(key);
  if (const auto fault = name_fault(name); !fault.empty())
    reader.fail(key, "'" + printable(name) + "' " + fault,
                "put the file into the package and give its name there");
  return name;
}

Value list_of(const std::array<double, 3>& values) {
  Value list = Value::array();
  for (const double value : values)
    list.push(value);
  return list;
}

Value input_value(const InputSpec& input) {
  Value value = Value::object();
  value["name"] = input.name;
  value["width"] = input.width;
  value["height"] = input.height;
  value["color"] = color_name(input.color);
  value["resize"] = resize_name(input.resize);
  value["pad_value"] = input.pad_value;
  value["interpolation"] = interpolation_name(input.interpolation);
  value["scale"] = input.scale;
  value["mean"] = list_of(input.mean);
  value["std"] = list_of(input.std);
  return value;
}

Value decoder_value(const DecoderSpec& decoder) {
  Value nms = Value::object();
  nms["iou"] = decoder.nms.iou;
  nms["per_class"] = decoder.nms.per_class;
  nms["max_detections"] = decoder.nms.max_detections;
  Value value = Value::object();
  value["kind"] = decoder.kind;
  value["score_threshold"] = decoder.score_threshold;
  value["eval_score_threshold"] = decoder.eval_score_threshold;
  value["nms"] = std::move(nms);
  return value;
}

} // namespace

std::string_view task_name(Task task) {
  return task_names().at(static_cast<std::size_t>(task));
}
std::string_view resize_name(Resize resize) {
  return resize_names().at(static_cast<std::size_t>(resize));
}
std::string_view interpolation_name(Interpolation interpolation) {
  return interpolation_names().at(static_cast<std::size_t>(interpolation));
}
std::string_view color_name(ColorOrder color) {
  return color_names().at(static_cast<std::size_t>(color));
}

const std::vector<std::string>& decoder_kinds() {
  static const std::vector<std::string> kinds{
      "classification", "embedding",    "ssd",   "mxnet-ssd",   "yolov5",
      "yolov8",         "yolo-end2end", "detr",  "torchvision", "nanodet",
      "fastestdet",     "ultraface",    "yunet", "raw"};
  return kinds;
}

namespace {

ModelSpec parse_with_overrides(std::string_view text, const std::string& path,
                               const std::vector<std::string>& overrides) {
  Value root = parse_yaml(text, path);
  if (root.is_object())
    apply_overrides(root, overrides);
  refuse_unknown_keys(root, path, "");
  refuse_unfilled(root, path, "");
  ObjectReader reader(root, path);
  if (const auto schema = reader.text("schema"); schema != k_model_schema)
    reader.fail("schema", "'" + printable(schema) + "' is not " + k_model_schema,
                "this version reads mlopsctl.model/1 only");
  ModelSpec spec;
  spec.name = reader.text("name");
  if (spec.name.empty())
    reader.fail("name", "is empty", "give the model a name");
  spec.version = reader.text("version", "");
  reader.text("task"); // required: nothing else says what the answers mean
  spec.task = choice(reader, "task", task_names(), Task::detection);
  spec.weights = read_file_name(reader, "weights");
  spec.format = reader.one_of("format", {"onnx", "mxnet-ssd"}, "onnx");
  if (!reader.has("input"))
    reader.fail("input", "is missing", "'mlopsctl package describe' drafts it from the weights");
  spec.input = read_input(*reader.object("input"));
  if (auto decoder = reader.object("decoder"))
    spec.decoder = read_decoder(std::move(*decoder), spec.task);
  else if (spec.task == Task::detection)
    reader.fail("decoder", "is missing", "say how the outputs become boxes: decoder: {kind: ...}");
  else
    spec.decoder.kind = task_name(spec.task);
  spec.labels = read_labels(reader, spec.task);
  spec.licence = reader.text("licence", "");
  if (const Value* training = reader.child("training"))
    spec.training = *training;
  spec.digests = read_digests(reader);
  reader.finish();
  return spec;
}

} // namespace

ModelSpec parse_model_spec(std::string_view text, const std::string& path,
                           const std::vector<std::string>& overrides) {
  try {
    return parse_with_overrides(text, path, overrides);
  } catch (const Error& error) {
    if (overrides.empty() || error.fault() == Fault::usage)
      throw;
    parse_with_overrides(text, path, {}); // throws if the fault is the file's own
    std::string said = error.what();
    if (said.starts_with(path))
      said.erase(0, said.find(' ') + 1); // "path:10: " is where the file says something else
    throw Error(Fault::usage, "--set: " + said, error.hint());
  }
}

std::string to_model_yaml(const ModelSpec& spec) {
  Value value = Value::object();
  value["schema"] = k_model_schema;
  value["name"] = spec.name;
  if (!spec.version.empty())
    value["version"] = spec.version;
  value["task"] = task_name(spec.task);
  value["weights"] = spec.weights;
  value["format"] = spec.format;
  value["input"] = input_value(spec.input);
  value["decoder"] = decoder_value(spec.decoder);
  if (!spec.labels.empty()) {
    Value labels = Value::array();
    for (const auto& label : spec.labels)
      labels.push(label);
    value["labels"] = std::move(labels);
  }
  if (!spec.licence.empty())
    value["licence"] = spec.licence;
  if (!spec.training.is_null())
    value["training"] = spec.training;
  if (!spec.digests.empty()) {
    Value digests = Value::object();
    for (const auto& [name, digest] : spec.digests)
      digests[name] = digest;
    value["digests"] = std::move(digests);
  }
  std::string text = to_yaml(value);
  if (!text.ends_with('\n'))
    text += '\n';
  return text;
}

} // namespace mlopsctl::package
