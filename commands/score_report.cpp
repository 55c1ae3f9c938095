// SPDX-License-Identifier: Apache-2.0
#include "commands/score_report.hpp"

#include "core/interrupt.hpp"
#include "formats/labels/image_files.hpp"
#include "imaging/codecs.hpp"
#include "report/score_page.hpp"
#include "report/thumbnail.hpp"

#include <filesystem>

namespace mlopsctl::commands {
namespace {

constexpr std::size_t k_worst_images = 12;
constexpr int k_side_px = 480;
constexpr int k_quality = 80;

} // namespace

void write_score_page(const std::string& path, const TruthOptions& truth_options,
                      const bench::Truth& truth, const bench::Predictions& predictions,
                      const bench::Score& score, double score_threshold, const Context& ctx) {
  const formats::ImageFinder finder(truth_options.images, truth_options.path);
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
  write_file(path, report::score_page(truth, predictions, score, page), ctx.existing());
}

} // namespace mlopsctl::commands
