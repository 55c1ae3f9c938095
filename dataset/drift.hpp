// SPDX-License-Identifier: Apache-2.0
// How far one data set is from another: shares of classes, sizes and forms of boxes.
#pragma once

#include "dataset/stats.hpp"

#include <string>
#include <vector>

namespace mlopsctl::dataset {

struct ClassShare {
  std::string label;
  double before = 0; ///< 0..1 of the objects
  double after = 0;
};

struct DistanceTest {
  double distance = 0; ///< 0..1
  double critical = 0; ///< larger ones come by chance in 5 of 100 cases
  bool differs() const { return distance > critical; }
};

struct Drift {
  /// Population stability index over the shares of classes: below 0.1 the same, from 0.25 on
  /// another set. Half an object is added to every class, so that one that is missing does not make
  /// it infinite.
  double class_psi = 0;
  std::vector<ClassShare> shares; ///< the largest change first
  DistanceTest size;              ///< of the side of a square of the box's area, px
  DistanceTest aspect;            ///< of width / height
  DistanceTest objects;           ///< of the objects in an image
};

/// Two-sample Kolmogorov-Smirnov tests over the bins of the histograms, which can only make a
/// distance smaller. Source: Smirnov's asymptotic critical value c(0.05) = 1.358.
Drift drift_between(const Stats& before, const Stats& after);

} // namespace mlopsctl::dataset
