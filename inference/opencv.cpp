// SPDX-License-Identifier: Apache-2.0
// Engine "opencv": the module engine_opencv behind the Engine interface.
#include "core/error.hpp"
#include "core/module.hpp"
#include "core/text.hpp"
#include "inference/engine.hpp"
#include "inference/engine_opencv/engine_api.h"
#include "package/graph.hpp"

#include <array>
#include <utility>

namespace mlopsctl::inference {

std::string opencv_version();
std::unique_ptr<Engine> open_opencv(const GraphFile& graph, int threads);

namespace {

constexpr std::size_t k_error_bytes = 2000;
using ErrorText = std::array<char, k_error_bytes>;

const mlopsctl_engine_table& opencv_table() {
  void* entry = load_module_symbol("engine_opencv", MLOPSCTL_ENGINE_ENTRY,
                                   "apt-get install -y libopencv-dnn406");
  const auto* table = reinterpret_cast<mlopsctl_engine_entry>(entry)();
  if (table->api_version != MLOPSCTL_ENGINE_API_VERSION)
    throw Error(Fault::internal,
                "module engine_opencv: speaks version " + std::to_string(table->api_version) +
                    " of the engine interface, not " + std::to_string(MLOPSCTL_ENGINE_API_VERSION),
                "it belongs to another version; reinstall");
  return *table;
}

class OpencvEngine final : public Engine {
public:
  OpencvEngine(std::string_view model, std::string place, int threads)
      : table_(opencv_table()), graph_(package::read_graph(model, place)), place_(std::move(place)),
        name_(std::string(table_.engine) + " " + table_.engine_version) {
    std::vector<const char*> names;
    for (const auto& output : graph_.outputs)
      names.push_back(output.name.c_str());
    results_.resize(names.size());
    raw_results_.resize(names.size());
    ErrorText error{};
    if (table_.open(model.data(), model.size(), names.data(), names.size(), threads, &session_,
                    error.data(), error.size()) != 0)
      throw Error(Fault::input,
                  place_ + ": " + name_ + " cannot load this graph (opset " +
                      std::to_string(graph_.opset) + "): " + printable(error.data()),
                  "run it with --engine onnxruntime ('mlopsctl engines' says how to get it), or "
                  "export it with a "
                  "lower opset (10 to 12) or without the layer that is named");
  }
  ~OpencvEngine() override { table_.close(session_); }
  OpencvEngine(const OpencvEngine&) = delete;
  OpencvEngine& operator=(const OpencvEngine&) = delete;

  const std::vector<TensorInfo>& inputs() const override { return graph_.inputs; }
  const std::vector<TensorInfo>& outputs() const override { return graph_.outputs; }
  const std::string& name() const override { return name_; }

  std::span<const Tensor> run(std::span<const Tensor> inputs) override {
    std::vector<mlopsctl_tensor> raw;
    for (const auto& input : inputs)
      raw.push_back({input.name.c_str(), input.shape.data(),
                     static_cast<std::int32_t>(input.shape.size()), input.data.data()});
    ErrorText error{};
    if (table_.run(session_, raw.data(), raw.size(), raw_results_.data(), error.data(),
                   error.size()) != 0)
      throw Error(Fault::input, place_ + ": " + name_ + ": " + printable(error.data()),
                  "do the sizes in model.yaml fit the graph?");
    for (std::size_t i = 0; i < results_.size(); ++i) {
      const auto& from = raw_results_[i];
      results_[i].name = graph_.outputs[i].name;
      results_[i].shape.assign(from.shape, from.shape + from.rank);
      std::size_t count = 1;
      for (const auto size : results_[i].shape)
        count *= static_cast<std::size_t>(size);
      results_[i].data = {from.data, count};
    }
    return results_;
  }

private:
  const mlopsctl_engine_table& table_;
  package::Graph graph_;
  std::string place_;
  std::string name_;
  void* session_ = nullptr;
  std::vector<mlopsctl_tensor> raw_results_;
  std::vector<Tensor> results_;
};

} // namespace

std::string opencv_version() {
  return opencv_table().engine_version;
}

std::unique_ptr<Engine> open_opencv(const GraphFile& graph, int threads) {
  return std::make_unique<OpencvEngine>(graph.bytes, graph.place, threads);
}

} // namespace mlopsctl::inference
