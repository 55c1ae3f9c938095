// SPDX-License-Identifier: Apache-2.0
// From the graph that a training job leaves to the one that is deployed: no losses, a detection at
// the end. The weights stay as they are. Source: deploy.py of MXNet's ssd example, whose result
// this equals, made from the training graph itself.
#pragma once

#include "formats/model/mxnet_symbol.hpp"

#include <cstdint>
#include <string>

namespace mlopsctl::formats {

/// Of the detection that is added; the defaults are deploy.py's.
struct MxDetection {
  double nms_threshold = 0.5;      ///< overlap, 0..1
  bool is_force_suppressed = true; ///< objects of other classes suppress, too
  std::int64_t nms_topk = 400;     ///< so many of the best go into the suppression
};

/// \param symbol of a training job; a deploy graph becomes one with \p detection at its end.
/// \throws Error(input) if it is no SSD.
MxSymbol deploy_mxnet_ssd(const MxSymbol& symbol, const MxDetection& detection,
                          const std::string& name);

} // namespace mlopsctl::formats
