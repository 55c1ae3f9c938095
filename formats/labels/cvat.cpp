// SPDX-License-Identifier: Apache-2.0
// cvat: "CVAT for images 1.1", annotations.xml alone or in the folder that CVAT exports. See
// https://docs.cvat.ai/docs/other/xml_format
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/cvat_write.hpp"
#include "formats/labels/json_text.hpp"
#include "formats/labels/losses.hpp"
#include "formats/labels/xml_items.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::Box;
using dataset::ClassMap;
using dataset::Sample;

constexpr const char* k_file = "annotations.xml";

std::string json_text_of(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

std::optional<double> number_of(const pugi::xml_node& node, const char* name) {
  return parse_double(trim(node.attribute(name).value()));
}

int side_of(const pugi::xml_node& node, const char* name) {
  const auto value = number_of(node, name);
  const bool is_good = value && *value > 0 && *value <= 1 << 24 && std::trunc(*value) == *value;
  return is_good ? static_cast<int>(*value) : 0;
}

/// The box around a rectangle that is turned about its centre.
Box turned(const Box& box, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  const double across =
      std::abs(box.width * std::cos(angle)) + std::abs(box.height * std::sin(angle));
  const double down =
      std::abs(box.width * std::sin(angle)) + std::abs(box.height * std::cos(angle));
  return {box.left + (box.width - across) / 2, box.top + (box.height - down) / 2, across, down};
}

std::optional<Box> read_corners(const pugi::xml_node& node) {
  const auto left = number_of(node, "xtl");
  const auto top = number_of(node, "ytl");
  const auto right = number_of(node, "xbr");
  const auto bottom = number_of(node, "ybr");
  if (!left || !top || !right || !bottom)
    return std::nullopt;
  const Box box{*left, *top, *right - *left, *bottom - *top};
  const double degrees = std::fmod(number_of(node, "rotation").value_or(0), 360);
  return degrees == 0 ? box : turned(box, degrees);
}

std::optional<Box> read_mask(const pugi::xml_node& node) {
  const auto left = number_of(node, "left");
  const auto top = number_of(node, "top");
  const auto width = number_of(node, "width");
  const auto height = number_of(node, "height");
  if (!left || !top || !width || !height)
    return std::nullopt;
  return Box{*left, *top, *width, *height};
}

std::optional<Box> read_ellipse(const pugi::xml_node& node) {
  const auto x = number_of(node, "cx");
  const auto y = number_of(node, "cy");
  const auto across = number_of(node, "rx");
  const auto down = number_of(node, "ry");
  if (!x || !y || !across || !down)
    return std::nullopt;
  const double angle = number_of(node, "rotation").value_or(0) * std::numbers::pi / 180;
  const double half_width = std::hypot(*across * std::cos(angle), *down * std::sin(angle));
  const double half_height = std::hypot(*across * std::sin(angle), *down * std::cos(angle));
  return Box{*x - half_width, *y - half_height, 2 * half_width, 2 * half_height};
}

/// "x0,y0;x1,y1;..."
std::optional<Box> read_points(const pugi::xml_node& node) {
  double left = INFINITY;
  double top = INFINITY;
  double right = -INFINITY;
  double bottom = -INFINITY;
  std::string_view rest = node.attribute("points").value();
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    const auto point = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto comma = point.find(',');
    if (comma == std::string_view::npos)
      return std::nullopt;
    const auto x = parse_double(trim(point.substr(0, comma)));
    const auto y = parse_double(trim(point.substr(comma + 1)));
    if (!x || !y)
      return std::nullopt;
    left = std::min(left, *x);
    right = std::max(right, *x);
    top = std::min(top, *y);
    bottom = std::max(bottom, *y);
  }
  if (right < left)
    return std::nullopt;
  return Box{left, top, right - left, bottom - top};
}

/// Shapes that are objects in an image, how their box is found, and what is lost.
struct Shape {
  std::string_view element;
  std::optional<Box> (*read)(const pugi::xml_node&);
  const char* loss;
};
constexpr Shape k_shapes[] = {
    {"box", read_corners, nullptr},
    {"polygon", read_points, "polygons, read as the box around them"},
    {"polyline", read_points, "lines, read as the box around them"},
    {"ellipse", read_ellipse, "ellipses, read as the box around them"},
    {"mask", read_mask, "masks, read as the box around them"},
};

class CvatReader final : public dataset::SampleReader {
public:
  CvatReader(LabelInput input, const ReadOptions& options)
      : input_(with_source(std::move(input))), options_(options), losses_(k_cvat_holds),
        items_(*input_.source) {
    if (items_.root() != "annotations")
      throw Error(Fault::input, input_.path + ": has no <annotations>",
                  "is it an export of CVAT? name its format with --from if it is another");
  }

  bool next(Sample& sample) override {
    while (const auto text = items_.next()) {
      check_interrupt();
      const auto node = parse(*text);
      const std::string_view name = node.name();
      if (name == "meta")
        learn_labels(node);
      if (name == "track")
        throw Error(Fault::input, input_.path + ": holds tracks of a video",
                    "export the task from CVAT as 'CVAT for images 1.1': then each frame has its "
                    "boxes");
      if (name != "image")
        continue;
      ++index_;
      if (read_image(node, sample))
        return true;
      ++left_out_;
    }
    return false;
  }
  void rewind() override {
    items_.rewind();
    index_ = 0;
    left_out_ = 0;
    losses_.clear();
    problems_.clear();
    classes_ = {};
  }
  const ClassMap& classes() const override { return classes_; }
  const Problems& problems() const override { return problems_.all(); }
  std::int64_t left_out() const override { return left_out_; }
  const dataset::Losses& losses() const override { return losses_.all(); }

private:
  static LabelInput with_source(LabelInput input) {
    if (!input.folder)
      return input;
    input.source = input.folder->open(k_file);
    input.path += std::string("/") + k_file;
    return input;
  }

  pugi::xml_node parse(std::string_view text) {
    text_ = text;
    counted_to_ = 0;
    counted_lines_ = items_.line();
    const auto result =
        document_.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!result)
      throw Error(Fault::input, input_.path + ":" + std::to_string(line_of(result.offset)) +
                                    ": not valid XML: " + result.description());
    return document_.first_child();
  }

  /// In the order of the task or project; labels of parts of a skeleton are none of images.
  void learn_labels(const pugi::xml_node& meta) {
    for (const auto& holder : meta.children())
      for (const auto& label : holder.child("labels").children("label"))
        if (!label.child("parent"))
          if (const auto name = trim(label.child_value("name")); !name.empty())
            classes_.add(name);
  }

  /// Of a place in the element at hand. Counts on from the last place asked for: asked in order,
  /// all bad shapes together cost one pass.
  std::int64_t line_of(std::ptrdiff_t offset) {
    const auto end = std::clamp<std::ptrdiff_t>(offset, 0, std::ssize(text_));
    if (end < counted_to_) {
      counted_to_ = 0;
      counted_lines_ = items_.line();
    }
    counted_lines_ += std::count(text_.begin() + counted_to_, text_.begin() + end, '\n');
    counted_to_ = end;
    return counted_lines_;
  }

  bool refuse(const Sample& sample, const char* rule, std::string text,
              Severity severity = Severity::error) {
    problems_.add({rule, severity, sample.place, std::move(text)});
    return false;
  }

  bool read_image(const pugi::xml_node& node, Sample& sample) {
    sample.clear();
    const std::string id = node.attribute("id").value();
    sample.ref = node.attribute("name").value();
    sample.place =
        input_.path + ": image " + (id.empty() ? "number " + std::to_string(index_) : id);
    if (sample.ref.empty() || !is_valid_utf8(sample.ref))
      return refuse(sample, "missing-image", "name is empty or not UTF-8");
    sample.width = side_of(node, "width");
    sample.height = side_of(node, "height");
    if (sample.width == 0 || sample.height == 0)
      sample.width = sample.height = 0;
    const std::string subset = node.attribute("subset").value();
    const auto split = dataset::split_from_name(lower(subset));
    sample.split = split.value_or(dataset::Split::none);
    if (!split && !subset.empty() && is_valid_utf8(subset))
      sample.extra.emplace_back("subset", json_text_of(subset));
    if (parse_int(id))
      sample.extra.emplace_back("image_id", id);
    bool is_good = true;
    bool has_shape_without_box = false;
    for (const auto& child : node.children())
      if (child.type() == pugi::node_element)
        is_good = read_child(child, sample, has_shape_without_box) && is_good;
    sample.is_multilabel = sample.classes.size() > 1;
    if (has_shape_without_box && sample.annotations.empty() && sample.classes.empty()) {
      sample.is_labelled = false; // else the image would look as if nothing was on it
      refuse(sample, "label-without-boxes",
             "only points, skeletons or cuboids; the image counts as not labelled",
             Severity::warning);
    }
    return is_good && check_sample(sample, options_,
                                   [&](std::string rule, Severity severity, std::string text) {
                                     refuse(sample, rule.c_str(), std::move(text), severity);
                                   });
  }

  bool read_child(const pugi::xml_node& node, Sample& sample, bool& has_shape_without_box) {
    const std::string_view element = node.name();
    for (const auto& shape : k_shapes)
      if (element == shape.element)
        return read_shape(node, shape, sample);
    if (element != "tag") {
      losses_.note(sample, "points, skeletons and cuboids");
      has_shape_without_box = true;
      return true;
    }
    const std::string label(trim(node.attribute("label").value()));
    if (label.empty() || !is_valid_utf8(label))
      return refuse(sample, "bad-class-name", "the label of a tag is empty or not UTF-8");
    losses_.note(sample, "attributes of tags", std::distance(node.begin(), node.end()));
    sample.classes.push_back({label, -1, std::nullopt});
    classes_.add(label);
    return true;
  }

  bool read_shape(const pugi::xml_node& node, const Shape& shape, Sample& sample) {
    auto& annotation = sample.annotations.emplace_back();
    const auto name = [&] { // only if there is something to say: finding the line is slow
      return std::string(shape.element) + " " + std::to_string(sample.annotations.size()) +
             " (line " + std::to_string(line_of(node.offset_debug())) + ")";
    };
    annotation.label = trim(node.attribute("label").value());
    if (annotation.label.empty() || !is_valid_utf8(annotation.label))
      return refuse(sample, "bad-class-name", name() + ": its label is empty or not UTF-8");
    const auto box = shape.read(node);
    if (!box)
      return refuse(sample, "bad-box", name() + ": its place is incomplete or not numbers");
    annotation.box = *box;
    if (shape.loss != nullptr)
      losses_.note(sample, shape.loss);
    else if (std::fmod(number_of(node, "rotation").value_or(0), 360) != 0)
      losses_.note(sample, "rotated boxes, read as the box around them");
    read_members(node, annotation);
    classes_.add(annotation.label);
    return true;
  }

  static void read_members(const pugi::xml_node& node, Annotation& annotation) {
    for (const auto& [key, usual] : {std::pair{"occluded", "0"}, std::pair{"z_order", "0"},
                                     std::pair{"source", "manual"}, std::pair{"group_id", ""}}) {
      const std::string value = node.attribute(key).value();
      if (!value.empty() && value != usual && is_valid_utf8(value))
        annotation.extra.emplace_back(key, json_text_of(value));
    }
    for (const auto& attribute : node.children("attribute")) {
      const std::string key = attribute.attribute("name").value();
      const std::string value(trim(attribute.child_value()));
      if (!key.empty() && is_valid_utf8(key) && is_valid_utf8(value))
        annotation.extra.emplace_back(key, json_text_of(value));
    }
  }

  LabelInput input_;
  ReadOptions options_;
  LossCounter losses_;
  XmlItems items_;
  pugi::xml_document document_;   ///< of one element
  std::string_view text_;         ///< the element
  std::ptrdiff_t counted_to_ = 0; ///< see line_of
  std::int64_t counted_lines_ = 1;
  std::int64_t index_ = 0;
  ClassMap classes_;
  ProblemList problems_;
  std::int64_t left_out_ = 0;
};

bool is_cvat_text(std::string_view head) {
  return head.find("<annotations") != std::string_view::npos;
}

bool sniff(const LabelInput& input) {
  if (input.source)
    return is_cvat_text(input.head);
  if (!input.folder->contains(k_file))
    return false;
  std::string head(64 * 1024, '\0');
  head.resize(input.folder->open(k_file)->read({head.data(), head.size()}));
  return is_cvat_text(head);
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  if (input.folder && !input.folder->contains(k_file))
    throw Error(Fault::input, input.path + ": is a folder without " + k_file,
                "name the XML file of the export");
  return std::make_unique<CvatReader>(std::move(input), options);
}

} // namespace

extern const LabelFormat cvat;
const LabelFormat cvat{
    "cvat",       "CVAT for images 1.1 (annotations.xml, or the folder of an export)",
    {".xml"},     Needs::streaming,
    k_cvat_holds, sniff,
    open,         create_cvat,
};

} // namespace mlopsctl::formats
