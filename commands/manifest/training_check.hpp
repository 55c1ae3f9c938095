// SPDX-License-Identifier: Apache-2.0
// manifest validate --for sagemaker-object-detection: two data sets in, findings and the request of
// the training job out.
#pragma once

#include "commands/manifest/labels_io.hpp"
#include "dataset/sagemaker.hpp"

#include <string>
#include <vector>

namespace mlopsctl::commands {

struct TrainingOptions {
  std::string train; ///< IN, or train.manifest in it
  std::string validation;
  std::string output; ///< file of the request; empty: stdout
  std::string job_name = "object-detection";
  std::string image;
  std::string role;
  std::string s3_output;
  std::string s3_prefix; ///< where both manifests lie, under their own names
  std::string instance = "ml.g4dn.xlarge";
  std::vector<std::string> hyperparameters; ///< "name=value"
};

void add_training_options(Args& args, TrainingOptions& options);
/// Both channels, read and checked; every problem is in the result.
/// \param train a file, or a folder that 'manifest split' made: then \p validation is empty.
dataset::TrainingData read_training_data(const std::string& train, const std::string& validation,
                                         const LabelOptions& labels, Context& ctx);
/// \return the exit code.
int check_training(const TrainingOptions& options, const LabelOptions& labels, Context& ctx);

} // namespace mlopsctl::commands
