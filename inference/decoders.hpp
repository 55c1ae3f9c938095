// SPDX-License-Identifier: Apache-2.0
// Decoders: from the tensors of a graph to boxes and classes; one table.
#pragma once

#include "dataset/sample.hpp"
#include "inference/engine.hpp"
#include "inference/model.hpp"
#include "package/model_spec.hpp"
#include "package/ssd.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::inference {

/// What a decoder makes, before NMS.
struct Decoded {
  std::vector<dataset::Detection> candidates; ///< boxes in px of the input, not clipped
  std::vector<Classification> classes;        ///< one a label, in the order of the labels
  std::vector<double> embedding;              ///< of length 1
  std::vector<RawOutput> outputs;             ///< as the graph gave them
};

struct DecodeOptions {
  double score_threshold = 0; ///< candidates at or above it
  /// A place may be an object of several classes, each a candidate: how the makers of yolov8
  /// measure average precision. The other kinds take the best class only, as their makers do.
  bool is_multi_label = false;
  const package::SsdModel* ssd = nullptr; ///< of format mxnet-ssd: its anchors
};

struct Decoder {
  std::string_view kind; ///< decoder.kind in model.yaml
  std::string_view summary;
  package::Task task;
  /// \param outputs with all sizes known. Throws Error(input) with both numbers if names, shapes or
  /// the count of labels do not fit.
  void (*check)(const package::ModelSpec& spec, std::span<const TensorInfo> outputs);
  /// \param outputs checked, all values finite.
  void (*decode)(const package::ModelSpec& spec, std::span<const Tensor> outputs,
                 const DecodeOptions& options, Decoded& result);
  /// Its candidates are final, the best first: suppression is a part of what the graph means.
  bool does_nms = false;
  bool fits_any_task = false; ///< model.yaml may say any task
};

/// Every decoder, in the order in which help shows them.
const std::vector<const Decoder*>& decoder_table();
/// \throws Error(input) for an unknown kind (with the nearest), or one that does not do spec.task.
const Decoder& find_decoder(const package::ModelSpec& spec);

/// \param place of the model, for messages. \throws Error(input) naming the first output that holds
/// a NaN or an infinity.
void check_finite(std::span<const Tensor> outputs, const std::string& place);

} // namespace mlopsctl::inference
