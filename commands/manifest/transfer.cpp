// SPDX-License-Identifier: Apache-2.0
#include "commands/manifest/transfer.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <ostream>

namespace mlopsctl::commands {
namespace {

const formats::LabelFormat& output_format(const std::string& output, const std::string& to,
                                          const formats::LabelFormat& from) {
  const bool has_its_name =
      std::any_of(from.extensions.begin(), from.extensions.end(),
                  [&](std::string_view extension) { return lower(output).ends_with(extension); });
  if (!to.empty() || (!from.create && !has_its_name))
    return formats::format_for_output(output, to);
  if (has_its_name && from.create)
    return from;
  try {
    return formats::format_for_output(output, to);
  } catch (const Error&) { // its name says nothing
    return from;
  }
}

} // namespace

Transfer open_transfer(const LabelOptions& labels, const std::string& input,
                       const std::string& output, const std::string& to, const Context& ctx,
                       const ClassOrder& class_order, const WriteTuning& tune) {
  Transfer transfer;
  auto opened = formats::open_label_input(input);
  transfer.from =
      labels.from.empty() ? &formats::recognise(opened) : &formats::label_format(labels.from);
  transfer.to = &output_format(output, to, *transfer.from);
  // from frames of videos to frames of videos nobody asks for the size
  const bool needs_size = transfer.to->holds.image_size || transfer.to != transfer.from;
  auto read = read_options(labels, input, needs_size);
  read.wants_other_members = transfer.to->holds.unknown_fields;
  read.wants_label_metadata = labels.asks_label_metadata || transfer.to->holds.label_metadata;
  read.jobs = ctx.jobs();
  transfer.reader = formats::open_labels(std::move(opened), read);
  formats::WriteOptions write;
  if (class_order && transfer.to->holds.class_ids) {
    write.format = transfer.to->name;
    write.existing = ctx.existing();
    write.jobs = ctx.jobs();
    write.voc_base = labels.voc_base;
    write.classes = class_order(*transfer.reader);
  } else {
    write = write_options(labels, ctx, *transfer.from, *transfer.to, *transfer.reader);
  }
  if (transfer.to == transfer.from)
    write.document = transfer.reader->document();
  if (tune)
    tune(write, *transfer.reader);
  transfer.writer = formats::create_labels(output, write);
  // Formats that keep whole references. Label Studio gives them back as they were, wherever its
  // export ends up; the manifest of videos lies inside the folder that is written.
  if (transfer.to->name == "ground_truth_video")
    transfer.rebase = rebasing(input, output + "/.");
  else if (transfer.to->holds.unknown_fields && !transfer.to->extensions.empty() &&
           transfer.to->name != "label_studio")
    transfer.rebase = rebasing(input, output);
  return transfer;
}

void add_output_format_option(Args& args, std::string& to) {
  args.value("--to", to, "Format of the output (default: by its name, else that of the input)")
      .metavar("FMT")
      .default_text("");
}

Outcome copy_all(const Transfer& transfer, const Context& ctx,
                 const std::function<bool(dataset::Sample&)>& change) {
  const auto progress = ctx.progress(ctx.command, 0, "images");
  dataset::CopyOptions copy = copy_options(ctx, *progress);
  if (change || transfer.rebase)
    copy.transform = [&](dataset::Sample& sample) {
      if (change && !change(sample))
        return false;
      if (transfer.rebase)
        transfer.rebase(sample);
      return true;
    };
  Outcome outcome;
  outcome.images_read =
      dataset::copy_samples(*transfer.reader, *transfer.writer, copy) + transfer.reader->left_out();
  outcome.problems = transfer.reader->problems();
  return outcome;
}

bool finish_transfer(const Transfer& transfer, const Context& ctx, const LabelOptions& labels,
                     Outcome& outcome) {
  if (!may_write(ctx, labels, outcome.problems))
    return false;
  outcome.written = transfer.writer->finish();
  return true;
}

dataset::CopyOptions copy_options(const Context& ctx, Progress& progress) {
  dataset::CopyOptions copy;
  copy.jobs = ctx.jobs();
  copy.advance = [&progress](std::int64_t count) { progress.advance(count); };
  return copy;
}

dataset::Losses all_losses(const Transfer& transfer) {
  dataset::Losses losses = transfer.reader->losses();
  const auto& written = transfer.writer->losses();
  losses.insert(losses.end(), written.begin(), written.end());
  const auto& members = transfer.reader->document();
  if (transfer.to != transfer.from && !members.empty())
    losses.push_back({"members of the whole document", static_cast<std::int64_t>(members.size()),
                      members.front().first});
  return losses;
}

void print_losses(const Context& ctx, const dataset::Losses& losses) {
  if (ctx.options.quiet)
    return;
  for (const auto& loss : losses)
    ctx.err << "not in the output: " << printable(loss.field) << ": " << loss.count
            << " (first: " << printable(loss.first) << ")\n";
}

} // namespace mlopsctl::commands
