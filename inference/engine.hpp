// SPDX-License-Identifier: Apache-2.0
// Engine: what computes a graph, and the table of the engines there are.
#pragma once

#include "package/graph.hpp"

#include <cstdint>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::inference {

/// 32-bit floats in row-major order; a view, the data belong to whoever made it.
struct Tensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::span<const float> data; ///< product of shape
};

/// "1x85x22x22".
std::string shape_text(const std::vector<std::int64_t>& shape);

/// A name, a type and a shape of the graph; a size that is not fixed is -1.
using TensorInfo = package::GraphTensor;

/// A loaded graph. One thread at a time.
class Engine {
public:
  virtual ~Engine() = default;
  virtual const std::vector<TensorInfo>& inputs() const = 0;
  virtual const std::vector<TensorInfo>& outputs() const = 0;
  /// \param inputs by the names of the graph. \return all outputs in the order of the graph; they
  /// are valid until the next call. \throws Error(input) with the engine's own words.
  virtual std::span<const Tensor> run(std::span<const Tensor> inputs) = 0;
  virtual const std::string& name() const = 0; ///< with its version: "opencv 4.6.0"
};

/// A graph to load.
struct GraphFile {
  std::string_view bytes; ///< of the weights file; the engine keeps what it needs of them
  std::string place;      ///< for messages
  std::string digest;     ///< of the bytes, "sha256:..."; empty: not known
};

/// One row of the table.
struct EngineEntry {
  std::string_view name;
  std::string_view summary;
  std::vector<std::string_view> formats; ///< of model.yaml: "onnx"
  /// \return "4.6.0". \throws Error saying why the engine is not here and what to install.
  std::string (*version)();
  std::unique_ptr<Engine> (*open)(const GraphFile& graph, int threads); ///< \param threads > 0
};

/// ONNX Runtime: look at \p path and nowhere else; empty: at the usual places. Relative to the
/// current folder, as it was typed. Before the first use of an engine.
void use_onnxruntime(const std::string& path);

/// Where ONNX Runtime's library may be, in the order of looking: what use_onnxruntime() said, else
/// MLOPSCTL_ONNXRUNTIME, else beside the program, the absolute folders of LD_LIBRARY_PATH and
/// those of the system. Only libraries that are there, except the first two.
std::vector<std::string> onnxruntime_candidates();

/// Begins to open the library of the engine \p name (empty: the best), which takes as long as
/// reading a small model; what fails is said when the engine is used. Hold the result until then.
std::future<void> preload_engine(const std::string& name);

/// Every engine, the preferred one first.
const std::vector<EngineEntry>& engine_table();

/// \param name empty: the first of the table that reads \p format and is here.
/// \throws Error(usage) for an unknown name, with the nearest, and for a library that the user
/// named and that is none.
const EngineEntry& find_engine(const std::string& name, const std::string& format);

} // namespace mlopsctl::inference
