// SPDX-License-Identifier: Apache-2.0
// Data sets that go through a command: opened at one end, written at the other, losses reported.
#pragma once

#include "commands/manifest/labels_io.hpp"
#include "dataset/copy.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mlopsctl::commands {

struct Transfer {
  const formats::LabelFormat* from = nullptr;
  const formats::LabelFormat* to = nullptr;
  std::unique_ptr<dataset::SampleReader> reader;
  std::unique_ptr<dataset::SampleWriter> writer;
  std::function<void(dataset::Sample&)>
      rebase; ///< references as seen from the output; may be empty
};

/// Decides the order of the class ids; may read all samples, and rewinds then.
using ClassOrder = std::function<std::vector<std::string>(dataset::SampleReader&)>;

/// What a command adds to the options of its writer; may read all samples, and rewinds then.
using WriteTuning = std::function<void(formats::WriteOptions&, dataset::SampleReader&)>;

/// \param to name of the output's format; empty: by the name of the output, else that of the input.
/// \param class_order empty: ids as write_options() says.
Transfer open_transfer(const LabelOptions& labels, const std::string& input,
                       const std::string& output, const std::string& to, const Context& ctx,
                       const ClassOrder& class_order = {}, const WriteTuning& tune = {});

/// --to
void add_output_format_option(Args& args, std::string& to);

/// Reads every sample and writes those for which \p change, called from any thread, is true (empty:
/// all), with the references that the output needs. \return what was read; nothing is finished yet.
Outcome copy_all(const Transfer& transfer, const Context& ctx,
                 const std::function<bool(dataset::Sample&)>& change = {});
/// Makes the output visible unless bad records forbid it. \return whether it did.
bool finish_transfer(const Transfer& transfer, const Context& ctx, const LabelOptions& labels,
                     Outcome& outcome);

/// Jobs and progress; the transform is the command's.
dataset::CopyOptions copy_options(const Context& ctx, Progress& progress);

/// What the reader could not take up and what the writer cannot hold, as one list.
dataset::Losses all_losses(const Transfer& transfer);
/// "not in the output: ..." on stderr, unless --quiet.
void print_losses(const Context& ctx, const dataset::Losses& losses);

} // namespace mlopsctl::commands
