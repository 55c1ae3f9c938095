// SPDX-License-Identifier: Apache-2.0
#include "dataset/stream.hpp"

namespace mlopsctl::dataset {

const Losses& SampleReader::losses() const {
  static const Losses none;
  return none;
}

} // namespace mlopsctl::dataset
