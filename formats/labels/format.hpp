// SPDX-License-Identifier: Apache-2.0
// Label formats: one struct a format, one table, and the two functions that open and create data
// sets in any of them.
#pragma once

#include "core/io.hpp"
#include "dataset/stream.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::formats {

/// px as the pixels are stored; depth = channels, 0 if unknown.
struct ImageSize {
  int width = 0;
  int height = 0;
  int depth = 0;
  int orientation = 1; ///< EXIF 1..8: how a viewer turns it; 1 = not at all
};

/// How a reader learns the size of an image: handed in, so that labels never link a codec. Called
/// from several threads. Nothing if the image is not there or is none.
using ImageSizes = std::function<std::optional<ImageSize>(const std::string& ref)>;

/// Opens a file that labels point to (SeqLabel.json of a video): handed in like ImageSizes. Null if
/// it is not there.
using RefOpener = std::function<std::unique_ptr<ByteSource>(const std::string& ref)>;

struct ReadOptions {
  std::string format;          ///< empty: by content and name
  std::string label_attribute; ///< Ground Truth: which label; empty: the newest of its kind
  std::vector<std::string> discard_verified; ///< Ground Truth: verdicts whose images are left out
  int voc_base = 0;         ///< VOC: 1 = corners count from 1 and the upper ones are inclusive
  ImageSizes image_size;    ///< may be empty: then only the sizes in the labels are known
  RefOpener open_ref;       ///< may be empty: then files that labels point to are not read
  bool check_sizes = false; ///< compare the sizes in the labels with image_size
  /// False: nobody will ask for members that a Sample has no place for (the target cannot hold
  /// them); readers that would have to fetch them count them as losses instead.
  bool wants_other_members = true;
  /// False: nobody will ask for the values in Sample::label_metadata, its keys will do.
  bool wants_label_metadata = true;
  int jobs = 0;              ///< threads for readers that read ahead; 0: one a core
  bool require_size = false; ///< a labelled image without any size is an error
  /// Take formats that have ids instead of references and class names (COCO results): only who
  /// holds the truth can look them up.
  bool allow_ids_only = false;
};

struct WriteOptions {
  std::string format; ///< empty: by the name of the output
  Existing existing = Existing::refuse;
  std::string label_attribute; ///< Ground Truth; empty: that of the samples, else "bounding-box"
  int voc_base = 0;
  std::vector<std::string> classes; ///< order of ids; classes not in it follow as they come
  dataset::Fields document{};       ///< members of the whole document (COCO: info, licenses)
  bool keep_source_ids = false;  ///< Annotation::source_id (0-based) is the id (Ground Truth, COCO)
  std::string image_url{};       ///< Label Studio: in front of references that are no URL
  std::string labeling_config{}; ///< Label Studio: file for the configuration of the project
  int jobs = 1;                  ///< threads of finish(); the bytes are the same for any number
};

/// What a reader may need of its input beyond the sample at hand.
enum class Needs { streaming, index, whole };
std::string_view needs_name(Needs needs);

/// What a format can carry, for the loss report and `mlopsctl formats`. A format names what it can.
struct CanHold {
  bool boxes = false;
  bool image_classes = false; ///< a class for the whole image
  bool multilabel = false;    ///< any number of them
  bool mask = false;          ///< a reference to a segmentation mask
  bool image_size = false;
  bool class_ids = false;
  bool score = false;
  bool crowd = false;
  bool difficult = false;
  bool truncated = false;
  bool unlabelled = false; ///< "nobody looked" is not the same as "nothing there"
  bool split = false;
  bool unknown_fields = false;
  bool label_metadata = false; ///< what says who made the label, when and how
  bool fractions = false;      ///< of a pixel
};

/// An opened input: exactly one of source and folder is set.
struct LabelInput {
  std::string path;
  std::unique_ptr<ByteSource> source;
  std::unique_ptr<Folder> folder;
  std::string head; ///< first 64 KiB of source
};

struct LabelFormat {
  std::string_view name;
  std::string_view summary;
  std::vector<std::string_view> extensions; ///< ".json"; empty: a folder
  Needs needs = Needs::streaming;
  CanHold holds;
  bool (*sniff)(const LabelInput&);
  std::unique_ptr<dataset::SampleReader> (*open)(LabelInput, const ReadOptions&);
  /// Null: this format is only read.
  std::unique_ptr<dataset::SampleWriter> (*create)(const std::string& path, const WriteOptions&);
};

/// Every format, in the order in which they are asked whether an input is theirs. table.cpp.
const std::vector<const LabelFormat*>& all_label_formats();
/// \throws Error(usage) "unknown format 'coc', did you mean 'coco'?".
const LabelFormat& label_format(std::string_view name);

/// \param path file, folder, or "-". \throws Error if it cannot be opened or recognised.
std::unique_ptr<dataset::SampleReader> open_labels(const std::string& path,
                                                   const ReadOptions& options);
/// The same for an input that was opened elsewhere (archives, remote stores, tests).
std::unique_ptr<dataset::SampleReader> open_labels(LabelInput input, const ReadOptions& options);
LabelInput open_label_input(const std::string& path);
/// The format that open_labels would take. \throws Error(input) if none fits.
const LabelFormat& recognise(const LabelInput& input);

/// \param path file, folder, or "-" (then options.format is required).
std::unique_ptr<dataset::SampleWriter> create_labels(const std::string& path,
                                                     const WriteOptions& options);
/// A Ground Truth manifest into \p sink: for files inside a folder that is built as a whole.
std::unique_ptr<dataset::SampleWriter> create_manifest(std::unique_ptr<ByteSink> sink,
                                                       const WriteOptions& options);
/// The format that create_labels would take. \throws Error(usage) if the name says nothing.
const LabelFormat& format_for_output(const std::string& path, const std::string& name);

} // namespace mlopsctl::formats
