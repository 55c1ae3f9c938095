// SPDX-License-Identifier: Apache-2.0
#include "serving/http/reply.hpp"

#include "core/text.hpp"
#include "core/value.hpp"
#include "inference/prediction_line.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::serving {
namespace {

std::string bounding_boxes(const Answered& answered, BoxOrder order) {
  const auto share = [](double value, int whole) {
    return std::round(std::clamp(value / whole, 0.0, 1.0) * 1e6) / 1e6;
  };
  Value boxes = Value::array();
  for (const auto& detection : answered.prediction.detections) {
    const auto& box = detection.box;
    const Value left(share(box.left, answered.width)), right(share(box.right(), answered.width));
    const Value top(share(box.top, answered.height)), bottom(share(box.bottom(), answered.height));
    Value entry = Value::array();
    for (const auto& number : order == BoxOrder::yxyx ? std::array{top, left, bottom, right}
                                                      : std::array{left, top, right, bottom})
      entry.push(number);
    boxes.push(std::move(entry));
  }
  Value reply = Value::object();
  reply["bounding_boxes"] = boxes.items.empty() ? Value() : std::move(boxes);
  reply["inf_time"] = fixed(answered.prediction.timing.infer_ms / 1e3, 9);
  reply["status"] = 200;
  return to_json(reply);
}

std::string server_timing(const Answered& answered) {
  const auto& timing = answered.prediction.timing;
  std::string text;
  for (const auto& [name, milliseconds] : {std::pair{"receive", answered.receive_ms},
                                           {"queue", answered.queue_ms},
                                           {"decode", timing.decode_ms},
                                           {"preprocess", timing.preprocess_ms},
                                           {"infer", timing.infer_ms},
                                           {"postprocess", timing.postprocess_ms}})
    text += (text.empty() ? "" : ", ") + std::string(name) + ";dur=" + fixed(milliseconds, 3);
  return text;
}

} // namespace

Response reply_to(const Answered& answered, const package::ModelSpec& spec,
                  const ReplyStyle& style) {
  Response response;
  if (style.layout == Layout::bounding_boxes) {
    response.body = bounding_boxes(answered, style.order);
  } else {
    inference::LineOptions options;
    options.queue_ms = answered.queue_ms;
    response.body = inference::prediction_line(answered.name, answered.width, answered.height,
                                               answered.prediction, spec, options) +
                    "\n";
  }
  response.headers.emplace_back("Server-Timing", server_timing(answered));
  return response;
}

Response error_reply(const HttpError& error) {
  Value body = Value::object();
  body["status"] = error.status();
  body["error"] = printable(error.what());
  if (!error.hint().empty())
    body["hint"] = printable(error.hint());
  return {error.status(), "application/json", to_json(body) + "\n", error.headers()};
}

} // namespace mlopsctl::serving
