// SPDX-License-Identifier: Apache-2.0
// manifest split: train, validation and test manifests that share no clip, and no picture that
// looks the same.
#include "dataset/split.hpp"

#include "commands/command.hpp"
#include "commands/manifest/dataset_report.hpp"
#include "commands/manifest/kept_images.hpp"
#include "commands/manifest/labels_io.hpp"
#include "commands/manifest/picture_scan.hpp"
#include "commands/manifest/transfer.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "dataset/copy.hpp"
#include "dataset/groups.hpp"
#include "dataset/near_duplicates.hpp"
#include "dataset/nested_sets.hpp"
#include "dataset/refs.hpp"
#include "dataset/route.hpp"
#include "formats/labels/format.hpp"

#include <algorithm>
#include <map>
#include <ostream>

namespace mlopsctl::commands {
namespace {

using dataset::Split;

struct Options {
  std::string input;
  std::string output;
  std::string ratio = "train=0.8,validation=0.1,test=0.1";
  std::string group_by = "source";
  std::string keep;
  std::vector<std::string> sizes;
  std::string sizes_of;
  int distance = dataset::k_default_distance;
  bool stratify = false;
  LabelOptions labels;
};

/// What the command line means, checked before anything is read.
struct Plan {
  dataset::Ratios ratios;
  std::vector<std::int64_t> sizes;
  Split sizes_of = Split::none;
};

Plan parse(const Options& o) {
  Plan plan{dataset::parse_ratios(o.ratio), {}, Split::none};
  for (const auto& text : o.sizes) {
    const auto size = parse_int(text);
    if (!size || *size < 1)
      throw Error(Fault::usage, "--sizes: '" + printable(text) + "' is not a number of images");
    if (!plan.sizes.empty() && *size <= plan.sizes.back())
      throw Error(Fault::usage, "--sizes: " + text + " does not follow " +
                                    std::to_string(plan.sizes.back()) + " upwards");
    plan.sizes.push_back(*size);
  }
  const auto has = [&](Split split) {
    return std::any_of(plan.ratios.begin(), plan.ratios.end(),
                       [&](const auto& ratio) { return ratio.first == split; });
  };
  plan.sizes_of = has(Split::test) ? Split::test : plan.ratios.back().first;
  if (!o.sizes_of.empty())
    plan.sizes_of = *dataset::split_from_name(o.sizes_of);
  if (!o.sizes_of.empty() && o.sizes.empty())
    throw Error(Fault::usage, "--sizes-of: there are no --sizes");
  if (!has(plan.sizes_of))
    throw Error(Fault::usage, "--sizes-of: --ratio names no " + o.sizes_of);
  check_distance(o.distance);
  check_label_options(o.labels);
  return plan;
}

/// What the first reading leaves: one entry a sample, in order.
struct Survey {
  std::vector<Split> kept;
  std::vector<std::uint64_t> order; ///< for --sizes
  std::vector<dataset::Fingerprint> fingerprints;
  Problems problems;
  std::int64_t clusters = 0; ///< of two or more pictures
  std::int64_t in_clusters = 0;
};

void count_clusters(Survey& survey, const std::vector<std::uint32_t>& clusters) {
  std::map<std::uint32_t, std::int64_t> sizes;
  for (const auto cluster : clusters)
    ++sizes[cluster];
  for (const auto& [cluster, size] : sizes)
    if (size > 1) {
      ++survey.clusters;
      survey.in_clusters += size;
    }
}

/// In order, on this thread; several read.
void read_each(const Context& ctx, dataset::SampleReader& reader,
               const std::function<void(const dataset::Sample&)>& take) {
  const auto progress = ctx.progress("split", 0, "images");
  dataset::EachSample each(take);
  dataset::copy_samples(reader, each, copy_options(ctx, *progress));
}

Survey survey_of(const Options& o, const Context& ctx, dataset::SampleReader& reader,
                 dataset::Grouping& grouping, KeptImages& kept) {
  Survey survey;
  const auto take = [&](const dataset::Sample& sample) {
    grouping.add(sample);
    survey.kept.push_back(kept.split_of(sample.ref));
    if (!o.sizes.empty())
      survey.order.push_back(dataset::shuffled(ctx.options.seed, sample.ref));
  };
  std::vector<std::uint32_t> clusters;
  if (grouping.needs_pictures()) {
    const auto finder = image_finder(o.labels, o.input);
    dataset::Sample sample;
    const auto next = [&]() -> std::optional<PictureJob> {
      if (!reader.next(sample))
        return std::nullopt;
      take(sample);
      return PictureJob{finder.find(sample.ref), sample.ref, sample.place};
    };
    scan_pictures(ctx, {}, next, [&](PictureFacts&& facts) {
      survey.fingerprints.push_back(facts.look.fingerprint);
      if (facts.problem)
        survey.problems.push_back(std::move(*facts.problem));
    });
    clusters = dataset::near_clusters(survey.fingerprints, o.distance, ctx.jobs());
    count_clusters(survey, clusters);
  } else {
    read_each(ctx, reader, take);
  }
  survey.problems.insert(survey.problems.begin(), reader.problems().begin(),
                         reader.problems().end());
  survey.problems.insert(survey.problems.end(), kept.problems().begin(), kept.problems().end());
  grouping.finish(clusters);
  return survey;
}

void refuse_changes(const Options& o, const Survey& survey, std::size_t read) {
  if (read != survey.kept.size())
    throw Error(Fault::input, o.input + ": changed while it was read", "run the command again");
}

/// Counts every group; the samples themselves are needed for --stratify only.
void fill(dataset::SplitPlan& plan, const Options& o, const Context& ctx, const Survey& survey,
          dataset::Grouping& grouping, dataset::SampleReader& reader) {
  std::size_t i = 0;
  const auto add = [&](const dataset::Sample& sample) {
    if (i < survey.kept.size())
      plan.add(grouping.name_of(i), sample, survey.kept[i]);
    ++i;
  };
  if (o.stratify) {
    reader.rewind();
    read_each(ctx, reader, add);
    refuse_changes(o, survey, i);
  } else {
    while (i < survey.kept.size())
      add({});
  }
  plan.assign();
}

void warn_if_lopsided(const Options& o, const dataset::SplitPlan& plan, std::size_t parts) {
  const auto [largest, all] = plan.largest_group();
  if (plan.group_count() < parts)
    log::warn("only " + counted(static_cast<std::int64_t>(plan.group_count()), "group") + " for " +
              std::to_string(parts) +
              " splits: some stay empty; group by something finer, such as --group-by time:10s");
  else if (2 * largest > all && plan.group_count() > 1)
    log::warn("one group holds " + std::to_string(largest) + " of " + std::to_string(all) +
              " images, so the shares cannot be kept; see --group-by" +
              (o.group_by.find("near-duplicate") == std::string::npos ? "" : " and --distance"));
}

/// One file of the output.
struct Part {
  std::string name;
  std::unique_ptr<dataset::SampleWriter> writer;
  dataset::Written written{};
};

Part create_part(FolderSink& folder, const std::string& name,
                 const std::vector<std::string>& classes) {
  return {name, formats::create_manifest(folder.create(name + ".manifest"),
                                         {.format = "ground_truth",
                                          .existing = Existing::refuse,
                                          .label_attribute = "",
                                          .voc_base = 0,
                                          .classes = classes,
                                          .keep_source_ids = false})}; // the same ids in every part
}

/// The whole output: splits, and sets of the one that --sizes takes.
struct Output {
  std::map<Split, Part> splits;
  std::vector<Part> sets;
  dataset::NestedSets nested;
  DividedGroups divided;
};

Output create_output(const Plan& plan, const Context& ctx, FolderSink& folder,
                     const std::vector<std::string>& classes) {
  Output output{{}, {}, {plan.sizes, ctx.options.seed}, {}};
  for (const auto& [split, ratio] : plan.ratios)
    output.splits[split] = create_part(folder, std::string(dataset::split_name(split)), classes);
  for (const auto size : plan.sizes)
    output.sets.push_back(create_part(
        folder, std::string(dataset::split_name(plan.sizes_of)) + "-" + std::to_string(size),
        classes));
  return output;
}

void write(const Options& o, const Context& ctx, const Survey& survey,
           const dataset::SplitPlan& plan, Split sizes_of, dataset::Grouping& grouping,
           dataset::SampleReader& reader, Output& output) {
  const auto split_of = [&](std::size_t i) {
    return survey.kept[i] != Split::none ? survey.kept[i] : plan.of(grouping.name_of(i));
  };
  if (!output.sets.empty()) {
    for (std::size_t i = 0; i < survey.kept.size(); ++i)
      if (split_of(i) == sizes_of)
        output.nested.add(i, survey.order[i], grouping.name_of(i));
    output.nested.choose(std::string(dataset::split_name(sizes_of)));
  }
  std::vector<dataset::SampleWriter*> writers;
  std::map<Split, std::size_t> place; // of a split's writer
  for (const auto& [split, part] : output.splits) {
    place[split] = writers.size();
    writers.push_back(part.writer.get());
  }
  const std::size_t first_set = writers.size();
  for (const auto& part : output.sets)
    writers.push_back(part.writer.get());
  std::size_t i = 0;
  dataset::RoutingWriter routing(
      writers, [&](dataset::Sample& sample, std::vector<std::size_t>& targets) {
        const std::size_t at = i++;
        if (at >= survey.kept.size())
          return;
        sample.split = split_of(at);
        if (survey.kept[at] != Split::none)
          output.divided.add(grouping.name_of(at), sample);
        targets.push_back(place.at(sample.split));
        if (sample.split == sizes_of)
          for (auto set = output.nested.first_set_of(at); set < output.sets.size(); ++set)
            targets.push_back(first_set + set);
      });
  const std::string from = folder_of(o.input);
  const auto progress = ctx.progress("split", 0, "images");
  dataset::CopyOptions options = copy_options(ctx, *progress);
  options.transform = [&](dataset::Sample& sample) {
    sample.ref = dataset::rebase_ref(sample.ref, from, o.output);
    return true;
  };
  reader.rewind();
  dataset::copy_samples(reader, routing, options);
  refuse_changes(o, survey, i);
  for (auto& [split, part] : output.splits)
    part.written = part.writer->finish();
  for (auto& part : output.sets)
    part.written = part.writer->finish();
}

/// Of all parts as one list.
dataset::Losses losses_of(const dataset::SampleReader& reader, const Output& output) {
  dataset::Losses sum = reader.losses();
  const std::size_t read = sum.size();
  for (const auto& [split, part] : output.splits)
    for (const auto& loss : part.writer->losses()) {
      const auto known =
          std::find_if(sum.begin() + static_cast<std::ptrdiff_t>(read), sum.end(),
                       [&](const dataset::Loss& entry) { return entry.field == loss.field; });
      if (known == sum.end())
        sum.push_back(loss);
      else
        known->count += loss.count;
    }
  return sum;
}

Value count_value(const dataset::Written& written) {
  Value entry = Value::object();
  entry["images"] = written.images;
  entry["annotations"] = written.annotations;
  return entry;
}

void report(const Options& o, const Context& ctx, const Output& output, std::size_t groups,
            const Survey& survey, const KeptImages& kept, const Problems& problems) {
  dataset::Written all;
  Value splits = Value::object(), sets = Value::object();
  Table table{{"split", "images", "objects"}, {}};
  const auto row = [&](const Part& part) {
    table.rows.push_back(
        {part.name, std::to_string(part.written.images), std::to_string(part.written.annotations)});
  };
  for (const auto& [split, part] : output.splits) {
    all.images += part.written.images;
    all.annotations += part.written.annotations;
    splits[part.name] = count_value(part.written);
    row(part);
  }
  for (const auto& part : output.sets) {
    sets[part.name] = count_value(part.written);
    row(part);
  }
  if (ctx.options.json) {
    Value document = dataset_document("split", all.images, all, problems);
    document["groups"] = static_cast<std::int64_t>(groups);
    document["splits"] = std::move(splits);
    if (!output.sets.empty())
      document["sets"] = std::move(sets);
    if (!survey.fingerprints.empty()) {
      Value& near = document["near_duplicates"];
      near["distance"] = o.distance;
      near["clusters"] = survey.clusters;
      near["images"] = survey.in_clusters;
    }
    if (!o.keep.empty()) {
      document["images_kept"] = kept.found();
      document["images_gone"] = kept.gone();
    }
    ctx.print(document);
    return;
  }
  ctx.say(o.output + ": " + counted(all.images, "image") + " in " +
          counted(static_cast<std::int64_t>(groups), "group"));
  if (!survey.fingerprints.empty())
    ctx.say(counted(survey.in_clusters, "near-duplicate") + " in " +
            counted(survey.clusters, "cluster"));
  if (!o.keep.empty())
    ctx.say(counted(kept.found(), "image") + " stayed where " +
            (kept.found() == 1 ? "it was, " : "they were, ") +
            std::to_string(all.images - kept.found()) + " new, " + std::to_string(kept.gone()) +
            " no longer there");
  if (!ctx.options.quiet)
    ctx.print(table);
}

int run(const Options& o, Context& ctx) {
  const Plan parsed = parse(o);
  dataset::Grouping grouping(o.group_by);
  KeptImages kept(o.keep, o.input, parsed.ratios);
  const auto folder = create_folder(o.output, ctx.existing());
  const auto reader = formats::open_labels(o.input, read_options(o.labels, o.input, false));
  const Survey survey = survey_of(o, ctx, *reader, grouping, kept);
  Problems problems = survey.problems;
  refuse_unread_pictures(ctx, problems,
                         "name their folder with --images, or take them out of the data set with "
                         "'manifest filter --drop-list'");
  refuse_bad_records(ctx, problems);
  if (survey.kept.empty())
    throw Error(Fault::input, o.input + ": has no images to split");
  dataset::SplitPlan plan({parsed.ratios, o.stratify, ctx.options.seed});
  fill(plan, o, ctx, survey, grouping, *reader);
  warn_if_lopsided(o, plan, parsed.ratios.size());

  Output output = create_output(parsed, ctx, *folder, reader->classes().names());
  write(o, ctx, survey, plan, parsed.sizes_of, grouping, *reader, output);
  folder->finish();
  const Problems divided = output.divided.problems();
  print_problems(ctx, divided);
  problems.insert(problems.end(), divided.begin(), divided.end());
  print_losses(ctx, losses_of(*reader, output));
  report(o, ctx, output, plan.group_count(), survey, kept, problems);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "Data set to split, in any label format").required();
  args.output(o->output, "Folder for train.manifest, validation.manifest and test.manifest")
      .required();
  args.value("--ratio", o->ratio, "Share of images for each split").metavar("NAME=R,...");
  args.value("--group-by", o->group_by,
             "What must stay together: source, time:10s, field:NAME, regex:RE, near-duplicate, or "
             "several with commas")
      .metavar("RULE");
  add_distance_option(args, o->distance);
  args.flag("--stratify", o->stratify, "Keep each class's share near the ratios too");
  args.value(
          "--keep", o->keep,
          "Folder of an earlier split: its images stay where they are, new ones join their group")
      .metavar("DIR")
      .default_text("");
  args.list("--sizes", o->sizes,
            "Also write sets of so many images, each part of the next: test-100.manifest ...")
      .metavar("N,...");
  args.value("--sizes-of", o->sizes_of, "The split that --sizes are taken from")
      .choices({"train", "validation", "test"})
      .default_text("test, else the last of --ratio");
  add_reading_options(args, o->labels);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_split;
const Command manifest_split{"manifest split", "Split a data set into train, validation and test",
                             declare};
} // namespace mlopsctl::commands
