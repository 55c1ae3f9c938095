// SPDX-License-Identifier: Apache-2.0
// The truth of `bench run`, `bench score` and `bench compare`: options and reading.
#pragma once

#include "bench/runner.hpp"
#include "bench/truth.hpp"
#include "commands/command.hpp"

#include <optional>
#include <string>

namespace mlopsctl::commands {

struct TruthOptions {
  std::string path;
  std::string from;            ///< format; empty: by content
  std::string label_attribute; ///< Ground Truth
  std::string images;          ///< folder that references are looked for in
  int voc_base = 0;
};

/// \param name "--data" or "--truth".
void add_truth_options(
    Args& args, TruthOptions& options, std::string_view name, bool is_required = true,
    const std::string& help = "Data set with the right answers, in any label format");

/// Sizes of images that the labels do not say are taken from the image files, where they are found.
/// \throws Error; what is wrong with records is listed on stderr first.
bench::Truth open_truth(const TruthOptions& options, const Context& ctx);

/// The files of its images, in its order. \throws Error(input) after listing every image that is
/// not there.
std::vector<bench::RunImage> find_images(const TruthOptions& options, const bench::Truth& truth,
                                         const Context& ctx);

/// Images and nothing else, if \p path is a folder of pictures without labels.
std::optional<bench::Truth> pictures_without_truth(const TruthOptions& options);

} // namespace mlopsctl::commands
