// SPDX-License-Identifier: Apache-2.0
#include "bench/evaluation.hpp"

namespace mlopsctl::bench {
namespace {

template <class Row>
std::vector<std::vector<std::int32_t>> by_class(std::span<const Row> rows, std::int32_t count) {
  std::vector<std::int32_t> sizes(static_cast<std::size_t>(count));
  for (const auto& row : rows)
    ++sizes[static_cast<std::size_t>(row.label)];
  std::vector<std::vector<std::int32_t>> groups(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < groups.size(); ++i)
    groups[i].reserve(static_cast<std::size_t>(sizes[i]));
  for (std::size_t i = 0; i < rows.size(); ++i)
    groups[static_cast<std::size_t>(rows[i].label)].push_back(static_cast<std::int32_t>(i));
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
  return by_class(evaluation.detections, evaluation.class_count);
}

std::vector<std::vector<std::int32_t>> truths_by_class(const Evaluation& evaluation) {
  return by_class(evaluation.truths, evaluation.class_count);
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
