// SPDX-License-Identifier: Apache-2.0
// The sample stream: readers pull, writers push. Formats implement both; operations on streams use
// nothing else.
#pragma once

#include "core/error.hpp"
#include "dataset/sample.hpp"

#include <cstdint>
#include <memory>

namespace mlopsctl::dataset {

/// Pulls samples. Bad records do not stop it: they are left out and listed in problems().
class SampleReader {
public:
  virtual ~SampleReader() = default;
  /// \param sample overwritten; its buffers are reused. \return false at the end.
  virtual bool next(Sample& sample) = 0;
  /// Back to the first sample; problems() starts again too.
  virtual void rewind() = 0;
  /// Class names in the order of the source (ids of the source where it has them, else first seen).
  /// Complete only after the last sample in formats that name classes along the way.
  virtual const ClassMap& classes() const = 0;
  virtual const Problems& problems() const = 0;
};

/// Counts for the report of a command.
struct Written {
  std::int64_t images = 0;
  std::int64_t annotations = 0;
};

/// Pushes samples. Nothing is visible before finish().
class SampleWriter {
public:
  virtual ~SampleWriter() = default;
  virtual void write(const Sample& sample) = 0;
  virtual Written finish() = 0;
  /// What the target could not hold and how often, such as "score: 12 values".
  virtual const Problems& losses() const = 0;
};

} // namespace mlopsctl::dataset
