// SPDX-License-Identifier: Apache-2.0
#include "commands/manifest/training_check.hpp"

#include "commands/manifest/dataset_report.hpp"
#include "core/interrupt.hpp"
#include "dataset/sagemaker.hpp"
#include "formats/labels/image_files.hpp"
#include "imaging/codecs.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>

namespace mlopsctl::commands {
namespace {

namespace fs = std::filesystem;

/// The files of train and validation: a folder that 'manifest split' made holds both.
std::array<std::string, 2> both_of(const std::string& train, const std::string& validation) {
  std::error_code ignored;
  if (fs::is_directory(train, ignored)) {
    if (!validation.empty())
      throw Error(Fault::usage, train + ": is a folder, and --validation names a file",
                  "name train.manifest in it, or leave --validation out");
    return {(fs::path(train) / "train.manifest").string(),
            (fs::path(train) / "validation.manifest").string()};
  }
  if (validation.empty())
    throw Error(Fault::usage, "--validation is missing: the job wants a second data set",
                "'mlopsctl manifest split' makes one; name its folder, or both files");
  return {train, validation};
}

dataset::TrainingJob job_of(const TrainingOptions& o, const Context& ctx) {
  dataset::TrainingJob job{o.job_name, o.image, o.role, o.s3_output, o.instance, {}, {}, 1};
  job.seed = ctx.options.seed;
  if (!o.s3_prefix.empty()) {
    const std::string prefix = o.s3_prefix + (o.s3_prefix.ends_with('/') ? "" : "/");
    job.manifests = {prefix + fs::path(o.train).filename().string(),
                     prefix + fs::path(o.validation).filename().string()};
  }
  for (const auto& entry : o.hyperparameters) {
    const auto equals = entry.find('=');
    if (equals == std::string::npos)
      throw Error(Fault::usage, "--hyperparameter: '" + entry + "' is not NAME=VALUE");
    job.hyperparameters.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  dataset::check_training_job(job);
  return job;
}

/// What the algorithm cannot read about a picture that is here; nothing is said of one that is not.
std::string picture_fault(const formats::ImageFinder& finder, const dataset::Sample& sample) {
  const auto path = finder.find(sample.ref);
  if (!path)
    return "was not found";
  try {
    const auto info = imaging::probe_file(*path);
    if (info.codec != imaging::Codec::jpeg && info.codec != imaging::Codec::png)
      return "is " + std::string(imaging::codec_name(info.codec)) +
             " by its content; the algorithm reads JPEG and PNG";
    if (info.channels != 3)
      return "has " + std::to_string(info.channels) + " colour channel, the algorithm takes 3";
    return {};
  } catch (const Error& error) {
    return std::string("cannot be read: ") + error.what();
  }
}

std::int64_t read_channel(dataset::Channel channel, const std::string& path,
                          const LabelOptions& labels, dataset::TrainingDataCheck& check,
                          Problems& problems, Progress& progress) {
  auto input = formats::open_label_input(path);
  const auto& format =
      labels.from.empty() ? formats::recognise(input) : formats::label_format(labels.from);
  if (format.name != "ground_truth")
    throw Error(Fault::input,
                path + ": is " + std::string(format.name) +
                    ", and the job reads augmented manifests",
                "'mlopsctl manifest convert' writes one");
  const auto reader = formats::open_labels(std::move(input), read_options(labels, path, false));
  dataset::Sample sample;
  while (reader->next(sample)) {
    check_interrupt();
    check.add(channel, sample);
    progress.advance();
  }
  problems.insert(problems.end(), reader->problems().begin(), reader->problems().end());
  return reader->left_out();
}

Value data_document(const dataset::TrainingData& data) {
  Value out = Value::object();
  out["num_classes"] = data.num_classes;
  out["num_training_samples"] = data.images[0];
  out["label_width"] = data.label_width;
  Value attributes = Value::array();
  attributes.push("source-ref");
  attributes.push(data.label_attribute);
  out["AttributeNames"] = std::move(attributes);
  return out;
}

void report(const TrainingOptions& o, const dataset::TrainingJob& job,
            const dataset::TrainingData& data, Context& ctx) {
  const auto& problems = data.problems;
  const bool is_ok = !has_errors(problems);
  const Value request = dataset::create_training_job(job, data);
  if (is_ok && !o.output.empty())
    write_file(o.output, to_json(request, 2) + "\n", ctx.existing());
  print_problems(ctx, problems);
  if (ctx.options.json) {
    Value document = dataset_document("validate", data.images[0] + data.images[1], {}, problems);
    document["ok"] = is_ok;
    document["training_data"] = data_document(data);
    if (is_ok)
      document["training_job"] = request;
    ctx.print(document);
    return;
  }
  if (!is_ok) {
    ctx.err << "mlopsctl manifest validate: the training job would fail on this data\n";
    return;
  }
  if (!ctx.options.quiet)
    for (const auto& member : dataset::missing_members(job))
      ctx.err << "not in the request yet: " << member << '\n';
  if (o.output.empty())
    ctx.out << to_json(request, 2) << '\n';
  else
    ctx.say(o.output + ": " + std::to_string(data.num_classes) + " classes, " +
            counted(data.images[0], "image") + " to train and " + std::to_string(data.images[1]) +
            " to validate, label_width " + std::to_string(data.label_width));
}

} // namespace

void add_training_options(Args& args, TrainingOptions& options) {
  const auto add = [&](const char* name, std::string& target, const char* help,
                       const char* metavar) {
    args.value(name, target, help).metavar(metavar).section("Training job (with --for)");
  };
  add("--validation", options.validation, "Data set of the validation channel", "FILE");
  add("--job-name", options.job_name, "TrainingJobName", "NAME");
  add("--training-image", options.image, "TrainingImage: the algorithm in the region's registry",
      "URI");
  add("--role", options.role, "RoleArn", "ARN");
  add("--s3-output", options.s3_output, "S3OutputPath of the trained model", "s3://B/P");
  add("--s3-prefix", options.s3_prefix, "Where the two manifests lie in S3", "s3://B/P");
  add("--instance", options.instance, "InstanceType; the algorithm wants a GPU", "TYPE");
  args.value("--hyperparameter", options.hyperparameters,
             "Another hyperparameter, such as epochs=10 (repeatable)")
      .metavar("NAME=VALUE")
      .section("Training job (with --for)");
}

dataset::TrainingData read_training_data(const std::string& train, const std::string& validation,
                                         const LabelOptions& labels, Context& ctx) {
  const auto files = both_of(train, validation);
  std::function<std::string(const dataset::Sample&)> fault;
  if (!labels.images.empty() || !labels.uri_map.empty())
    fault = [finder = image_finder(labels, files[0])](const dataset::Sample& sample) {
      return picture_fault(finder, sample);
    };
  dataset::TrainingDataCheck check(fault);
  const auto progress = ctx.progress("validate", 0, "images");
  Problems problems;
  const std::array<std::int64_t, 2> unreadable{
      read_channel(dataset::Channel::train, files[0], labels, check, problems, *progress),
      read_channel(dataset::Channel::validation, files[1], labels, check, problems, *progress)};
  auto data = check.finish(unreadable);
  data.problems.insert(data.problems.begin(), problems.begin(), problems.end());
  return data;
}

int check_training(const TrainingOptions& given, const LabelOptions& labels, Context& ctx) {
  TrainingOptions o = given;
  const auto files = both_of(o.train, o.validation);
  o.train = files[0];
  o.validation = files[1];
  const auto job = job_of(o, ctx);
  refuse_existing(ctx, {labels.problems, o.output}, {o.train, o.validation});
  const auto data = read_training_data(o.train, o.validation, labels, ctx);
  static_cast<void>(may_write(ctx, labels, data.problems)); // writes --problems
  report(o, job, data, ctx);
  return has_errors(data.problems) ? exit_not_met : exit_ok;
}

} // namespace mlopsctl::commands
