// SPDX-License-Identifier: Apache-2.0
#include "commands/bench/score_report.hpp"

#include "commands/bench/report.hpp"
#include "core/interrupt.hpp"
#include "formats/labels/image_files.hpp"
#include "imaging/codecs.hpp"
#include "report/bench_page.hpp"
#include "report/score_page.hpp"
#include "report/thumbnail.hpp"

#include <filesystem>

namespace mlopsctl::commands {
namespace {

constexpr std::size_t k_worst_images = 12;
constexpr int k_side_px = 480;
constexpr int k_quality = 80;

/// \param finder must live as long as the page.
report::ScorePage page_of(const TruthOptions& truth_options, const formats::ImageFinder& finder,
                          const bench::Truth& truth, const bench::Predictions& predictions,
                          double score_threshold) {
  report::ScorePage page;
  page.title = std::filesystem::path(truth_options.path).lexically_normal().filename().string();
  page.score_threshold = score_threshold;
  page.worst = report::worst_images(truth, predictions, score_threshold, k_worst_images);
  page.picture = [&](std::size_t image, std::string& why) -> std::string {
    check_interrupt();
    const auto file = finder.find(truth.images[image].ref).value_or("");
    const auto picture = report::thumbnail(file, k_side_px, why);
    return picture.empty() ? "" : imaging::encode_jpeg(picture, k_quality);
  };
  return page;
}

} // namespace

void write_score_page(const std::string& path, const TruthOptions& truth_options,
                      const bench::Truth& truth, const bench::Predictions& predictions,
                      const bench::Score& score, double score_threshold, const Context& ctx) {
  const formats::ImageFinder finder(truth_options.images, truth_options.path);
  const auto page = page_of(truth_options, finder, truth, predictions, score_threshold);
  write_file(path, report::score_page(truth, predictions, score, page), ctx.existing());
}

void write_run_page(const std::string& path, const TruthOptions& truth_options,
                    const bench::Truth& truth, const bench::BenchmarkOutcome& newest,
                    const std::vector<storage::BenchmarkRow>& rows, double score_threshold,
                    const Context& ctx) {
  const formats::ImageFinder finder(truth_options.images, truth_options.path);
  std::string sections; // of classes of whole pictures there are no curves and no boxes
  if (truth.kind == bench::TruthKind::detection)
    sections = report::score_sections(
        truth, newest.predictions, newest.score,
        page_of(truth_options, finder, truth, newest.predictions, score_threshold));
  write_file(path, report::bench_page(row_title(newest.row), rows, {}, sections), ctx.existing());
}

} // namespace mlopsctl::commands
