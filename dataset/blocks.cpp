// SPDX-License-Identifier: Apache-2.0
#include "dataset/blocks.hpp"

#include "core/interrupt.hpp"

namespace mlopsctl::dataset {

bool SampleReaderInBlocks::next(Sample& sample) {
  while (position_ >= current_.size()) {
    auto block = cut();
    if (!block)
      return false;
    check_interrupt();
    parse(*block);
    settle(*block);
    current_ = std::move(block->samples);
    position_ = 0;
  }
  sample = std::move(current_[position_++]);
  return true;
}

void SampleReaderInBlocks::forget_samples() {
  current_.clear();
  position_ = 0;
}

void SampleWriterInBlocks::write(const Sample& sample) {
  one_.assign(1, sample);
  const auto piece = reserve(one_);
  format(one_, *piece);
  append(*piece);
}

} // namespace mlopsctl::dataset
