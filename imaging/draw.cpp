// SPDX-License-Identifier: Apache-2.0
// Drawing through OpenCV imgproc.
#include "imaging/draw.hpp"

#include "core/text.hpp"
#include "imaging/transform.hpp"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace mlopsctl::imaging {
namespace {

cv::Mat view(Image& image) {
  return {image.height, image.width, CV_8UC3, image.pixels.data(), image.stride()};
}

cv::Scalar scalar(const std::array<std::uint8_t, 3>& colour) {
  return {static_cast<double>(colour[0]), static_cast<double>(colour[1]),
          static_cast<double>(colour[2])};
}

/// cv::putText knows ASCII only; a sequence of UTF-8 becomes one '?'.
std::string drawable(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80)
      continue;
    result += byte >= 0x20 && byte < 0x7F ? c : '?';
  }
  return result;
}

/// Sizes that suit the picture: readable on 320 px and on 4000 px.
struct Pen {
  explicit Pen(const Image& image)
      : line_px(std::max(1, std::min(image.width, image.height) / 240)),
        font_scale(std::clamp(std::min(image.width, image.height) / 900.0, 0.35, 3.0)) {}
  int line_px;
  double font_scale;
};

void draw_text(Image& image, const Pen& pen, const std::string& text, int left, int bottom,
               const std::array<std::uint8_t, 3>& ground) {
  constexpr int k_font = cv::FONT_HERSHEY_SIMPLEX;
  const int thickness = std::max(1, pen.line_px / 2);
  int baseline = 0;
  const cv::Size size = cv::getTextSize(text, k_font, pen.font_scale, thickness, &baseline);
  const int margin = 2 + pen.line_px, height = size.height + baseline + margin;
  left = std::clamp(left, 0, std::max(0, image.width - size.width - 2 * margin));
  const int top = std::clamp(bottom - height, 0, std::max(0, image.height - height));
  cv::Mat canvas = view(image);
  cv::rectangle(canvas, cv::Rect(left, top, size.width + 2 * margin, height), scalar(ground),
                cv::FILLED);
  const double brightness = 0.299 * ground[0] + 0.587 * ground[1] + 0.114 * ground[2];
  const auto ink = brightness > 140 ? cv::Scalar::all(0) : cv::Scalar::all(255);
  cv::putText(canvas, text, {left + margin, top + size.height + margin / 2 + 1}, k_font,
              pen.font_scale, ink, thickness, cv::LINE_AA);
}

} // namespace

std::array<std::uint8_t, 3> class_colour(int class_id) {
  static constexpr std::array<std::array<std::uint8_t, 3>, 12> k_colours{{{230, 25, 75},
                                                                          {60, 180, 75},
                                                                          {0, 130, 200},
                                                                          {245, 130, 48},
                                                                          {145, 30, 180},
                                                                          {70, 240, 240},
                                                                          {240, 50, 230},
                                                                          {210, 245, 60},
                                                                          {250, 190, 212},
                                                                          {0, 128, 128},
                                                                          {170, 110, 40},
                                                                          {255, 225, 25}}};
  return k_colours[static_cast<unsigned>(class_id) % k_colours.size()];
}

void draw_boxes(Image& image, std::span<const DrawnBox> boxes) {
  if (image.empty())
    return;
  image = to_rgb(std::move(image));
  const Pen pen(image);
  cv::Mat canvas = view(image);
  for (const auto& drawn : boxes) {
    const auto pixel = [](double value, int most) {
      return static_cast<int>(std::lround(std::clamp(value, 0.0, static_cast<double>(most))));
    };
    const int left = pixel(drawn.box.left, image.width - 1);
    const int top = pixel(drawn.box.top, image.height - 1);
    const int right = std::max(left, pixel(drawn.box.right(), image.width) - 1);
    const int bottom = std::max(top, pixel(drawn.box.bottom(), image.height) - 1);
    const auto colour = class_colour(drawn.class_id);
    cv::rectangle(canvas, cv::Point(left, top), cv::Point(right, bottom), scalar(colour),
                  pen.line_px);
    std::string text = drawable(drawn.label);
    if (drawn.score)
      text += " " + fixed(*drawn.score, 2);
    if (!text.empty())
      draw_text(image, pen, text, left, top, colour);
  }
}

void draw_line_of_text(Image& image, const std::string& text, int left, int top, int width_px) {
  constexpr int k_font = cv::FONT_HERSHEY_SIMPLEX;
  constexpr double k_scale = 0.4;
  std::string shown = drawable(text);
  int baseline = 0;
  while (!shown.empty() && cv::getTextSize(shown, k_font, k_scale, 1, &baseline).width > width_px)
    shown.pop_back();
  cv::Mat canvas = view(image);
  cv::putText(canvas, shown, {left, top + 12}, k_font, k_scale, cv::Scalar::all(220), 1,
              cv::LINE_AA);
}

void draw_caption(Image& image, const std::string& text) {
  if (image.empty())
    return;
  image = to_rgb(std::move(image));
  draw_text(image, Pen(image), drawable(text), 0, 0, {32, 32, 32});
}

} // namespace mlopsctl::imaging
