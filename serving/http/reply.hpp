// SPDX-License-Identifier: Apache-2.0
// What a service answers about a picture.
#pragma once

#include "inference/model.hpp"
#include "serving/http/message.hpp"

#include <string>

namespace mlopsctl::serving {

/// plain: the line that 'mlopsctl infer' writes. bounding_boxes: {"bounding_boxes": [[4 numbers of
/// 0..1], ...] or null if nothing was found, "inf_time": "seconds", "status": 200}.
enum class Layout { plain, bounding_boxes };
/// Of the numbers of a bounding box: ymin xmin ymax xmax, or xmin ymin xmax ymax.
enum class BoxOrder { yxyx, xyxy };

struct ReplyStyle {
  Layout layout = Layout::plain;
  BoxOrder order = BoxOrder::yxyx;
};

/// A picture and what became of it.
struct Answered {
  std::string name; ///< of the file, where the client said it
  int width = 0;    ///< px
  int height = 0;
  inference::Prediction prediction;
  double receive_ms = 0; ///< from the first byte of the request to its last
  double queue_ms = 0;   ///< from there until a worker took it
};

/// With its times as a Server-Timing header: receive, queue, decode, preprocess, infer,
/// postprocess, in ms.
Response reply_to(const Answered& answered, const package::ModelSpec& spec,
                  const ReplyStyle& style);

/// {"status", "error", "hint"}.
Response error_reply(const HttpError& error);

} // namespace mlopsctl::serving
