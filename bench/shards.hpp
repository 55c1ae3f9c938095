// SPDX-License-Identifier: Apache-2.0
// Predictions that several machines made, a slice each.
#pragma once

#include "bench/predictions.hpp"

namespace mlopsctl::bench {

/// Every slice (see dataset::Shard) has a prediction for each of its images, so one that lacks some
/// was not given, or stops early. \throws Error(input) naming the slices that are not whole.
void refuse_missing_shards(int count, const Truth& truth, const Predictions& predictions);

} // namespace mlopsctl::bench
