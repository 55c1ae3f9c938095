// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/bootstrap.hpp"

#include "core/interrupt.hpp"
#include "core/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace mlopsctl::bench {
namespace {

/// SplitMix64 (Steele et al. 2014): small, and the same on every machine.
class Random {
public:
  explicit Random(std::uint64_t state) : state_(state) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  /// 0 .. count - 1, from the upper 32 bits.
  std::size_t below(std::uint32_t count) {
    return static_cast<std::size_t>((next() >> 32U) * count >> 32U);
  }

private:
  std::uint64_t state_;
};

Interval interval_of(std::vector<double> values) {
  Interval interval;
  interval.count = static_cast<std::int64_t>(values.size());
  if (values.empty())
    return interval;
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) { // nearest rank
    const double rank = std::ceil(share * static_cast<double>(values.size()));
    return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  };
  interval.low = at(0.025);
  interval.high = at(0.975);
  return interval;
}

} // namespace

std::vector<std::int32_t> bootstrap_weights(std::int32_t images, std::uint64_t seed,
                                            std::uint64_t number) {
  Random mixed(seed); // neighbouring seeds and numbers must not give overlapping series
  Random random(mixed.next() ^ Random(number).next());
  std::vector<std::int32_t> weights(static_cast<std::size_t>(images));
  for (std::int32_t i = 0; i < images; ++i)
    ++weights[random.below(static_cast<std::uint32_t>(images))];
  return weights;
}

std::vector<Interval> bootstrap_intervals(std::int32_t images, int samples, std::uint64_t seed,
                                          int jobs, const Statistics& statistics) {
  std::vector<std::vector<double>> values;
  int next = 0;
  ordered_parallel<int, std::vector<Metric>>(
      jobs,
      [&]() -> std::optional<int> { return next < samples ? std::optional(next++) : std::nullopt; },
      [&](int&& number) {
        check_interrupt();
        return statistics(bootstrap_weights(images, seed, static_cast<std::uint64_t>(number)));
      },
      [&](std::vector<Metric>&& sample) {
        values.resize(sample.size());
        for (std::size_t i = 0; i < sample.size(); ++i)
          if (sample[i])
            values[i].push_back(*sample[i]);
      });
  std::vector<Interval> intervals;
  for (auto& of_one : values)
    intervals.push_back(interval_of(std::move(of_one)));
  return intervals;
}

} // namespace mlopsctl::bench
