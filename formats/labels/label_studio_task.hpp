// SPDX-License-Identifier: Apache-2.0
// One task of a Label Studio export as a Sample; the other keys are those of
// https://labelstud.io/guide/task_format.
#pragma once

#include "formats/labels/checks.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/losses.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace mlopsctl::formats {

/// Members of a task's data that hold what a Sample knows and Label Studio does not; everything
/// else in data is Sample::extra. They come back from Label Studio as they went there.
namespace studio_data {
inline constexpr std::string_view k_image = "image";      ///< what Label Studio opens
inline constexpr std::string_view k_ref = "mlopsctl_ref"; ///< Sample::ref, where it differs
inline constexpr std::string_view k_width = "width";      ///< px
inline constexpr std::string_view k_height = "height";    ///< px
inline constexpr std::string_view k_depth = "depth";      ///< channels
inline constexpr std::string_view k_attribute = "label_attribute";
inline constexpr std::string_view k_metadata = "label_metadata"; ///< an object
inline constexpr std::string_view k_mask = "mask_ref";
inline constexpr std::string_view k_multilabel = "multilabel"; ///< true, or absent
/// The version of a model that has none: Label Studio wants one.
inline constexpr std::string_view k_no_version = "mlopsctl";
} // namespace studio_data

class StudioTaskParser {
public:
  StudioTaskParser(const ReadOptions& options, LossCounter& losses);
  ~StudioTaskParser();
  StudioTaskParser(const StudioTaskParser&) = delete;
  StudioTaskParser& operator=(const StudioTaskParser&) = delete;

  /// What the caller must know of a task beyond its sample.
  struct Outcome {
    bool is_good = false;
    bool is_prediction = false; ///< nobody annotated it: the labels are a machine's
    bool is_min = false;        ///< JSON-MIN: one record an annotation, not a task
    std::string task_id;        ///< as text; may be empty
  };

  /// \param text the task. \param place in front of messages, completed with the task's id.
  Outcome parse(std::string_view text, const std::string& place, dataset::Sample& sample,
                const Report& report);

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace mlopsctl::formats
