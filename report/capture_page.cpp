// SPDX-License-Identifier: Apache-2.0
#include "report/capture_page.hpp"

#include "core/text.hpp"
#include "report/html.hpp"

#include <algorithm>
#include <map>

namespace mlopsctl::report {

std::string_view embedded_asset(std::string_view name); // made at build time from this folder

namespace {

constexpr std::size_t k_most_points = 2000;
constexpr double k_width = 1000, k_height = 90;

struct Point {
  std::int64_t frame_index = 0;
  std::string reason;
  std::optional<double> value[4]; ///< sharpness, needed, motion, allowed
};

/// Reasons become classes of the style sheet.
std::string style_name(const std::string& reason) {
  return reason == "sampled" ? "kept" : reason;
}

std::string time_text(const CaptureCard& card) {
  return "frame " + std::to_string(card.frame_index) +
         (card.time_s ? " · " + fixed(*card.time_s, 2) + " s" : std::string());
}

std::string number_text(const char* name, const std::optional<double>& value, const char* limit,
                        const std::optional<double>& bound, int decimals) {
  if (!value)
    return "";
  return "<span>" + std::string(name) + " " + fixed(*value, decimals) +
         (bound ? " (" + std::string(limit) + " " + fixed(*bound, decimals) + ")" : std::string()) +
         "</span>";
}

} // namespace

struct CapturePage::State {
  std::unique_ptr<ByteSink> sink;
  std::unique_ptr<Spool> cards = create_spool();
  std::map<std::string, std::int64_t> count_by_reason;
  std::int64_t count = 0;
  std::vector<Point> points; ///< every stride-th frame
  std::int64_t stride = 1;

  void add_point(const CaptureCard& card);
  void append_line(std::string& out, std::size_t which, const char* style, double most) const;
  void append_plot(std::string& out, const char* title, std::size_t value) const;
  void append_strip(std::string& out) const;
  void append_choices(std::string& out) const;
};

void CapturePage::State::add_point(const CaptureCard& card) {
  if (count % stride != 0)
    return;
  points.push_back({card.frame_index,
                    card.reason,
                    {card.sharpness, card.sharpness_needed, card.motion, card.motion_allowed}});
  if (points.size() <= k_most_points)
    return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < points.size(); i += 2)
    points[kept++] = points[i];
  points.resize(kept);
  stride *= 2;
}

/// Polylines with a gap where there is no value.
void CapturePage::State::append_line(std::string& out, std::size_t which, const char* style,
                                     double most) const {
  const double step = k_width / static_cast<double>(std::max<std::size_t>(points.size(), 1));
  bool is_open = false;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& value = points[i].value[which];
    if (value && !is_open)
      out += "<polyline class=\"" + std::string(style) + "\" points=\"";
    if (value)
      out += fixed((static_cast<double>(i) + 0.5) * step, 1) + "," +
             fixed(k_height - *value / most * (k_height - 4), 1) + " ";
    if (!value && is_open)
      out += "\"/>";
    is_open = value.has_value();
  }
  if (is_open)
    out += "\"/>";
}

void CapturePage::State::append_plot(std::string& out, const char* title, std::size_t value) const {
  double most = 0;
  for (const auto& point : points)
    for (const auto at : {value, value + 1})
      most = std::max(most, point.value[at].value_or(0));
  if (most <= 0)
    return;
  out += "<h2>" + std::string(title) + " <small>0 to " + fixed(most, most < 2 ? 2 : 0) +
         "</small></h2><svg class=\"plot\" viewBox=\"0 0 1000 90\" preserveAspectRatio=\"none\" "
         "role=\"img\" aria-label=\"" +
         title + "\">";
  append_line(out, value, "value", most);
  append_line(out, value + 1, "bound", most);
  out += "</svg>\n";
}

void CapturePage::State::append_strip(std::string& out) const {
  const double step = k_width / static_cast<double>(std::max<std::size_t>(points.size(), 1));
  out += "<svg class=\"strip\" viewBox=\"0 0 1000 18\" preserveAspectRatio=\"none\" role=\"img\" "
         "aria-label=\"Kept and dropped frames\">";
  for (std::size_t i = 0; i < points.size(); ++i)
    out += "<rect class=\"r-" + html_escaped(style_name(points[i].reason)) + "\" x=\"" +
           fixed(static_cast<double>(i) * step, 2) + "\" y=\"0\" width=\"" + fixed(step, 2) +
           "\" height=\"18\" data-frame=\"" + std::to_string(points[i].frame_index) + "\"/>";
  out += "</svg>\n";
}

void CapturePage::State::append_choices(std::string& out) const {
  out += "<div class=\"choices\">";
  for (const auto& [reason, number_of] : count_by_reason)
    out += "<button type=\"button\" class=\"choice r-" + html_escaped(reason) +
           "\" aria-pressed=\"false\" data-value=\"" + html_escaped(reason) +
           "\"><div class=\"dot\"></div>" + html_escaped(reason) + "<span>" +
           std::to_string(number_of) + "</span></button>\n";
  out += "</div>\n";
}

CapturePage::CapturePage(std::unique_ptr<ByteSink> sink) : state_(std::make_unique<State>()) {
  state_->sink = std::move(sink);
}
CapturePage::~CapturePage() = default;

void CapturePage::add(const CaptureCard& card) {
  const auto style = html_escaped(style_name(card.reason));
  state_->add_point(card);
  ++state_->count_by_reason[style_name(card.reason)];
  if (++state_->count > k_most_cards)
    return;
  const auto frame = std::to_string(card.frame_index);
  std::string out =
      "<figure class=\"r-" + style + "\" id=\"f" + frame + "\" data-reason=\"" + style + "\">";
  out += card.thumbnail.empty() ? "<div class=\"missing\">could not be decoded</div>"
                                : "<img alt=\"frame " + frame + "\" loading=\"lazy\" src=\"" +
                                      jpeg_data_uri(card.thumbnail) + "\">";
  out += "<figcaption><b>" + style + "</b> " + time_text(card) + "<small>";
  out += number_text("sharpness", card.sharpness, "needed", card.sharpness_needed, 3);
  out += number_text("motion", card.motion, "allowed", card.motion_allowed, 1);
  if (card.like)
    out += "<span>like <a href=\"#f" + std::to_string(*card.like) + "\">frame " +
           std::to_string(*card.like) + "</a></span>";
  state_->cards->write(out + "</small></figcaption></figure>\n");
}

void CapturePage::finish(const std::string& title, const std::string& summary) {
  const auto script = embedded_asset("capture.js");
  const auto shown = std::to_string(std::min(state_->count, k_most_cards));
  std::string body = "<header><h1>" + html_escaped(title) + "</h1><p>" + html_escaped(summary) +
                     " · on this page: <b id=\"shown\">" + shown + "</b> of " + shown;
  if (state_->count > k_most_cards)
    body += ", the first of " + std::to_string(state_->count) + " in the timeline";
  body += "</p></header>\n<section class=\"timeline\">\n";
  state_->append_strip(body);
  state_->append_plot(body, "Sharpness, and what is needed", 0);
  state_->append_plot(body, "Motion, and what is allowed", 2);
  state_->append_choices(body);
  body += "</section>\n<main>\n";
  state_->sink->write(page_head(title,
                                std::string(embedded_asset("preview.css")) +
                                    std::string(embedded_asset("capture.css")),
                                script));
  state_->sink->write(body);
  state_->cards->copy_to(*state_->sink);
  state_->sink->write("<p id=\"none\" hidden>No frame on this page has this reason.</p></main>\n"
                      "<script>");
  state_->sink->write(script);
  state_->sink->write("</script>\n</body>\n</html>\n");
  state_->sink->finish();
}

} // namespace mlopsctl::report
