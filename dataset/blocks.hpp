// SPDX-License-Identifier: Apache-2.0
// Bases of readers and writers that work in pieces: they give and take single samples too.
#pragma once

#include "dataset/stream.hpp"

#include <cstddef>
#include <vector>

namespace mlopsctl::dataset {

class SampleReaderInBlocks : public SampleReader, public BlockReader {
public:
  bool next(Sample& sample) final;
  BlockReader* blocks() final { return this; }

protected:
  void forget_samples(); ///< rewind() of the heir calls it

private:
  std::vector<Sample> current_;
  std::size_t position_ = 0;
};

class SampleWriterInBlocks : public SampleWriter, public BlockWriter {
public:
  void write(const Sample& sample) final;
  BlockWriter* blocks() final { return this; }

private:
  std::vector<Sample> one_; ///< kept for its memory
};

} // namespace mlopsctl::dataset
