// SPDX-License-Identifier: Apache-2.0
// Model: a package's weights in an engine, from a picture to detections or classes. infer, serve
// and bench share it.
#pragma once

#include "dataset/sample.hpp"
#include "imaging/image.hpp"
#include "package/model_package.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mlopsctl::inference {

/// Parts of one picture's time. Decoding is the caller's part: Model::run leaves decode_ms at 0.
struct Timing {
  double decode_ms = 0;
  double preprocess_ms = 0;
  double infer_ms = 0;
  double postprocess_ms = 0;
};

struct Classification {
  int class_id = 0; ///< index into the model's labels
  double score = 0; ///< 0..1
};

/// One output of a graph, for whoever decodes it himself.
struct RawOutput {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> data; ///< row-major, product of shape
};

/// What a model says about one picture: detections, classes or an embedding, by its task; or
/// everything as it is, for decoder raw.
struct Prediction {
  std::vector<dataset::Detection> detections; ///< by falling score, boxes inside the picture
  std::vector<Classification> classes;        ///< by falling score, one a label
  /// A vector of length 1: the inner product of two is the cosine of their angle.
  std::vector<double> embedding;
  std::vector<RawOutput> outputs;
  Timing timing;
};

/// Which threshold of model.yaml holds: score_threshold for what people look at,
/// eval_score_threshold for average precision (then at most 100 detections a picture).
enum class Threshold { show, evaluate };

struct EngineOptions {
  std::string name; ///< a name of the engine table; empty: the best that is here
  int threads = 0;  ///< of the engine; 0: the cores of this process
};

/// Move-only. One thread at a time: each thread that runs pictures loads its own.
class Model {
public:
  /// \throws Error(input) if the weights are broken, a tensor that model.yaml names is not there,
  /// the decoder is unknown or the labels do not fit; Error(usage) for an unknown engine.
  static Model load(const package::ModelPackage& package, const EngineOptions& options);
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  /// \param image RGB or grey, not empty. \throws Error(input) if an output of the graph does not
  /// fit model.yaml or holds a NaN or an infinity.
  Prediction run(const imaging::Image& image, Threshold threshold);
  /// Several pictures in one call of the engine. Timings are shares: of each picture the same.
  /// \throws Error(input) also if the graph takes one picture at a time.
  std::vector<Prediction> run(std::span<const imaging::Image> images, Threshold threshold);

  const package::ModelSpec& spec() const;
  std::string engine() const; ///< name and version, such as "opencv 4.6.0"
  int threads() const;

private:
  struct State;
  explicit Model(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

} // namespace mlopsctl::inference
