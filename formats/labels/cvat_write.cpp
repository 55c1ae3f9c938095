// SPDX-License-Identifier: Apache-2.0
// <meta> with the labels comes first in the file, and is known last: the images wait in a temporary
// file.
#include "formats/labels/cvat_write.hpp"

#include "core/text.hpp"
#include "formats/labels/losses.hpp"
#include "formats/labels/xml_text.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::Sample;

void append_attribute(std::string& out, const char* name, std::string_view text) {
  ((out += ' ') += name) += "=\"";
  append_xml_text(out, text);
  out += '"';
}

/// The text of a JSON string without escapes; nothing for anything else.
std::optional<std::string_view> plain_text(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"' || raw.find('\\') != std::string_view::npos)
    return std::nullopt;
  return raw.substr(1, raw.size() - 2);
}

std::optional<std::string_view> text_of(const dataset::Fields& fields, std::string_view key) {
  for (const auto& [known, raw] : fields)
    if (known == key)
      return plain_text(raw);
  return std::nullopt;
}

/// Members of a box that are attributes of <box> in XML; all others are <attribute> elements.
bool is_box_member(std::string_view key) {
  return key == "occluded" || key == "z_order" || key == "source" || key == "group_id";
}

class CvatWriter final : public dataset::SampleWriter {
public:
  CvatWriter(const std::string& path, const WriteOptions& options)
      : sink_(create_sink(path, options.existing)), images_(create_spool()), losses_(k_cvat_holds),
        labels_(options.classes) {}

  void write(const Sample& sample) override {
    losses_.note(sample);
    if (!losses_.takes(sample))
      return;
    const auto lost = std::count_if(sample.extra.begin(), sample.extra.end(),
                                    [](const auto& member) { return member.first != "image_id"; });
    losses_.note(sample, "other members of the image", lost);
    losses_.note(sample, "metadata of the label",
                 static_cast<std::int64_t>(sample.label_metadata.size()));
    losses_.note(sample, "group", sample.group.empty() ? 0 : 1);
    losses_.note(sample, "time_s", sample.time_s ? 1 : 0);
    images_->write(image(sample));
    ++written_.images;
    written_.annotations += static_cast<std::int64_t>(sample.annotations.size());
  }

  dataset::Written finish() override {
    std::string out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n"
                      "  <version>1.1</version>\n  <meta>\n    <task>\n      <size>" +
                      std::to_string(written_.images) +
                      "</size>\n      <mode>annotation</mode>\n      <labels>\n";
    for (const auto& name : labels_.names()) {
      out += "        <label>\n          <name>";
      append_xml_text(out, name);
      out += "</name>\n          <attributes>\n          </attributes>\n        </label>\n";
    }
    sink_->write(out + "      </labels>\n    </task>\n  </meta>\n");
    images_->copy_to(*sink_);
    sink_->write("</annotations>\n");
    sink_->finish();
    return written_;
  }
  const dataset::Losses& losses() const override { return losses_.all(); }

private:
  std::string image(const Sample& sample) {
    std::string out = "  <image id=\"" + std::to_string(written_.images) + "\"";
    append_attribute(out, "name", sample.ref);
    if (sample.split != dataset::Split::none)
      append_attribute(out, "subset", dataset::split_name(sample.split));
    append_attribute(out, "width", std::to_string(sample.width));
    append_attribute(out, "height", std::to_string(sample.height));
    out += ">\n";
    for (const auto& annotation : sample.annotations)
      append_box(out, sample, annotation);
    for (const auto& image_class : sample.classes) {
      labels_.add(image_class.label);
      losses_.note(sample, "score", image_class.score ? 1 : 0);
      out += "    <tag";
      append_attribute(out, "label", image_class.label);
      out += " source=\"manual\">\n    </tag>\n";
    }
    return out + "  </image>\n";
  }

  void append_box(std::string& out, const Sample& sample, const Annotation& annotation) {
    labels_.add(annotation.label);
    out += "    <box";
    append_attribute(out, "label", annotation.label);
    append_attribute(out, "source", text_of(annotation.extra, "source").value_or("manual"));
    append_attribute(out, "occluded", text_of(annotation.extra, "occluded").value_or("0"));
    append_attribute(out, "xtl", number(annotation.box.left));
    append_attribute(out, "ytl", number(annotation.box.top));
    append_attribute(out, "xbr", number(annotation.box.right()));
    append_attribute(out, "ybr", number(annotation.box.bottom()));
    append_attribute(out, "z_order", text_of(annotation.extra, "z_order").value_or("0"));
    if (const auto group = text_of(annotation.extra, "group_id"))
      append_attribute(out, "group_id", *group);
    out += ">\n";
    for (const auto& [key, raw] : annotation.extra) {
      if (is_box_member(key))
        continue;
      const auto text = plain_text(raw);
      losses_.note(sample, "other members of the box", text ? 0 : 1);
      if (!text)
        continue;
      out += "      <attribute";
      append_attribute(out, "name", key);
      out += '>';
      append_xml_text(out, *text);
      out += "</attribute>\n";
    }
    out += "    </box>\n";
  }

  std::unique_ptr<ByteSink> sink_;
  std::unique_ptr<Spool> images_;
  LossCounter losses_;
  dataset::ClassMap labels_;
  dataset::Written written_;
};

} // namespace

const CanHold k_cvat_holds{.boxes = true,
                           .image_classes = true,
                           .multilabel = true,
                           .image_size = true,
                           .split = true,
                           .unknown_fields = true, // texts of boxes; the others are counted here
                           .fractions = true};

std::unique_ptr<dataset::SampleWriter> create_cvat(const std::string& path,
                                                   const WriteOptions& options) {
  return std::make_unique<CvatWriter>(path, options);
}

} // namespace mlopsctl::formats
