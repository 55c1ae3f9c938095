// SPDX-License-Identifier: Apache-2.0
// manifest scan: how sharp each picture is, and which repeat each other; a list of those to leave
// out.
#include "commands/command.hpp"
#include "commands/manifest/dataset_report.hpp"
#include "commands/manifest/labels_io.hpp"
#include "commands/manifest/picture_scan.hpp"
#include "commands/picture_inputs.hpp"
#include "commands/remote_options.hpp"
#include "core/text.hpp"
#include "dataset/junk.hpp"

#include <array>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::vector<std::string> inputs;
  std::string output;
  std::string drop_list;
  std::string images;
  std::string from;
  double blurred = 0.1;
  int distance = dataset::k_default_distance;
  int scale = 1;
};

void validate(const Options& o, const Context& ctx) {
  check_distance(o.distance);
  if (!(o.blurred >= 0 && o.blurred <= 1))
    throw Error(Fault::usage, "--blurred: " + number(o.blurred) + " is not from 0 to 1",
                "it is a part of the median, such as 0.1");
  if (o.scale != 1 && o.scale != 2 && o.scale != 4 && o.scale != 8)
    throw Error(Fault::usage, "--scale: " + std::to_string(o.scale) + " is none of 1, 2, 4, 8");
  if (!o.output.empty() && o.output == o.drop_list)
    throw Error(Fault::usage, "--drop-list: '" + o.drop_list + "' is the output, too",
                "give it another name");
  if (ctx.options.json && (o.output == "-" || o.drop_list == "-"))
    throw Error(Fault::usage, "-: with --json nothing else goes to stdout", "name a file");
  std::vector<std::string> outputs;
  for (const auto& path : {o.output, o.drop_list})
    if (path != "-")
      outputs.push_back(path);
  refuse_existing(ctx, outputs, o.inputs);
}

/// All pictures in order: what they are called, and what was seen.
struct Scan {
  std::vector<std::string> names;
  std::vector<dataset::LookedAt> looks;
  Problems problems;
};

Scan scan(const Options& o, const Context& ctx) {
  PictureInputs inputs(o.inputs, {.images_folder = o.images, .format = o.from, .shard = {}});
  Scan result;
  std::vector<std::string> groups; // read ahead of what comes out
  std::vector<std::string> names;
  std::size_t at = 0;
  scan_pictures(
      ctx, {.with_digests = false, .scale = o.scale},
      [&]() -> std::optional<PictureJob> {
        auto input = inputs.next();
        if (!input)
          return std::nullopt;
        names.push_back(input->name);
        groups.push_back(input->group);
        return PictureJob{input->path.empty() ? std::nullopt : std::optional(input->path),
                          input->name, input->place};
      },
      [&](PictureFacts&& facts) {
        if (facts.problem) {
          result.problems.push_back(std::move(*facts.problem));
        } else {
          result.names.push_back(std::move(names[at]));
          result.looks.push_back(
              {facts.look.fingerprint, facts.look.sharpness, std::move(groups[at])});
        }
        ++at;
      });
  result.problems.insert(result.problems.begin(), inputs.problems().begin(),
                         inputs.problems().end());
  return result;
}

std::string hex(std::uint64_t word) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 0; i < 16; ++i)
    text[15 - i] = k_digits[word >> (4 * i) & 15];
  return text;
}

void write_looks(const Options& o, const Context& ctx, const Scan& scan,
                 const std::vector<dataset::Judgement>& judgements) {
  const auto sink = create_sink(o.output, ctx.existing());
  for (std::size_t i = 0; i < scan.looks.size(); ++i) {
    Value line = Value::object();
    line["image"] = scan.names[i];
    line["sharpness"] = scan.looks[i].sharpness;
    line["blurred"] = judgements[i].is_blurred;
    line["across"] = hex(scan.looks[i].fingerprint.across);
    line["down"] = hex(scan.looks[i].fingerprint.down);
    line["repeats"] = judgements[i].is_repetition ? Value(scan.names[judgements[i].best]) : Value();
    sink->write(to_json(line) + "\n");
  }
  sink->finish();
}

void write_drop_list(const Options& o, const Context& ctx, const Scan& scan,
                     const std::vector<dataset::Judgement>& judgements) {
  const auto sink = create_sink(o.drop_list, ctx.existing());
  for (std::size_t i = 0; i < scan.looks.size(); ++i) {
    const auto& judged = judgements[i];
    if (judged.is_blurred)
      sink->write("# blurred: " + fixed(scan.looks[i].sharpness, 1) + ", the median is " +
                  fixed(judged.median, 1) + "\n" + printable(scan.names[i]) + "\n");
    else if (judged.is_repetition)
      sink->write("# looks like " + printable(scan.names[judged.best]) + "\n" +
                  printable(scan.names[i]) + "\n");
  }
  sink->finish();
}

void report(const Context& ctx, const Options& o, const Scan& scan,
            const std::vector<dataset::Judgement>& judgements) {
  std::int64_t blurred = 0, repetitions = 0;
  for (const auto& judged : judgements) {
    blurred += judged.is_blurred ? 1 : 0;
    repetitions += judged.is_repetition ? 1 : 0;
  }
  std::vector<double> values;
  for (const auto& look : scan.looks)
    values.push_back(look.sharpness);
  constexpr std::array<std::pair<const char*, double>, 5> k_parts{
      {{"min", 0.0}, {"p10", 0.1}, {"median", 0.5}, {"p90", 0.9}, {"max", 1.0}}};
  const auto images = static_cast<std::int64_t>(scan.looks.size());
  if (ctx.options.json) {
    Value document = dataset_document("scan", images, {}, scan.problems);
    for (const auto& [name, part] : k_parts)
      document["sharpness"][name] = dataset::quantile(values, part);
    document["scale"] = o.scale;
    document["distance"] = o.distance;
    document["blurred"] = blurred;
    document["repetitions"] = repetitions;
    ctx.print(document);
    return;
  }
  if (o.output == "-" || o.drop_list == "-")
    return;
  ctx.say(counted(images, "picture") + ": " + std::to_string(blurred) + " blurred, " +
          std::to_string(repetitions) + " that repeat a sharper one");
  Table table{{"", "min", "p10", "median", "p90", "max"}, {{"sharpness"}}};
  for (const auto& [name, part] : k_parts)
    table.rows[0].push_back(fixed(dataset::quantile(values, part), 1));
  if (!ctx.options.quiet)
    ctx.print(table);
}

int run(const Options& o, Context& ctx) {
  validate(o, ctx);
  const Scan result = scan(o, ctx);
  refuse_unread_pictures(ctx, result.problems,
                         "name their folder with --images, or leave them out");
  refuse_bad_records(ctx, result.problems);
  if (result.looks.empty())
    throw Error(Fault::input, o.inputs.front() + ": holds no pictures");
  const auto judgements = dataset::judge(result.looks, o.blurred, o.distance, ctx.jobs());
  if (!o.output.empty())
    write_looks(o, ctx, result, judgements);
  if (!o.drop_list.empty())
    write_drop_list(o, ctx, result, judgements);
  report(ctx, o, result, judgements);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("INPUT", o->inputs, "Pictures, folders of them, or data sets in any label format")
      .required();
  args.output(o->output, "One line of JSON a picture", false).default_text("none");
  args.value("--drop-list", o->drop_list,
             "Write the blurred and repeated ones to this list, for 'manifest filter --drop-list'")
      .metavar("FILE")
      .default_text("");
  args.value("--blurred", o->blurred, "Blurred is what is below this part of the median sharpness")
      .metavar("R");
  add_distance_option(args, o->distance);
  args.value("--scale", o->scale,
             "1: every pixel; 2, 4 or 8: JPEGs are decoded at that part of their size, faster")
      .metavar("N");
  args.value("--images", o->images, "Folder that references in label files point into")
      .metavar("DIR")
      .default_text("");
  args.value("--from", o->from, "Format of label files (default: by their content and name)")
      .metavar("FMT")
      .default_text("");
  add_remote_options(args);
  add_cache_option(args);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_scan;
const Command manifest_scan{"manifest scan", "Find blurred and repeated pictures", declare};
} // namespace mlopsctl::commands
