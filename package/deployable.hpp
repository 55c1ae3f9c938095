// SPDX-License-Identifier: Apache-2.0
// A training job's model.tar.gz of SageMaker's object detection (SSD in MXNet) as a package that
// can be deployed: its losses gone, a detection at its end, the weights as they were trained.
#pragma once

#include "package/pack_model.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::package {

struct DeployableOptions {
  bool is_onnx = false; ///< a graph in ONNX instead of MXNet's two files
  std::string name;     ///< empty: that of MXNet's files
  std::string licence;
  std::vector<std::string> labels; ///< empty: placeholders
  // Where nothing is given, hyperparams.json of the job says it; the defaults are deploy.py's.
  std::optional<int> image_shape_px; ///< side of the picture that the network takes
  std::optional<double> nms_threshold;
  std::optional<std::int64_t> nms_topk;
  bool is_per_class = false; ///< objects of one class only suppress each other
};

/// \param training archive or folder with PREFIX-symbol.json, PREFIX-NNNN.params and, perhaps,
/// hyperparams.json at its top. \param output a .tar.gz, or "-". Equal inputs give equal bytes.
/// \return warnings: where the job's hyperparameters contradict the graph, and what was assumed.
/// \throws Error(input) if a file is missing, damaged, or no SSD that can be run; if labels are not
/// as many as the graph has classes.
PackedModel pack_deployable(const std::string& training, const DeployableOptions& options,
                            const std::string& output, Existing existing, int jobs);

} // namespace mlopsctl::package
