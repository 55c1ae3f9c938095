// SPDX-License-Identifier: Apache-2.0
// What the manifest commands share: options for reading labels, image sizes, the way bad records
// and results are reported.
#pragma once

#include "commands/command.hpp"
#include "dataset/stream.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/image_files.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace mlopsctl::commands {

struct LabelOptions {
  std::string from;
  std::string label_attribute;
  std::vector<std::string> discard_verified; ///< verdicts of a Ground Truth verification job
  std::string images;
  std::vector<std::string> uri_map; ///< "s3://bucket/prefix=DIR"
  std::string problems;             ///< file for the list of problems; empty: none
  int voc_base = 0;
  bool discard_bad = false;
  /// False: the command looks at nothing in Sample::label_metadata but how much there is; then it
  /// is read only for formats that hold it.
  bool asks_label_metadata = true;
};

/// --from --label-attribute --discard-verified --images --uri-map --voc-base
void add_reading_options(Args& args, LabelOptions& options);
/// --discard-bad --problems
void add_bad_record_options(Args& args, LabelOptions& options);

/// \throws Error(usage) for options that do not fit.
void check_label_options(const LabelOptions& options);

/// Before any work: \throws Error(usage) if a report would replace a file and --overwrite was not
/// given, or is one of \p data_files (input and output) whatever was given. Empty paths are none.
void refuse_existing(const Context& ctx, const std::vector<std::string>& reports,
                     const std::vector<std::string>& data_files);

/// For what is written beside a result on stdout: \throws Error(usage) for "-", and for one file
/// that two options name. \param reports option and path; empty paths are none.
void refuse_mixed_reports(const std::vector<std::pair<std::string, std::string>>& reports);

/// Finds pictures by --images and --uri-map, else beside \p input.
formats::ImageFinder image_finder(const LabelOptions& options, const std::string& input);

/// Sizes come from the labels, else from the image: below --images, or beside the labels.
formats::ReadOptions read_options(const LabelOptions& options, const std::string& input,
                                  bool require_size);

/// For commands that look at boxes and classes and write no data set: sizes may be missing, and
/// members that a Sample has no place for are not fetched.
formats::ReadOptions looking_options(const LabelOptions& options, const std::string& input);

/// How a data set of format \p from is written as \p to. Ground Truth ids hold across the files of
/// a training job: they are kept where the target has ids. Elsewhere ids follow the order of the
/// classes in the source, which is read once for it if need be.
formats::WriteOptions write_options(const LabelOptions& labels, const Context& ctx,
                                    const formats::LabelFormat& from,
                                    const formats::LabelFormat& to, dataset::SampleReader& reader);

struct Outcome {
  std::int64_t images_read = 0;
  dataset::Written written;
  Problems problems;
  bool has_merged = false; ///< several images read became one: fewer written are none left out
  /// What else was counted: further members of the document, in this order.
  std::vector<std::pair<std::string, std::int64_t>> counts{};
};

/// Bad records stop the writing unless --discard-bad was given. Also writes --problems.
bool may_write(const Context& ctx, const LabelOptions& options, const Problems& problems);
/// Problems on stderr, then one line for a person or the document "mlopsctl.manifest.<verb>/1"
/// (neither if the output is stdout). \return the exit code.
int conclude(const Context& ctx, const LabelOptions& options, const Outcome& outcome,
             bool is_written, const std::string& output);

/// "1 image", "2 images".
std::string counted(std::int64_t count, const std::string& singular);

/// References as seen from the folder of \p output; nothing to do if that is the folder of \p
/// input.
std::function<void(dataset::Sample&)> rebasing(const std::string& input, const std::string& output);

} // namespace mlopsctl::commands
