// SPDX-License-Identifier: Apache-2.0
// The graph's outputs as they are, for models whose outputs nobody here understands.
#include "core/error.hpp"
#include "inference/decoders/detail.hpp"

namespace mlopsctl::inference {
namespace {

constexpr std::size_t k_most_numbers = 10'000'000; // of a picture: 100 MB of text

void check(const package::ModelSpec&, std::span<const TensorInfo>) {}

void decode(const package::ModelSpec&, std::span<const Tensor> outputs, const DecodeOptions&,
            Decoded& result) {
  std::size_t count = 0;
  for (const auto& output : outputs) {
    count += output.data.size();
    if (count > k_most_numbers)
      throw Error(Fault::input,
                  "decoder raw: the outputs have more than " + std::to_string(k_most_numbers) +
                      " numbers a picture, at output '" + output.name + "'",
                  "cut the graph where it has less to say");
    result.outputs.push_back({output.name, output.shape, {output.data.begin(), output.data.end()}});
  }
}

} // namespace

extern const Decoder raw;
const Decoder raw{"raw",
                  "any outputs, written as they are: infer only",
                  package::Task::detection,
                  check,
                  decode,
                  true,
                  true};

} // namespace mlopsctl::inference
