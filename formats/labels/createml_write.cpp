// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/createml_write.hpp"

#include "formats/labels/json_text.hpp"
#include "formats/labels/losses.hpp"

namespace mlopsctl::formats {
namespace {

using dataset::Sample;

/// x and y are the centre of the box.
void append_box(std::string& out, const dataset::Annotation& annotation) {
  out += "{\"label\":";
  append_quoted(out, annotation.label);
  out += ",\"coordinates\":{\"x\":";
  append_number(out, annotation.box.left + annotation.box.width / 2);
  out += ",\"y\":";
  append_number(out, annotation.box.top + annotation.box.height / 2);
  out += ",\"width\":";
  append_number(out, annotation.box.width);
  out += ",\"height\":";
  append_number(out, annotation.box.height);
  out += "}}";
}

class CreatemlWriter final : public dataset::SampleWriter {
public:
  CreatemlWriter(const std::string& path, const WriteOptions& options)
      : sink_(create_sink(path, options.existing)), losses_(k_createml_holds) {
    sink_->write("[");
  }

  void write(const Sample& sample) override {
    losses_.note(sample);
    if (!losses_.takes(sample))
      return;
    std::string text = written_.images > 0 ? ",\n{\"image\":" : "\n{\"image\":";
    append_quoted(text, sample.ref);
    text += ",\"annotations\":[";
    for (std::size_t i = 0; i < sample.annotations.size(); ++i) {
      text += i > 0 ? "," : "";
      append_box(text, sample.annotations[i]);
    }
    sink_->write(text + "]}");
    ++written_.images;
    written_.annotations += static_cast<std::int64_t>(sample.annotations.size());
  }

  dataset::Written finish() override {
    sink_->write("\n]\n");
    sink_->finish();
    return written_;
  }
  const dataset::Losses& losses() const override { return losses_.all(); }

private:
  std::unique_ptr<ByteSink> sink_;
  LossCounter losses_;
  dataset::Written written_;
};

} // namespace

const CanHold k_createml_holds{.boxes = true, .fractions = true};

std::unique_ptr<dataset::SampleWriter> create_createml(const std::string& path,
                                                       const WriteOptions& options) {
  return std::make_unique<CreatemlWriter>(path, options);
}

} // namespace mlopsctl::formats
