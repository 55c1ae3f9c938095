// SPDX-License-Identifier: Apache-2.0
// A model in this process as the system under test.
#pragma once

#include "bench/system.hpp"

namespace mlopsctl::bench {

/// A picture's file, decoded and of the size that the truth says.
struct Decoded {
  imaging::Image image;
  double decode_ms = 0;
};
/// \throws Error(input) for a picture that cannot be read.
Decoded decode(const RunImage& wanted);

/// \param package must outlive it. \param engine empty: the best that is here.
std::unique_ptr<SystemUnderTest> local_system(const package::ModelPackage& package,
                                              const std::string& engine);

} // namespace mlopsctl::bench
