// SPDX-License-Identifier: Apache-2.0
// Running a model over pictures with a clock beside it.
#pragma once

#include "dataset/sample.hpp"
#include "inference/model.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::bench {

/// single_stream: one picture after the other, the engine with all its threads; what one caller
/// waits for. offline: as many pictures at once as there are threads, each with an engine of one
/// thread; what a batch job gets done.
enum class Scenario { single_stream, offline };
std::string_view scenario_name(Scenario scenario);
/// \throws Error(usage) for another word.
Scenario scenario_from_name(const std::string& name);

/// A picture to run, and what the truth says about it.
struct RunImage {
  std::string ref;
  std::string path;  ///< of the file on this machine
  std::string place; ///< for messages
  int width = 0;     ///< px; 0 if the truth does not say
  int height = 0;
};

struct RunOptions {
  Scenario scenario = Scenario::single_stream;
  std::string engine; ///< empty: the best that is here
  int threads = 0;    ///< 0: the cores of this process
  int warm_up = 3;    ///< pictures run before the clock starts; never counted
};

struct RunResult {
  std::vector<std::int64_t> latency_ns; ///< of each picture, from opening its file to its boxes
  inference::Timing mean;               ///< of the parts of one picture
  double seconds = 0;                   ///< wall time over all pictures
  std::string engine;                   ///< "opencv"
  std::string engine_version;           ///< "4.6.0"
  int threads = 0;
};

/// Called in the order of the pictures: annotations carry class names and scores.
using TakePrediction = std::function<void(const dataset::Sample& prediction)>;

/// \param images not empty. \throws Error(input) for a picture that cannot be read or whose size is
/// not the truth's; Error of Model::load.
RunResult run_images(const package::ModelPackage& package, const std::vector<RunImage>& images,
                     const RunOptions& options, const TakePrediction& take);

} // namespace mlopsctl::bench
