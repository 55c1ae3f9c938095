// SPDX-License-Identifier: Apache-2.0
#include "capture/label_file.hpp"

#include <functional>

namespace mlopsctl::capture {
namespace {

/// \param add adds what the label is of.
void write_labels(const CaptureFolder& folder, dataset::SampleWriter& writer,
                  const std::function<void(const JournalEntry&, dataset::Sample&)>& add) {
  folder.for_each([&](const JournalEntry& entry, std::int64_t) {
    if (!entry.is_kept)
      return;
    dataset::Sample sample;
    sample.ref = entry.ref;
    sample.width = entry.width;
    sample.height = entry.height;
    sample.depth = 3;
    sample.group = entry.source;
    sample.time_s = entry.time_s;
    sample.extra.emplace_back("frame_index", std::to_string(entry.frame_index));
    add(entry, sample);
    writer.write(sample);
  });
  writer.finish();
}

} // namespace

void write_box_labels(const CaptureFolder& folder, const std::vector<std::string>& classes,
                      const CreateLabels& create_labels) {
  const auto writer = create_labels(folder.file(k_labels_name).string(), "shapes", classes);
  write_labels(folder, *writer, [](const JournalEntry& entry, dataset::Sample& sample) {
    sample.annotations = entry.annotations.value_or(std::vector<dataset::Annotation>{});
  });
}

void write_class_labels(const CaptureFolder& folder, const std::vector<std::string>& classes,
                        const CreateLabels& create_labels) {
  const auto writer = create_labels(folder.file(k_labels_name).string(), "class", classes);
  write_labels(folder, *writer, [](const JournalEntry& entry, dataset::Sample& sample) {
    sample.classes.emplace_back().label = entry.label;
  });
}

} // namespace mlopsctl::capture
