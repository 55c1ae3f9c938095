// SPDX-License-Identifier: Apache-2.0
#include "imaging/augment.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "dataset/other_places.hpp"
#include "imaging/transform.hpp"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace mlopsctl::imaging {
namespace {

using Kind = Operation::Kind;

constexpr int k_max_side_px = 16384;

struct Known {
  const char* name;
  Kind kind;
  double least; ///< of the value; 0 and 0: it takes none
  double most;
};

constexpr std::array k_known{
    Known{"flip-x", Kind::flip_x, 0, 0},
    Known{"flip-y", Kind::flip_y, 0, 0},
    Known{"rotate90", Kind::rotate90, 0, 0},
    Known{"rotate180", Kind::rotate180, 0, 0},
    Known{"rotate270", Kind::rotate270, 0, 0},
    Known{"transpose", Kind::transpose, 0, 0},
    Known{"brightness", Kind::brightness, 0.05, 20},
    Known{"contrast", Kind::contrast, 0.05, 20},
    Known{"blur", Kind::blur, 0.1, 50},
    Known{"noise", Kind::noise, 0.1, 128},
    Known{"crop", Kind::crop, 0.05, 1},
    Known{"scale", Kind::scale, 0.01, 16},
};

Operation parse_operation(std::string_view text) {
  const auto colon = text.find(':');
  const std::string name(trim(text.substr(0, colon)));
  std::vector<std::string> names;
  for (const auto& known : k_known) {
    names.emplace_back(known.name);
    if (name != known.name)
      continue;
    const bool wants_value = known.most > 0;
    if (!wants_value && colon != std::string_view::npos)
      throw Error(Fault::usage, "--ops: " + name + " takes no value");
    if (!wants_value)
      return {known.kind, 0};
    const std::string range = number(known.least) + " to " + number(known.most);
    if (colon == std::string_view::npos)
      throw Error(Fault::usage, "--ops: " + name + " needs a value of " + range,
                  "such as " + name + ":" + number(std::min(known.most, 0.8)));
    const auto written = trim(text.substr(colon + 1));
    const auto value = parse_double(written);
    if (!value || *value < known.least || *value > known.most)
      throw Error(Fault::usage,
                  "--ops: " + name + ": '" + printable(written) + "' is not a number of " + range);
    return {known.kind, *value};
  }
  throw Error(Fault::usage,
              "--ops: '" + printable(name) + "' is unknown" + did_you_mean(name, names),
              "one of " + join(names, ", "));
}

/// Only the low bits of the engine are used, by hand: distributions differ between libraries.
class Dice {
public:
  explicit Dice(const std::string& what) {
    std::uint64_t seed = 0;
    for (const char c : sha256(what).substr(7, 16)) // 64 bits of the digest
      seed = seed * 16 + static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
    engine_.seed(seed);
  }
  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(limit));
  }
  /// Mean 0, standard deviation 1: eight bytes summed up, which is as good as normal here.
  double normal() {
    std::uint64_t bits = engine_();
    int sum = 0;
    for (int i = 0; i < 8; ++i, bits >>= 8)
      sum += static_cast<int>(bits & 255);
    constexpr double k_deviation = 209.02; // sqrt(8 * (256^2 - 1) / 12)
    return (sum - 1020) / k_deviation;
  }

private:
  std::mt19937_64 engine_;
};

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

template <class Map> void map_values(Image& image, const Map& map) {
  std::array<std::uint8_t, 256> table{};
  for (int i = 0; i < 256; ++i)
    table[static_cast<std::size_t>(i)] = to_byte(map(i));
  for (auto& value : image.pixels)
    value = table[value];
}

void add_noise(Image& image, double deviation, Dice& dice) {
  for (auto& value : image.pixels)
    value = to_byte(value + deviation * dice.normal());
}

void blur(Image& image, double deviation) {
  cv::Mat view(image.height, image.width, image.channels == 3 ? CV_8UC3 : CV_8UC1,
               image.pixels.data(), image.stride());
  const cv::Mat source = view.clone();
  cv::GaussianBlur(source, view, cv::Size(0, 0), deviation);
}

Image transposed(const Image& image) {
  return flip_x(rotate90(image));
}

Image turned_image(const Image& image, Kind kind) {
  switch (kind) {
  case Kind::flip_x: return flip_x(image);
  case Kind::flip_y: return flip_y(image);
  case Kind::rotate90: return rotate90(image);
  case Kind::rotate180: return rotate180(image);
  case Kind::rotate270: return rotate270(image);
  default: return transposed(image);
  }
}

class Worker {
public:
  Worker(Augmented& out, const AugmentRules& rules, const std::string& dice)
      : out_(out), rules_(rules), dice_(dice) {}

  void apply(const Operation& step) {
    switch (step.kind) {
    case Kind::brightness:
      return map_values(out_.image, [&](int value) { return value * step.value; });
    case Kind::contrast:
      return map_values(out_.image, [&](int value) { return 128 + (value - 128) * step.value; });
    case Kind::blur: return blur(out_.image, step.value);
    case Kind::noise: return add_noise(out_.image, step.value, dice_);
    case Kind::crop: return cut(step.value);
    case Kind::scale: return scale(step.value);
    default: return turn(step.kind);
    }
  }

private:
  void turn(Kind kind) {
    for (auto& annotation : out_.sample.annotations)
      annotation.box = turned(annotation.box, kind, out_.image.width, out_.image.height);
    out_.image = turned_image(out_.image, kind);
    settle_size();
  }

  void cut(double part) {
    const int width = std::max(1, static_cast<int>(std::lround(out_.image.width * part)));
    const int height = std::max(1, static_cast<int>(std::lround(out_.image.height * part)));
    const auto left = static_cast<int>(dice_.below(out_.image.width - width + 1));
    const auto top = static_cast<int>(dice_.below(out_.image.height - height + 1));
    out_.image = crop(out_.image, left, top, width, height);
    settle_size();
    std::erase_if(out_.sample.annotations, [&](dataset::Annotation& annotation) {
      auto& box = annotation.box;
      const double x0 = std::clamp(box.left - left, 0.0, double(width));
      const double y0 = std::clamp(box.top - top, 0.0, double(height));
      const double x1 = std::clamp(box.right() - left, 0.0, double(width));
      const double y1 = std::clamp(box.bottom() - top, 0.0, double(height));
      const double visible = (x1 - x0) * (y1 - y0);
      const bool is_gone = visible <= 0 || visible < rules_.min_visible * box.area();
      out_.dropped_boxes += is_gone ? 1 : 0;
      box = {x0, y0, x1 - x0, y1 - y0};
      return is_gone;
    });
  }

  void scale(double factor) {
    const auto side = [&](int px) {
      return std::clamp(static_cast<int>(std::lround(px * factor)), 1, k_max_side_px);
    };
    const int width = side(out_.image.width);
    const int height = side(out_.image.height);
    const double x = double(width) / out_.image.width;
    const double y = double(height) / out_.image.height;
    out_.image =
        resize(out_.image, width, height, factor < 1 ? Interpolation::area : Interpolation::linear);
    for (auto& annotation : out_.sample.annotations) {
      auto& box = annotation.box;
      box = {box.left * x, box.top * y, box.width * x, box.height * y};
    }
    settle_size();
  }

  void settle_size() {
    out_.sample.width = out_.image.width;
    out_.sample.height = out_.image.height;
  }

  Augmented& out_;
  const AugmentRules& rules_;
  Dice dice_;
};

void swap_names(dataset::Sample& sample, const std::map<std::string, std::string>& swaps) {
  const auto swap = [&](std::string& label) {
    if (const auto other = swaps.find(label); other != swaps.end())
      label = other->second;
  };
  for (auto& annotation : sample.annotations) {
    swap(annotation.label);
    annotation.source_id = -1; // the id of the other name is not known here
  }
  for (auto& image_class : sample.classes) {
    swap(image_class.label);
    image_class.source_id = -1;
  }
}

} // namespace

dataset::Box turned(const dataset::Box& box, Kind kind, double width, double height) {
  const double right_gap = width - (box.left + box.width);
  const double bottom_gap = height - (box.top + box.height);
  switch (kind) {
  case Kind::flip_x: return {right_gap, box.top, box.width, box.height};
  case Kind::flip_y: return {box.left, bottom_gap, box.width, box.height};
  case Kind::rotate90: return {bottom_gap, box.left, box.height, box.width};
  case Kind::rotate180: return {right_gap, bottom_gap, box.width, box.height};
  case Kind::rotate270: return {box.top, right_gap, box.height, box.width};
  case Kind::transpose: return {box.top, box.left, box.height, box.width};
  default: throw Error(Fault::internal, "this operation turns no box");
  }
}

std::string Augmentation::name() const {
  std::string out = text;
  std::erase(out, ' ');
  std::replace(out.begin(), out.end(), ':', '-');
  std::replace(out.begin(), out.end(), '+', '_');
  return out;
}

bool Augmentation::moves() const {
  return std::any_of(steps.begin(), steps.end(), [](const Operation& step) {
    return step.kind != Kind::brightness && step.kind != Kind::contrast &&
           step.kind != Kind::blur && step.kind != Kind::noise;
  });
}

bool Augmentation::mirrors() const {
  // flip-y and transpose are a turn and a mirror: seen upright, left and right are exchanged
  bool is_mirrored = false;
  for (const auto& step : steps)
    if (step.kind == Kind::flip_x || step.kind == Kind::flip_y || step.kind == Kind::transpose)
      is_mirrored = !is_mirrored;
  return is_mirrored;
}

Augmentation parse_augmentation(const std::string& text) {
  Augmentation out;
  out.text = text;
  for (const auto& part : split(text, '+'))
    out.steps.push_back(parse_operation(trim(part)));
  return out;
}

Augmented augment(const Image& image, const dataset::Sample& sample,
                  const Augmentation& augmentation, const AugmentRules& rules) {
  Augmented out{image, sample, 0, 0};
  const bool is_renamed = augmentation.mirrors() && !rules.swaps.empty();
  if (augmentation.moves())
    out.dropped_places =
        dataset::drop_other_places(out.sample, is_renamed ? dataset::OtherLabels::drop_all
                                                          : dataset::OtherLabels::keep_classes);
  Worker worker(out, rules,
                std::to_string(rules.seed) + "\n" + sample.ref + "\n" + augmentation.text);
  for (const auto& step : augmentation.steps)
    worker.apply(step);
  if (is_renamed)
    swap_names(out.sample, rules.swaps);
  return out;
}

} // namespace mlopsctl::imaging
