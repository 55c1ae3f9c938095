// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/sagemaker_json_write.hpp"

#include "core/interrupt.hpp"
#include "formats/labels/class_ids.hpp"
#include "formats/labels/image_files.hpp"
#include "formats/labels/json_text.hpp"
#include "formats/labels/losses.hpp"

#include <map>
#include <unordered_set>

namespace mlopsctl::formats {
namespace {

using dataset::Sample;
using dataset::Split;

/// The folder of a training channel; a data set without splits is one folder.
std::string folder_of(Split split) {
  return split == Split::none ? "" : std::string(dataset::split_name(split)) + "_annotation/";
}

class SageMakerJsonWriter final : public dataset::SampleWriter {
public:
  SageMakerJsonWriter(const std::string& path, const WriteOptions& options)
      : folder_(create_folder(path, options.existing)), classes_(options),
        losses_(k_sagemaker_json_holds) {}

  void write(const Sample& sample) override {
    check_interrupt();
    losses_.note(sample);
    if (!losses_.takes(sample))
      return;
    const std::string name =
        folder_of(sample.split) + std::string(without_extension(base_name(sample.ref))) + ".json";
    if (!name_fault(name).empty() || !names_.insert(name).second)
      throw Error(Fault::input,
                  sample.place + ": '" + sample.ref + "' would share the file '" + name +
                      "' with another image, or cannot name one",
                  "rename it, or write a format that keeps whole paths (coco, ground_truth)");
    folder_->write(name, document(sample));
    ++written_.images;
    written_.annotations += static_cast<std::int64_t>(sample.annotations.size());
  }

  dataset::Written finish() override {
    folder_->finish();
    return written_;
  }
  const dataset::Losses& losses() const override { return losses_.all(); }

private:
  std::string document(const Sample& sample) {
    std::string out = "{\"file\":";
    append_quoted(out, sample.ref);
    out += ",\"image_size\":[{\"width\":";
    append_int(out, sample.width);
    out += ",\"height\":";
    append_int(out, sample.height);
    out += ",\"depth\":";
    append_int(out, sample.depth > 0 ? sample.depth : 3);
    out += "}],\"annotations\":[";
    std::map<std::int64_t, std::string> names;
    for (const auto& annotation : sample.annotations) {
      classes_.learn(annotation);
      const auto id = classes_.id(annotation);
      names.emplace(id, annotation.label);
      out += out.back() == '[' ? "{\"class_id\":" : ",{\"class_id\":";
      append_int(out, id);
      out += ",\"left\":";
      append_number(out, annotation.box.left);
      out += ",\"top\":";
      append_number(out, annotation.box.top);
      out += ",\"width\":";
      append_number(out, annotation.box.width);
      out += ",\"height\":";
      append_number(out, annotation.box.height);
      out += '}';
    }
    out += "],\"categories\":[";
    for (const auto& [id, name] : names) {
      out += out.back() == '[' ? "{\"class_id\":" : ",{\"class_id\":";
      append_int(out, id);
      out += ",\"name\":";
      append_quoted(out, name);
      out += '}';
    }
    return out + "]}\n";
  }

  std::unique_ptr<FolderSink> folder_;
  ClassIds classes_;
  LossCounter losses_;
  std::unordered_set<std::string> names_;
  dataset::Written written_;
};

} // namespace

std::unique_ptr<dataset::SampleWriter> create_sagemaker_json(const std::string& path,
                                                             const WriteOptions& options) {
  return std::make_unique<SageMakerJsonWriter>(path, options);
}

} // namespace mlopsctl::formats
