// SPDX-License-Identifier: Apache-2.0
// Model families told by the shapes of a graph's outputs: which decoder fits, how many classes
// there are, and what preprocessing its authors use.
#pragma once

#include "formats/model/onnx.hpp"
#include "package/model_spec.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace mlopsctl::package {

struct Family {
  std::string_view name; ///< for people: "FastestDet"
  std::string_view kind; ///< of the decoder
  Task task = Task::detection;
  /// Classes that the outputs have room for; nothing if these are not the family's outputs.
  std::optional<std::int64_t> (*classes)(const formats::OnnxModel& model) = nullptr;
  std::string_view why;    ///< by what the outputs were recognised
  InputSpec input;         ///< usual preprocessing; name and size come from the graph
  DecoderSpec decoder;     ///< usual thresholds
  std::string_view remark; ///< what to know about its preprocessing or classes; may be empty
};

/// Every family, most particular first.
const std::vector<Family>& families();

/// The first family whose outputs these are; null pointer if none is.
const Family* recognise_family(const formats::OnnxModel& model);

/// How many labels \p kind needs for these outputs; nothing where it cannot be known.
std::optional<std::int64_t> expected_labels(const formats::OnnxModel& model, std::string_view kind);

} // namespace mlopsctl::package
