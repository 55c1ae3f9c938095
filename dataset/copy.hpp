// SPDX-License-Identifier: Apache-2.0
// Moves samples from a reader to a writer, on several threads where both can work in pieces. The
// output is the same for any number of threads.
#pragma once

#include "dataset/stream.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mlopsctl::dataset {

struct CopyOptions {
  int jobs = 1;
  /// Applied to every sample before it is written; called from any thread. False leaves it out.
  std::function<bool(Sample&)> transform;
  /// Called in order, now and then, with the images that went through since the last call.
  std::function<void(std::int64_t)> advance;
};

/// \return images read. The writer is not finished: the caller looks at reader.problems() first.
/// \throws Interrupted, and whatever the two throw.
std::int64_t copy_samples(SampleReader& reader, SampleWriter& writer, const CopyOptions& options);

/// Class names in the order of the source. \param reader nothing was read from it yet; if it names
/// classes along the way it is read once and set back to the first sample.
std::vector<std::string> read_classes(SampleReader& reader);

} // namespace mlopsctl::dataset
