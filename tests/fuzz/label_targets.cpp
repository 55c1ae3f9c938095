// SPDX-License-Identifier: Apache-2.0
// The readers of label files. What a reader hands out must also be writable.
#include "tests/fuzz/label_targets.hpp"

#include "formats/labels/format.hpp"

#include <cmath>
#include <cstdlib>
#include <map>

namespace mlopsctl::fuzz {
namespace {

using formats::LabelInput;
using formats::ReadOptions;

/// Files in memory, for formats that are folders.
class MemoryFolder final : public Folder {
public:
  explicit MemoryFolder(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  std::vector<FolderEntry> list() const override {
    std::vector<FolderEntry> entries;
    for (const auto& [name, text] : files_)
      entries.push_back({name, text.size()});
    return entries;
  }
  bool contains(const std::string& name) const override { return files_.count(name) > 0; }
  std::unique_ptr<ByteSource> open(const std::string& name) const override {
    return source_from_text(files_.at(name), name);
  }
  const std::string& name() const override { return name_; }

private:
  std::map<std::string, std::string> files_;
  std::string name_ = "fuzz";
};

void read_all_samples(LabelInput input, const char* format) {
  ReadOptions options;
  options.format = format;
  options.image_size = [](const std::string&) { return formats::ImageSize{64, 48, 3}; };
  const auto reader = formats::open_labels(std::move(input), options);
  dataset::Sample sample;
  while (reader->next(sample))
    for (const auto& annotation : sample.annotations)
      if (!(annotation.box.width > 0) || !std::isfinite(annotation.box.left) ||
          annotation.label.empty())
        std::abort(); // a reader never hands out such a box
  static_cast<void>(reader->classes());
}

void read_file_of(std::string_view bytes, const char* format) {
  LabelInput input;
  input.path = "fuzz";
  input.source = source_from_text(std::string(bytes), "fuzz");
  input.head = bytes.substr(0, 65536);
  read_all_samples(std::move(input), format);
}

void read_folder_of(std::map<std::string, std::string> files, const char* format) {
  LabelInput input;
  input.path = "fuzz";
  input.folder = std::make_unique<MemoryFolder>(std::move(files));
  read_all_samples(std::move(input), format);
}

/// A manifest, a sequence file and the labels it points to, between lines "--".
void read_video_folder(std::string_view bytes) {
  const auto end = bytes.find("\n--\n");
  const auto rest = end == std::string_view::npos ? std::string_view() : bytes.substr(end + 4);
  const auto second = rest.find("\n--\n");
  read_folder_of(
      {{"output.manifest", std::string(bytes.substr(0, end))},
       {"s.json", std::string(rest.substr(0, second))},
       {"l.json", second == std::string_view::npos ? "" : std::string(rest.substr(second + 4))}},
      "ground_truth_video");
}

void read_yolo_rows(std::string_view bytes) {
  read_folder_of({{"classes.txt", "dog\ncat\n"}, {"labels/a.txt", std::string(bytes)}}, "yolo");
}

void read_yolo_data(std::string_view bytes) {
  read_folder_of({{"data.yaml", std::string(bytes)},
                  {"train/images/a.jpg", ""},
                  {"train/labels/a.txt", "0 0.5 0.5 0.1 0.1\n"},
                  {"list.txt", "./train/images/a.jpg\n"}},
                 "yolo");
}

} // namespace

const std::vector<Target>& label_targets() {
  static const std::vector<Target> table{
      {"ground_truth", [](std::string_view bytes) { read_file_of(bytes, "ground_truth"); }},
      {"seq_label", [](std::string_view bytes) { read_file_of(bytes, "ground_truth_video"); }},
      {"sagemaker_json", [](std::string_view bytes) { read_file_of(bytes, "sagemaker_json"); }},
      {"video_folder", read_video_folder},
      {"coco", [](std::string_view bytes) { read_file_of(bytes, "coco"); }},
      {"csv", [](std::string_view bytes) { read_file_of(bytes, "csv"); }},
      {"open_images", [](std::string_view bytes) { read_file_of(bytes, "open_images"); }},
      {"voc", [](std::string_view bytes) { read_file_of(bytes, "voc"); }},
      {"label_studio", [](std::string_view bytes) { read_file_of(bytes, "label_studio"); }},
      {"createml", [](std::string_view bytes) { read_file_of(bytes, "createml"); }},
      {"cvat", [](std::string_view bytes) { read_file_of(bytes, "cvat"); }},
      {"predictions", [](std::string_view bytes) { read_file_of(bytes, "predictions"); }},
      {"yolo_rows", read_yolo_rows},
      {"yolo_data", read_yolo_data},
  };
  return table;
}

} // namespace mlopsctl::fuzz
