// SPDX-License-Identifier: Apache-2.0
#include "package/draft.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "package/families.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace mlopsctl::package {
namespace {

using formats::OnnxModel;
using formats::OnnxTensor;

constexpr std::int64_t k_max_placeholders = 100'000;

/// Text as a YAML scalar, quoted where it must be.
std::string scalar(const std::string& text) {
  std::string out = to_yaml(Value(text));
  while (out.ends_with('\n'))
    out.pop_back();
  return out;
}

std::string list(const std::array<double, 3>& values) {
  return "[" + number(values[0]) + ", " + number(values[1]) + ", " + number(values[2]) + "]";
}

/// What the graph says about the picture it takes.
struct Picture {
  const OnnxTensor* tensor = nullptr;
  std::int64_t channels = 0; ///< 0: known at run time only
  std::int64_t height = 0;
  std::int64_t width = 0;
  bool is_channels_last = false;
};

Picture find_picture(const OnnxModel& model, const std::string& name) {
  Picture picture;
  for (const auto& input : model.inputs)
    if (!picture.tensor && input.shape.size() == 4)
      picture.tensor = &input;
  if (!picture.tensor) {
    std::vector<std::string> seen;
    for (const auto& input : model.inputs)
      seen.push_back("'" + printable(input.name) + "' " + formats::shape_text(input));
    throw Error(Fault::input,
                name + ": no input takes pictures (four axes); inputs: " +
                    (seen.empty() ? "none" : join(seen, ", ")),
                "model packages are for models that take pictures");
  }
  const auto size = [&](std::size_t axis) { return picture.tensor->shape[axis].size.value_or(0); };
  picture.is_channels_last = (size(3) == 3 || size(3) == 1) && size(1) != 3 && size(1) != 1;
  picture.channels = picture.is_channels_last ? size(3) : size(1);
  picture.height = picture.is_channels_last ? size(1) : size(2);
  picture.width = picture.is_channels_last ? size(2) : size(3);
  return picture;
}

/// Ultralytics writes "{0: 'person', 1: 'bicycle'}": a Python dict that YAML reads as well.
std::vector<std::string> metadata_labels(const OnnxModel& model) {
  const auto* names = model.metadata_value("names");
  if (!names)
    return {};
  Value value;
  try {
    value = parse_yaml(*names, "metadata 'names'");
  } catch (const Error&) {
    return {}; // Python can write what YAML cannot read: placeholders then
  }
  std::map<std::int64_t, std::string> by_id;
  for (const auto& [key, label] : value.members)
    if (const auto id = parse_int(key); id && label.is_string())
      by_id[*id] = label.string;
  for (std::size_t i = 0; i < value.items.size(); ++i)
    if (value.items[i].is_string())
      by_id[static_cast<std::int64_t>(i)] = value.items[i].string;
  std::vector<std::string> labels;
  std::set<std::string> seen;
  for (const auto& [id, label] : by_id) {
    if (id != static_cast<std::int64_t>(labels.size()) || label.empty() ||
        !seen.insert(label).second)
      return {};
    labels.push_back(label);
  }
  return labels;
}

/// Writes the file top to bottom in the order of the documentation.
class DraftWriter {
public:
  DraftWriter(const OnnxModel& model, const DraftOptions& options)
      : model_(model), options_(options), picture_(find_picture(model, options.weights)) {
    for (const auto& family : families())
      if (!family_ && (!options.task || *options.task == family.task) && family.classes(model))
        family_ = &family;
  }

  Draft write() {
    write_top();
    write_input();
    write_decoder();
    write_labels();
    write_tail();
    if (family_)
      draft_.family = family_->name;
    return std::move(draft_);
  }

private:
  void line(const std::string& text, const std::string& comment = {}) {
    draft_.yaml += text + (comment.empty() ? "" : "  # " + printable(comment)) + "\n";
  }
  void guess(const std::string& indent, const std::string& key, const std::string& value,
             const std::string& why) {
    line(indent + key + ": " + value, "guess: " + why);
    draft_.guesses.push_back(indent.empty() ? key : "input." + key);
  }
  void unknown(const std::string& indent, const std::string& key, const std::string& path,
               const std::string& words) {
    line(indent + key + ": \"" + std::string(k_fill_in) + ": " + words + "\"");
    draft_.unknown.push_back(path);
  }
  Task task() const { return family_ ? family_->task : options_.task.value_or(Task::detection); }

  void write_top() {
    line(
        "# Drafted by 'mlopsctl package describe'. What stands after \"guess\" or \"check\" is not "
        "in the weights file.");
    line("schema: " + std::string(k_model_schema));
    line("name: " + scalar(options_.name));
    line("version: \"1\"", "yours to choose");
    if (family_)
      line("task: " + std::string(task_name(family_->task)),
           (options_.task ? "as you said: " : "guess: ") + std::string(family_->why));
    else if (options_.task)
      line("task: " + std::string(task_name(*options_.task)), "as you said");
    else
      unknown("", "task", "task", "detection, classification or embedding");
    line("weights: " + scalar(options_.weights), "made by " + model_.producer);
    line("format: onnx");
  }

  void write_size(const std::string& key, std::int64_t size) {
    if (picture_.is_channels_last)
      unknown("  ", key, "input." + key,
              "the graph wants channels last; export it with channels first (NCHW)");
    else if (size > 0)
      line("  " + key + ": " + std::to_string(size));
    else if (const auto from_metadata = metadata_size(key == "height" ? 0 : 1))
      guess("  ", key, std::to_string(*from_metadata), "from the metadata 'imgsz'");
    else
      unknown("  ", key, "input." + key,
              "px; the graph takes any, give the " + key + " it was trained with");
  }
  std::optional<std::int64_t> metadata_size(std::size_t index) const {
    const auto* text = model_.metadata_value("imgsz");
    if (!text)
      return std::nullopt;
    const auto parts = split(trim(*text), ',');
    if (parts.size() != 2)
      return std::nullopt;
    std::string part(trim(parts[index]));
    std::erase_if(part, [](char c) { return c == '[' || c == ']' || c == '(' || c == ')'; });
    return parse_int(part);
  }

  void write_input() {
    line("input:");
    line("  name: " + scalar(picture_.tensor->name),
         "from the graph: " + picture_.tensor->type + " " + formats::shape_text(*picture_.tensor));
    write_size("width", picture_.width);
    write_size("height", picture_.height);
    if (picture_.channels == 1)
      write_grey();
    else if (family_)
      write_pixels(family_->input, "usual for " + std::string(family_->name));
    else
      write_pixels(families().back().input, "nothing in the graph tells; ask who trained it");
  }
  void write_grey() {
    line("  color: grey", "from the graph: one channel");
    guess("  ", "resize", "stretch", "usual for small grey pictures");
    guess("  ", "interpolation", "linear", "most common");
    guess("  ", "scale", "1",
          "the tensor gets 0..255; if it was trained on 0..1 write 0.00392156862745098");
    line("  mean: [0, 0, 0]");
    line("  std: [1, 1, 1]");
  }
  void write_pixels(const InputSpec& usual, const std::string& why) {
    guess("  ", "color", std::string(color_name(usual.color)), why);
    guess("  ", "resize", std::string(resize_name(usual.resize)), why);
    if (usual.resize == Resize::letterbox_center || usual.resize == Resize::letterbox_topleft)
      guess("  ", "pad_value", std::to_string(usual.pad_value), why);
    guess("  ", "interpolation", std::string(interpolation_name(usual.interpolation)), why);
    guess("  ", "scale", number(usual.scale), "the tensor gets (x * scale - mean) / std; " + why);
    guess("  ", "mean", list(usual.mean), why);
    guess("  ", "std", list(usual.std), why);
  }

  void write_decoder() {
    if (!family_ && options_.task && *options_.task != Task::detection)
      return; // these two tasks have one decoder each, and it is the default
    line("decoder:");
    if (!family_) {
      std::vector<std::string> outputs;
      for (const auto& output : model_.outputs)
        outputs.push_back("'" + output.name + "' " + formats::shape_text(output));
      line("  # outputs: " + printable(join(outputs, ", ")));
      unknown("  ", "kind", "decoder.kind", "one of " + join(decoder_kinds(), ", "));
      return;
    }
    const auto& decoder = family_->decoder;
    line("  kind: " + decoder.kind, "recognised: " + std::string(family_->why));
    if (!family_->remark.empty())
      line("  # " + std::string(family_->remark));
    if (family_->task == Task::embedding)
      return;
    line("  score_threshold: " + number(decoder.score_threshold), "guess: what its authors show");
    draft_.guesses.emplace_back("decoder.score_threshold");
    if (family_->task != Task::detection)
      return;
    line("  eval_score_threshold: " + number(decoder.eval_score_threshold));
    line("  nms: {iou: " + number(decoder.nms.iou) +
             ", per_class: " + (decoder.nms.per_class ? "true" : "false") +
             ", max_detections: " + std::to_string(decoder.nms.max_detections) + "}",
         "guess: what its authors use");
    draft_.guesses.emplace_back("decoder.nms");
  }

  void write_labels() {
    if (task() == Task::embedding)
      return;
    const auto classes = family_ ? family_->classes(model_).value_or(0) : 0;
    auto labels = options_.labels;
    std::string comment = "from the list that you gave";
    if (labels.empty()) {
      labels = metadata_labels(model_);
      comment = "check: from the metadata 'names'";
      draft_.guesses.emplace_back("labels");
    }
    if (classes > 0 && !labels.empty() && static_cast<std::int64_t>(labels.size()) != classes)
      throw Error(Fault::input,
                  options_.weights + ": its outputs have " + std::to_string(classes) +
                      " classes, but there are " + std::to_string(labels.size()) + " labels",
                  options_.labels.empty() ? "give the right list with --labels"
                                          : "is this the list the model was trained with?");
    if (labels.empty() && (classes == 0 || classes > k_max_placeholders)) {
      line("labels:");
      line("  - \"" + std::string(k_fill_in) + ": the class names in the order of the class ids\"");
      draft_.unknown.emplace_back("labels");
      return;
    }
    if (labels.empty()) {
      for (std::int64_t i = 0; i < classes; ++i)
        labels.push_back("class_" + std::to_string(i));
      comment = "check: placeholders, the file has no names; give them with --labels FILE";
    }
    line("labels:", comment);
    for (const auto& label : labels)
      line("  - " + scalar(label));
  }

  void write_tail() {
    const auto* licence = model_.metadata_value("license");
    if (!options_.licence.empty())
      line("licence: " + scalar(options_.licence));
    else if (licence && !licence->empty())
      line("licence: " + scalar(*licence), "check: from the metadata 'license'");
    else
      line("# licence: the licence of the weights, such as Apache-2.0; the file does not say it");
    line("digests:");
    line("  " + scalar(options_.weights) + ": \"" + options_.digest + "\"");
  }

  const OnnxModel& model_;
  const DraftOptions& options_;
  Picture picture_;
  const Family* family_ = nullptr;
  Draft draft_;
};

} // namespace

Draft draft_model_yaml(const formats::OnnxModel& model, const DraftOptions& options) {
  return DraftWriter(model, options).write();
}

std::vector<std::string> parse_label_lines(std::string_view text, const std::string& name) {
  if (!is_valid_utf8(text))
    throw Error(Fault::input, name + ": is not UTF-8 text", "one label a line was expected");
  std::vector<std::string> labels;
  std::map<std::string, std::size_t> lines;
  const auto rows = split(text, '\n');
  std::size_t used = rows.size();
  while (used > 0 && trim(rows[used - 1]).empty())
    --used;
  if (used == 0)
    throw Error(Fault::input, name + ": holds no label", "one label a line was expected");
  for (std::size_t i = 0; i < used; ++i) {
    const std::string label(trim(rows[i]));
    const auto place = name + ":" + std::to_string(i + 1) + ": ";
    if (label.empty())
      throw Error(Fault::input, place + "the line is empty, so the classes after it would shift",
                  "give each class a name");
    if (const auto [at, is_new] = lines.emplace(label, i + 1); !is_new)
      throw Error(Fault::input, place + "label '" + printable(label) + "' stands on line " +
                                    std::to_string(at->second) + " already");
    labels.push_back(label);
  }
  return labels;
}

std::vector<std::string> read_label_lines(const std::string& path) {
  constexpr std::uint64_t k_most_bytes = std::uint64_t{16} << 20;
  return parse_label_lines(read_file(path, k_most_bytes), path);
}

} // namespace mlopsctl::package
