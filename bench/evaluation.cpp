// SPDX-License-Identifier: Apache-2.0
#include "bench/evaluation.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace mlopsctl::bench {
namespace {

struct Place {
  std::int32_t image = 0;
  std::int32_t label = 0;
};

/// Positions of \p keys, stably by a number from 0 to count - 1. \param order where they are now.
template <class Key>
std::vector<std::int32_t> counting_sort(const std::vector<std::int32_t>& order, std::int32_t count,
                                        const Key& key) {
  std::vector<std::size_t> next(static_cast<std::size_t>(count) + 1);
  for (const auto row : order)
    ++next[static_cast<std::size_t>(key(row)) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<std::int32_t> out(order.size());
  for (const auto row : order)
    out[next[static_cast<std::size_t>(key(row))]++] = row;
  return out;
}

template <class Row>
std::vector<std::vector<std::int32_t>> by_class(std::span<const Row> rows, std::int32_t images,
                                                std::int32_t count) {
  std::vector<Place> places; // half a million rows are read in any order: small ones stay near
  places.reserve(rows.size());
  for (const auto& row : rows)
    places.push_back({row.image, row.label});
  std::vector<std::int32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  const auto at = [&](std::int32_t row) { return places[static_cast<std::size_t>(row)]; };
  const auto is_earlier = [](const Place& a, const Place& b) { return a.image < b.image; };
  if (!std::is_sorted(places.begin(), places.end(), is_earlier))
    order = counting_sort(order, images, [&](std::int32_t row) { return at(row).image; });
  std::vector<std::size_t> sizes(static_cast<std::size_t>(count));
  for (const auto& place : places)
    ++sizes[static_cast<std::size_t>(place.label)];
  std::vector<std::vector<std::int32_t>> groups(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < groups.size(); ++i)
    groups[i].reserve(sizes[i]);
  for (const auto row : order)
    groups[static_cast<std::size_t>(at(row).label)].push_back(row);
  return groups;
}

} // namespace

std::vector<double> linspace(double start, double stop, int count) {
  std::vector<double> values(static_cast<std::size_t>(count), start);
  if (count < 2)
    return values;
  const double step = (stop - start) / (count - 1);
  for (int i = 0; i < count; ++i)
    values[static_cast<std::size_t>(i)] = i * step + start;
  values.back() = stop;
  return values;
}

std::vector<std::vector<std::int32_t>> detections_by_class(const Evaluation& evaluation) {
  return by_class(evaluation.detections, evaluation.image_count, evaluation.class_count);
}

std::vector<std::vector<std::int32_t>> truths_by_class(const Evaluation& evaluation) {
  return by_class(evaluation.truths, evaluation.image_count, evaluation.class_count);
}

Metric mean_of_defined(const std::vector<Metric>& values) {
  double sum = 0;
  int count = 0;
  for (const auto& value : values) {
    if (!value)
      continue;
    sum += *value;
    ++count;
  }
  if (count == 0)
    return std::nullopt;
  return sum / count;
}

} // namespace mlopsctl::bench
