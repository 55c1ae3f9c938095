// SPDX-License-Identifier: Apache-2.0
// Average precision over a set as large as COCO's validation set: 5,000 images, 80 classes, 37,000
// objects, 500,000 detections.
#include "bench/metrics/coco.hpp"
#include "bench/metrics/voc.hpp"

#include <benchmark/benchmark.h>
#include <random>

namespace {

using namespace mlopsctl; // NOLINT(google-build-using-namespace): a main file

struct LargeSet {
  std::vector<bench::TruthBox> truths;
  std::vector<bench::ScoredBox> detections;

  LargeSet() {
    std::mt19937 random(1);
    const auto below = [&](std::uint32_t n) { return static_cast<std::int32_t>(random() % n); };
    const auto pixels = [&](std::uint32_t n) { return static_cast<double>(below(n * 8)) / 8; };
    for (int i = 0; i < 37'000; ++i) {
      const dataset::Box box{pixels(400), pixels(300), 8 + pixels(200), 8 + pixels(150)};
      truths.push_back({below(5'000), below(80), box, box.area(), below(100) == 0, false});
    }
    for (int i = 0; i < 500'000; ++i) {
      const auto& truth = truths[static_cast<std::size_t>(below(37'000))];
      dataset::Box box = truth.box;
      box.left += pixels(30) - 15;
      box.width *= 0.8 + pixels(1) * 0.4;
      const bool is_stray = below(4) != 0;
      detections.push_back({is_stray ? below(5'000) : truth.image, truth.label,
                            static_cast<double>(below(1'000)) / 1'000, box});
    }
  }

  bench::Evaluation view() const { return {5'000, 80, truths, detections}; }
};

const LargeSet& large_set() {
  static const LargeSet set;
  return set;
}

void coco(benchmark::State& state) {
  const auto evaluation = large_set().view();
  for (auto _ : state)
    benchmark::DoNotOptimize(bench::coco_metrics(evaluation, static_cast<int>(state.range(0))));
}
BENCHMARK(coco)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

void voc(benchmark::State& state) {
  const auto evaluation = large_set().view();
  for (auto _ : state)
    benchmark::DoNotOptimize(bench::voc_metrics(evaluation, bench::VocCurve::all_points, 0.5));
}
BENCHMARK(voc)->Unit(benchmark::kMillisecond);

} // namespace
