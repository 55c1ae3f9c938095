// SPDX-License-Identifier: Apache-2.0
// manifest convert: read labels in one format, write them in another.
#include "commands/command.hpp"
#include "commands/manifest/transfer.hpp"
#include "core/text.hpp"
#include "formats/labels/format.hpp"
#include "imaging/orientation.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string input;
  std::string output;
  std::string to;
  std::string loss_report;
  std::string labeling_config;
  std::string image_url;
  std::string classes;
  std::string exif = "keep";
  LabelOptions labels;
};

void check_studio_options(const Options& o, const formats::LabelFormat& to) {
  for (const auto& [name, value] :
       {std::pair{"--labeling-config", &o.labeling_config}, std::pair{"--image-url", &o.image_url},
        std::pair{"--classes", &o.classes}})
    if (!value->empty() && to.name != "label_studio")
      throw Error(Fault::usage,
                  std::string(name) + " is for Label Studio, and the output is " +
                      std::string(to.name),
                  "write it with --to label_studio");
  if (!o.classes.empty() && o.labeling_config.empty())
    throw Error(Fault::usage, "--classes names the classes of a labelling configuration",
                "say with --labeling-config FILE where to write it");
  for (const auto& name : split(o.classes, ','))
    if (!o.classes.empty() && trim(name).empty())
      throw Error(Fault::usage, "--classes: '" + o.classes + "' has an empty name");
}

/// The labelling interface has the named classes, then those of the labels in their order.
void tune_for_studio(const Options& o, formats::WriteOptions& write,
                     dataset::SampleReader& reader) {
  write.image_url = o.image_url;
  write.labeling_config = o.labeling_config;
  if (o.labeling_config.empty())
    return;
  if (!o.classes.empty())
    write.classes = split(o.classes, ',');
  for (auto& name : dataset::read_classes(reader))
    if (std::find(write.classes.begin(), write.classes.end(), name) == write.classes.end())
      write.classes.push_back(std::move(name));
}

/// --exif apply: labels as a viewer shows the picture. Any thread.
class Uprighter {
public:
  explicit Uprighter(formats::ImageSizes sizes) : sizes_(std::move(sizes)) {}

  bool apply(dataset::Sample& sample) {
    const auto stored = sizes_(sample.ref);
    if (!stored) {
      ++missing_;
      const std::lock_guard lock(mutex_);
      if (first_missing_.empty() || sample.ref < first_missing_)
        first_missing_ = sample.ref;
      return true;
    }
    if (sample.width <= 0) {
      sample.width = stored->width;
      sample.height = stored->height;
    }
    if (imaging::is_upright_size(sample.width, sample.height, stored->width, stored->height,
                                 stored->orientation)) {
      ++upright_;
      return true;
    }
    turned_ += stored->orientation > 1 ? 1 : 0;
    places_ += imaging::turn_labels_upright(sample, stored->orientation);
    return true;
  }

  void add_problems(Problems& problems) const {
    if (missing_ > 0)
      problems.push_back({"image-missing", Severity::error, first_missing_,
                          std::to_string(missing_) + " pictures were not found, and --exif apply "
                                                     "has to look at them (--images DIR)"});
  }
  std::vector<std::pair<std::string, std::int64_t>> counts() const {
    return {{"turned", turned_}, {"upright_already", upright_}, {"dropped_members", places_}};
  }
  void report(const Context& ctx) const {
    ctx.say(counted(turned_, "image") + " turned as the camera said" +
            (upright_ > 0 ? ", " + std::to_string(upright_) + " were labelled upright already"
                          : std::string()));
    if (places_ > 0)
      ctx.say(counted(places_, "other member") +
              " left out: polygons, key points and other labels are not turned");
  }

private:
  formats::ImageSizes sizes_;
  std::atomic<std::int64_t> turned_{0};
  std::atomic<std::int64_t> upright_{0};
  std::atomic<std::int64_t> missing_{0};
  std::atomic<std::int64_t> places_{0};
  std::mutex mutex_;
  std::string first_missing_;
};

void report_losses(const Options& o, const Context& ctx, const dataset::Losses& losses) {
  if (!o.loss_report.empty()) {
    Value document = Value::object();
    document["schema"] = "mlopsctl.manifest.losses/1";
    Value list = Value::array();
    for (const auto& loss : losses) {
      Value entry = Value::object();
      entry["what"] = loss.field;
      entry["count"] = loss.count;
      entry["first"] = loss.first;
      list.push(std::move(entry));
    }
    document["losses"] = std::move(list);
    write_file(o.loss_report, to_json(document, 2) + "\n", ctx.existing());
  }
  print_losses(ctx, losses);
}

int run(const Options& o, Context& ctx) {
  check_label_options(o.labels);
  refuse_mixed_reports({{"--problems", o.labels.problems},
                        {"--loss-report", o.loss_report},
                        {"--labeling-config", o.labeling_config}});
  refuse_existing(ctx, {o.labels.problems, o.loss_report, o.labeling_config}, {o.input, o.output});
  const auto& to = formats::format_for_output(o.output, o.to); // not that of the input
  check_studio_options(o, to);
  auto labels = o.labels;
  labels.asks_label_metadata = false;
  const auto transfer =
      open_transfer(labels, o.input, o.output, std::string(to.name), ctx, {},
                    [&](formats::WriteOptions& write, dataset::SampleReader& reader) {
                      tune_for_studio(o, write, reader);
                    });
  const bool is_turning = o.exif == "apply";
  Uprighter uprighter(read_options(o.labels, o.input, true).image_size);
  std::function<bool(dataset::Sample&)> turn;
  if (is_turning)
    turn = [&](dataset::Sample& sample) { return uprighter.apply(sample); };
  Outcome outcome = copy_all(transfer, ctx, turn);
  uprighter.add_problems(outcome.problems);
  if (outcome.images_read == 0)
    outcome.problems.push_back(
        {"no-images", Severity::warning, o.input, "holds no images; is it the right one?"});
  if (is_turning)
    outcome.counts = uprighter.counts();
  const bool is_written = finish_transfer(transfer, ctx, o.labels, outcome);
  if (is_written) {
    report_losses(o, ctx, all_losses(transfer));
    if (is_turning)
      uprighter.report(ctx);
  }
  return conclude(ctx, o.labels, outcome, is_written, o.output);
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "File or folder to read, - for stdin").required();
  args.output(o->output, "File or folder to write, - for stdout").required();
  args.value("--to", o->to, "Format of the output (default: by its name)")
      .metavar("FMT")
      .default_text("");
  args.value(
          "--exif", o->exif,
          "Pictures that a camera wrote sideways: keep the labels as they are, or apply the turn")
      .choices({"keep", "apply"});
  add_reading_options(args, o->labels);
  add_bad_record_options(args, o->labels);
  args.value("--loss-report", o->loss_report,
             "Write what the output format cannot hold to this file (JSON)")
      .metavar("FILE")
      .default_text("");
  args.value("--labeling-config", o->labeling_config,
             "Label Studio: write the labelling interface of the project to this file (XML)")
      .metavar("FILE")
      .default_text("");
  args.value("--classes", o->classes,
             "Label Studio: classes of the labelling interface, before those of the labels")
      .metavar("A,B")
      .default_text("");
  args.value("--image-url", o->image_url,
             "Label Studio: in front of references that are no URL, such as /data/local-files/?d=")
      .metavar("URL")
      .default_text("");
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_convert;
const Command manifest_convert{"manifest convert", "Convert labels between dataset formats",
                               declare};
} // namespace mlopsctl::commands
