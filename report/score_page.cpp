// SPDX-License-Identifier: Apache-2.0
#include "report/score_page.hpp"

#include "core/text.hpp"
#include "report/chart.hpp"
#include "report/comparison.hpp"
#include "report/html.hpp"

#include <algorithm>
#include <numeric>

namespace mlopsctl::report {

std::string_view embedded_asset(std::string_view name); // made at build time from this folder

namespace {

/// Class indexes, the one with most objects first.
std::vector<std::size_t> common_first(const bench::Score& score) {
  std::vector<std::size_t> order(score.per_class.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return score.per_class[a].objects > score.per_class[b].objects;
  });
  return order;
}

std::string curves_html(const bench::Score& score) {
  Chart chart;
  chart.title = "Precision and recall";
  chart.unit = "IoU 0.5; the best precision at that recall or higher";
  chart.x_title = "recall";
  chart.is_share = true;
  for (const double tick : axis_ticks(0, 1, 5))
    chart.x_labels.emplace_back(tick, fixed(tick, 1));
  for (const auto i : common_first(score)) {
    const auto& curve = score.detection->curves[i];
    ChartSeries series;
    series.name = score.per_class[i].name;
    for (std::size_t k = 0; k < curve.precision.size(); ++k) {
      const double recall =
          static_cast<double>(k) / static_cast<double>(curve.precision.size() - 1);
      series.points.push_back({recall, curve.precision[k], std::nullopt, ""});
      if (curve.precision[k] <= 0)
        break; // never reached, as all that follows
    }
    chart.series.push_back(std::move(series));
  }
  chart.has_dots = false;
  chart.left_out = " classes with fewer objects, not drawn";
  chart.y_from_zero = true;
  return chart_html(chart);
}

std::string classes_html(const bench::Score& score) {
  std::string out = "<h2>Classes</h2>\n<div class=\"wide\"><table><thead><tr><th>class</th>"
                    "<th class=\"n\">objects</th><th class=\"n\">detections</th>";
  if (!score.per_class.empty())
    for (const auto& [name, value] : score.per_class.front().metrics)
      out += "<th class=\"n\">" + html_escaped(name) + "</th>";
  out += "</tr></thead><tbody>\n";
  for (const auto i : common_first(score)) {
    const auto& entry = score.per_class[i];
    out += "<tr><td>" + html_escaped(entry.name) + "</td><td class=\"n\">" +
           std::to_string(entry.objects) + "</td><td class=\"n\">" +
           std::to_string(entry.detections) + "</td>";
    for (const auto& [name, value] : entry.metrics)
      out += "<td class=\"n\">" + shown_number(name, value) + "</td>";
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

/// \param width_px of the picture: a label that would go over its edge ends there instead.
void append_box(const dataset::Box& box, const char* kind, const std::string& label, double letter,
                double width_px, std::string& out) {
  out += "<rect class=\"" + std::string(kind) + "\" x=\"" + fixed(box.left, 1) + "\" y=\"" +
         fixed(box.top, 1) + "\" width=\"" + fixed(box.width, 1) + "\" height=\"" +
         fixed(box.height, 1) + "\"/>";
  constexpr double k_widest_letter = 0.62; // of the size: bold sans-serif, on the safe side
  const double x = box.left + letter / 4;
  const bool is_over = x + static_cast<double>(label.size()) * letter * k_widest_letter > width_px;
  if (!label.empty())
    out += "<text class=\"" + std::string(kind) + "\" x=\"" +
           fixed(is_over ? width_px - letter / 4 : x, 1) + (is_over ? "\" text-anchor=\"end" : "") +
           "\" y=\"" + fixed(box.top + letter, 1) + "\" style=\"font-size:" + fixed(letter, 1) +
           "px\">" + html_escaped(label) + "</text>";
}

std::string card(const bench::Truth& truth, const bench::Predictions& predictions,
                 const ScorePage& page, const WorstImage& worst) {
  const auto& image = truth.images[worst.image];
  std::string why;
  const std::string jpeg = page.picture(worst.image, why);
  std::string out = "<figure class=\"picture\">";
  if (jpeg.empty() || image.width <= 0 || image.height <= 0) {
    out +=
        "<p class=\"soft\">" + html_escaped(jpeg.empty() ? why : "its size is not known") + "</p>";
  } else {
    const std::string width = std::to_string(image.width);
    const std::string height = std::to_string(image.height);
    out += "<svg viewBox=\"0 0 " + width + " " + height + "\" role=\"img\" aria-label=\"" +
           html_escaped(image.ref) + "\"><image width=\"" + width + "\" height=\"" + height +
           "\" preserveAspectRatio=\"none\" href=\"" + jpeg_data_uri(jpeg) + "\"/>\n";
    const double letter = std::max(image.width, image.height) / 26.0;
    const auto index = static_cast<std::int32_t>(worst.image);
    const auto& names = truth.classes.names();
    for (const auto& box : truth.boxes)
      if (box.image == index)
        append_box(box.box, "truth", "", letter, image.width, out);
    for (const auto& box : predictions.detections)
      if (box.image == index && box.score >= page.score_threshold)
        append_box(box.box, "found",
                   names[static_cast<std::size_t>(box.label)] + " " + fixed(box.score, 2), letter,
                   image.width, out);
    out += "</svg>\n";
  }
  return out + "<figcaption>" + html_escaped(image.ref) + "<br><span class=\"soft\">" +
         std::to_string(worst.wrong) + " wrong, " + std::to_string(worst.missed) +
         " missed</span></figcaption></figure>\n";
}

} // namespace

std::vector<WorstImage> worst_images(const bench::Truth& truth,
                                     const bench::Predictions& predictions, double score_threshold,
                                     std::size_t count) {
  std::vector<WorstImage> images(truth.images.size());
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i].image = i;
  for (const auto& ranking :
       bench::rank_detections(bench::evaluation_of(truth, predictions), bench::coco_rules(0.5))) {
    for (const auto image : ranking.truth_images)
      ++images[static_cast<std::size_t>(image)].missed;
    for (const auto& detection : ranking.detections) {
      if (detection.score < score_threshold)
        continue;
      auto& entry = images[static_cast<std::size_t>(detection.image)];
      if (detection.is_hit)
        --entry.missed;
      else
        ++entry.wrong;
    }
  }
  std::erase_if(images, [](const auto& image) { return image.wrong + image.missed == 0; });
  std::stable_sort(images.begin(), images.end(), [](const auto& a, const auto& b) {
    return a.wrong + a.missed > b.wrong + b.missed;
  });
  images.resize(std::min(images.size(), count));
  return images;
}

std::string score_sections(const bench::Truth& truth, const bench::Predictions& predictions,
                           const bench::Score& score, const ScorePage& page) {
  std::string out = "<h2>What is right</h2>\n<div class=\"charts\">" + curves_html(score) +
                    "</div>\n" + classes_html(score);
  if (!page.worst.empty()) {
    out += "<h2>Images with most errors <small>from score " + number(page.score_threshold) +
           " on, IoU 0.5; <span class=\"truth\">truth</span>, <span "
           "class=\"found\">detections</span></small></h2>\n<div class=\"pictures\">\n";
    for (const auto& worst : page.worst)
      out += card(truth, predictions, page, worst);
    out += "</div>\n";
  }
  return out;
}

std::string score_page(const bench::Truth& truth, const bench::Predictions& predictions,
                       const bench::Score& score, const ScorePage& page) {
  std::string out = page_head(page.title, embedded_asset("bench.css"), "") + "<header><h1>" +
                    html_escaped(page.title) + "</h1><p class=\"soft\">" +
                    std::to_string(truth.images.size()) + " images, " +
                    std::to_string(truth.object_count()) + " objects, " +
                    std::to_string(predictions.detections.size()) + " detections; protocol " +
                    std::string(bench::protocol_name(score.protocol)) +
                    "</p></header>\n<main>\n<section class=\"tiles\">";
  for (const auto& [name, value] : score.metrics)
    if (value)
      out += "<div class=\"tile\"><span>" + html_escaped(name) + "</span><b>" +
             shown_number(name, value) + "</b></div>\n";
  return out + "</section>\n" + score_sections(truth, predictions, score, page) +
         "</main>\n</body>\n</html>\n";
}

} // namespace mlopsctl::report
