// SPDX-License-Identifier: Apache-2.0
// What predictions come from: a model in this process, or a service.
#pragma once

#include "commands/engine_options.hpp"
#include "commands/picture_inputs.hpp"
#include "inference/model.hpp"
#include "net/http.hpp"

#include <memory>
#include <optional>
#include <string>

namespace mlopsctl::commands {

/// A picture on its way from the decoding threads to the model.
struct Loaded {
  PictureInput input;
  imaging::Image image; ///< empty if it could not be read
  double decode_ms = 0;
  bool is_turned = false;              ///< by EXIF
  std::optional<net::HttpReply> reply; ///< of a service
  Error error{Fault::input, ""};
};

class Predictor {
public:
  virtual ~Predictor() = default;
  /// Any thread, before the picture's turn: what can be done out of order.
  virtual void prepare(Loaded& loaded) = 0;
  virtual inference::Prediction predict(const Loaded& loaded) = 0;
  virtual const package::ModelSpec& spec() const = 0;
  virtual std::string digest() const = 0; ///< of the package; empty: a service that does not say it
  virtual std::string engine() const = 0; ///< for people, "opencv 4.6.0"
  virtual int threads() const = 0;
};

struct PredictorOptions {
  std::string model; ///< a package, or the URL of a service
  std::vector<std::string> overrides;
  EngineChoice engine;
  std::string token_file;
  inference::Threshold threshold = inference::Threshold::show;
};

/// \throws Error(usage) for what only a package has, and is given with a service, or the other way.
std::unique_ptr<Predictor> open_predictor(const PredictorOptions& options);

} // namespace mlopsctl::commands
