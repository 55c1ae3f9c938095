// SPDX-License-Identifier: Apache-2.0
#include "package/ssd.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "formats/model/mxnet_ssd.hpp"

#include <algorithm>

namespace mlopsctl::package {

std::string symbol_file(const std::string& weights) {
  constexpr std::string_view k_ending = "-0000.params";
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (weights.size() > k_ending.size() && weights.ends_with(".params")) {
    const auto end = weights.size() - k_ending.size();
    if (weights[end] == '-' &&
        std::all_of(weights.begin() + static_cast<std::ptrdiff_t>(end) + 1,
                    weights.begin() + static_cast<std::ptrdiff_t>(end) + 5, is_digit))
      return weights.substr(0, end) + "-symbol.json";
  }
  throw Error(Fault::input,
              "model.yaml: weights: '" + printable(weights) +
                  "' is not named as MXNet does it, such as model_algo_1-0000.params",
              "its graph is looked for in model_algo_1-symbol.json beside it");
}

SsdModel translate_ssd(const ModelPackage& package) {
  const auto& spec = package.spec;
  const std::string symbol_name = package.path + ": " + symbol_file(spec.weights);
  const auto symbol = formats::read_mxnet_symbol(package.symbol, symbol_name);
  const auto arrays =
      formats::read_mxnet_params(package.weights, package.path + ": " + spec.weights);
  auto ssd = formats::translate_mxnet_ssd(symbol, arrays, spec.input.width, spec.input.height,
                                          symbol_name);
  return {std::move(ssd.onnx), ssd.classes,    std::move(ssd.anchors),
          ssd.variances,       ssd.is_clipped, ssd.nms_topk};
}

} // namespace mlopsctl::package
