// SPDX-License-Identifier: Apache-2.0
#include "report/preview.hpp"

#include "core/text.hpp"
#include "core/value.hpp"
#include "imaging/draw.hpp"
#include "report/html.hpp"

#include <algorithm>
#include <set>

namespace mlopsctl::report {

std::string_view embedded_asset(std::string_view name); // made at build time from this folder

namespace {

constexpr std::size_t k_max_drawn_boxes = 500; // more would only hide the picture

std::string colour(int class_id) {
  static constexpr std::string_view k_digits = "0123456789abcdef";
  std::string out = "#";
  for (const auto part : imaging::class_colour(class_id)) {
    out += k_digits[part >> 4];
    out += k_digits[part & 15];
  }
  return out;
}

/// Letters that can be read on the class's colour.
const char* ink(int class_id) {
  const auto c = imaging::class_colour(class_id);
  return 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2] > 140 ? "#000" : "#fff";
}

std::string percent(double part, double whole) {
  return fixed(100 * part / whole, 3) + "%";
}

std::string score_text(const std::optional<double>& score) {
  return score ? " " + fixed(*score, 2) : std::string();
}

/// A JSON list of texts, as an attribute.
std::string list_attribute(const std::set<std::string>& values) {
  Value list = Value::array();
  for (const auto& value : values)
    list.push(value);
  return html_escaped(to_json(list));
}

} // namespace

struct PreviewPage::State {
  std::unique_ptr<ByteSink> sink;
  std::unique_ptr<Spool> cards = create_spool();
  dataset::ClassMap classes;
  std::int64_t count = 0;
  std::map<std::string, std::int64_t> by_split;
  std::map<std::string, std::int64_t> by_rule;

  void append_box(std::string& out, const dataset::Annotation& annotation, double width,
                  double height);
  void append_picture(std::string& out, const PreviewCard& card);
  void append_caption(std::string& out, const PreviewCard& card);
  void append_choices(std::string& out, const std::string& kind,
                      const std::map<std::string, std::int64_t>& values);
  std::string class_rules() const;
};

void PreviewPage::State::append_box(std::string& out, const dataset::Annotation& annotation,
                                    double width, double height) {
  const auto& box = annotation.box;
  const double left = std::clamp(box.left, 0.0, width);
  const double top = std::clamp(box.top, 0.0, height);
  const double right = std::clamp(box.right(), 0.0, width);
  const double bottom = std::clamp(box.bottom(), 0.0, height);
  out += "<b class=\"k" + std::to_string(classes.add(annotation.label)) +
         (annotation.is_crowd ? " crowd" : "") + "\" style=\"left:" + percent(left, width) +
         ";top:" + percent(top, height) + ";width:" + percent(right - left, width) +
         ";height:" + percent(bottom - top, height) + "\"><i>" + html_escaped(annotation.label) +
         score_text(annotation.score) + "</i></b>";
}

void PreviewPage::State::append_picture(std::string& out, const PreviewCard& card) {
  const auto& sample = card.sample;
  if (card.thumbnail.empty()) {
    out += "<div class=\"missing\">" + html_escaped(card.why_missing) + "</div>";
    return;
  }
  out += "<button class=\"picture\" type=\"button\"><img alt=\"" + html_escaped(sample.ref) +
         "\" loading=\"lazy\" src=\"" + jpeg_data_uri(card.thumbnail) + "\">";
  const auto drawn = std::min(sample.annotations.size(), k_max_drawn_boxes);
  for (std::size_t i = 0; sample.width > 0 && sample.height > 0 && i < drawn; ++i)
    append_box(out, sample.annotations[i], sample.width, sample.height);
  out += "</button>";
}

void PreviewPage::State::append_caption(std::string& out, const PreviewCard& card) {
  const auto& sample = card.sample;
  out += "<figcaption>" + html_escaped(sample.ref) + "<br><small>";
  if (sample.width > 0)
    out += std::to_string(sample.width) + " x " + std::to_string(sample.height) + " · ";
  out += sample.is_labelled ? std::to_string(sample.annotations.size()) +
                                  (sample.annotations.size() == 1 ? " box" : " boxes")
                            : std::string("not labelled");
  if (sample.annotations.size() > k_max_drawn_boxes)
    out += ", the first " + std::to_string(k_max_drawn_boxes) + " drawn";
  out += "</small><br>";
  for (const auto& image_class : sample.classes)
    out += "<span class=\"tag class k" + std::to_string(classes.add(image_class.label)) + "\">" +
           html_escaped(image_class.label) + score_text(image_class.score) + "</span>";
  if (sample.split != dataset::Split::none)
    out += "<span class=\"tag\">" + std::string(dataset::split_name(sample.split)) + "</span>";
  for (const auto& problem : card.problems)
    out += "<p class=\"problem\">" + html_escaped(problem.text) + "</p>";
  out += "</figcaption>";
}

PreviewPage::PreviewPage(std::unique_ptr<ByteSink> sink, std::vector<std::string> classes)
    : state_(std::make_unique<State>()) {
  state_->sink = std::move(sink);
  state_->classes = dataset::ClassMap(std::move(classes));
}
PreviewPage::~PreviewPage() = default;

void PreviewPage::add(const PreviewCard& card) {
  const auto& sample = card.sample;
  std::set<std::string> labels;
  for (const auto& annotation : sample.annotations)
    labels.insert(annotation.label);
  for (const auto& image_class : sample.classes)
    labels.insert(image_class.label);
  std::set<std::string> rules;
  for (const auto& problem : card.problems)
    rules.insert(problem.rule);
  std::set<std::string> splits;
  if (sample.split != dataset::Split::none)
    splits.emplace(dataset::split_name(sample.split));
  for (const auto& rule : rules)
    ++state_->by_rule[rule];
  for (const auto& split : splits)
    ++state_->by_split[split];
  ++state_->count;
  std::string out = "<figure data-class=\"" + list_attribute(labels) + "\" data-split=\"" +
                    list_attribute(splits) + "\" data-rule=\"" + list_attribute(rules) +
                    "\" data-ref=\"" + html_escaped(sample.ref) + "\">";
  state_->append_picture(out, card);
  state_->append_caption(out, card);
  out += "</figure>\n";
  state_->cards->write(out);
}

void PreviewPage::State::append_choices(std::string& out, const std::string& kind,
                                        const std::map<std::string, std::int64_t>& values) {
  std::int64_t most = 1;
  for (const auto& [name, number_of] : values)
    most = std::max(most, number_of);
  out += "<div class=\"choices\">";
  for (const auto& [name, number_of] : values) {
    out += "<button type=\"button\" class=\"choice";
    if (kind == "class")
      out += " k" + std::to_string(classes.add(name));
    out += "\" aria-pressed=\"false\" data-kind=\"" + kind + "\" data-value=\"" +
           html_escaped(name) + "\"><div class=\"dot\"></div>" + html_escaped(name) + "<span>" +
           std::to_string(number_of) + "</span><u style=\"width:" +
           fixed(80.0 * static_cast<double>(number_of) / static_cast<double>(most), 1) +
           "%\"></u></button>\n";
  }
  out += "</div>";
}

std::string PreviewPage::State::class_rules() const {
  std::string out;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const int id = static_cast<int>(i);
    out += ".k" + std::to_string(id) + " { --c: " + colour(id) + "; --t: " + ink(id) + "; }\n";
  }
  return out;
}

void PreviewPage::finish(const PreviewTotals& totals) {
  const auto script = embedded_asset("preview.js");
  std::string body =
      "<header><h1>" + html_escaped(totals.title) + "</h1><p>" + std::to_string(totals.images) +
      " images, " + std::to_string(totals.boxes) + " boxes" +
      (totals.unlabelled > 0 ? ", " + std::to_string(totals.unlabelled) + " images not labelled"
                             : std::string()) +
      " · on this page: <b id=\"shown\">" + std::to_string(state_->count) + "</b> of " +
      std::to_string(state_->count) + (state_->count < totals.images ? " chosen" : "") +
      "</p></header>\n<div class=\"page\">\n<aside><input type=\"search\" "
      "placeholder=\"Search by name\" aria-label=\"Search by name\">\n";
  if (!totals.objects_by_class.empty())
    body += "<h2>Classes</h2>";
  state_->append_choices(body, "class", totals.objects_by_class);
  if (!state_->by_split.empty())
    body += "<h2>Split (images on this page)</h2>";
  state_->append_choices(body, "split", state_->by_split);
  if (!state_->by_rule.empty())
    body += "<h2>Broken rules</h2>";
  state_->append_choices(body, "rule", state_->by_rule);
  body += "</aside>\n<main>\n";
  state_->sink->write(page_head(
      totals.title, std::string(embedded_asset("preview.css")) + state_->class_rules(), script));
  state_->sink->write(body);
  state_->cards->copy_to(*state_->sink);
  state_->sink->write("<p id=\"none\" hidden>No image holds all that is chosen on the left.</p>"
                      "</main>\n</div>\n<dialog></dialog>\n<script>");
  state_->sink->write(script);
  state_->sink->write("</script>\n</body>\n</html>\n");
  state_->sink->finish();
}

} // namespace mlopsctl::report
