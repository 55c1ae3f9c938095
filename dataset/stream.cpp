// SPDX-License-Identifier: Apache-2.0
#include "dataset/stream.hpp"

namespace mlopsctl::dataset {

const Losses& SampleReader::losses() const {
  static const Losses none;
  return none;
}

const Fields& SampleReader::document() const {
  static const Fields none;
  return none;
}

} // namespace mlopsctl::dataset
