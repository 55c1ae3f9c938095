// SPDX-License-Identifier: Apache-2.0
// The table of decoders. Adding one: its file in decoders/ and a line here.
#include "inference/decoders.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mlopsctl::inference {

extern const Decoder classification, embedding, ssd, mxnet_ssd, yolov5, yolov8, yolo_end2end, detr,
    torchvision, nanodet, fastestdet, ultraface, yunet, raw;

const std::vector<const Decoder*>& decoder_table() {
  static const std::vector<const Decoder*> table{
      &classification, &embedding, &ssd,        &mxnet_ssd, &yolov5, &yolov8, &yolo_end2end, &detr,
      &torchvision,    &nanodet,   &fastestdet, &ultraface, &yunet,  &raw,    &raw,
  };
  return table;
}

const Decoder& find_decoder(const package::ModelSpec& spec) {
  std::vector<std::string> kinds;
  for (const auto* decoder : decoder_table()) {
    kinds.emplace_back(decoder->kind);
    if (decoder->kind != spec.decoder.kind)
      continue;
    if (decoder->task != spec.task && !decoder->fits_any_task)
      throw Error(Fault::input, "model.yaml: decoder.kind: '" + spec.decoder.kind +
                                    "' does not fit task '" +
                                    std::string(package::task_name(spec.task)) + "'");
    return *decoder;
  }
  throw Error(Fault::input,
              "model.yaml: decoder.kind: this version has no decoder '" + spec.decoder.kind + "'" +
                  did_you_mean(spec.decoder.kind, kinds),
              "there are: " + join(kinds, ", "));
}

namespace {

/// Without a branch a value, so that the compiler takes many at once.
bool is_finite(std::span<const float> values) {
  std::uint32_t is_bad = 0;
  for (const float value : values)
    is_bad |= static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & 0x7F800000U) ==
                                         0x7F800000U); // all bits of the exponent
  return is_bad == 0;
}

} // namespace

void check_finite(std::span<const Tensor> outputs, const std::string& place) {
  for (const auto& output : outputs) {
    if (is_finite(output.data))
      continue;
    const auto bad = std::find_if_not(output.data.begin(), output.data.end(),
                                      [](float value) { return std::isfinite(value); });
    throw Error(Fault::input,
                place + ": output '" + output.name + "': value " +
                    std::to_string(bad - output.data.begin()) + " of " +
                    std::to_string(output.data.size()) + " is not a finite number",
                "do input.scale, mean and std in model.yaml fit the model? are its weights whole?");
  }
}

} // namespace mlopsctl::inference
