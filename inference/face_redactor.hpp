// SPDX-License-Identifier: Apache-2.0
// FaceRedactor: makes the faces in a picture unrecognisable, by a detection model.
#pragma once

#include "imaging/image.hpp"
#include "inference/model.hpp"
#include "package/model_package.hpp"

#include <memory>
#include <string>

namespace mlopsctl::inference {

/// A face too many is a blurred patch; a face too few is somebody's face. So what scores half of
/// model.yaml's score_threshold is a face already, and a picture much larger than the model's input
/// is looked at as a whole and in parts that overlap.
class FaceRedactor {
public:
  /// \throws Error(usage) if the model does not detect, or none of its labels is a face ("face",
  /// "person-face"); Error as Model::load().
  FaceRedactor(package::ModelPackage package, const std::string& engine);

  /// May be called from several threads; each has a model of its own. \return faces found; one that
  /// was seen twice counts once. \throws Error(input) as Model::run(); the picture is not to be
  /// used then.
  int operator()(imaging::Image& image) const;
  /// What decides which faces are found: the package's digest and its --set values.
  const std::string& identity() const;

private:
  struct State;
  std::shared_ptr<State> state_;
};

} // namespace mlopsctl::inference
