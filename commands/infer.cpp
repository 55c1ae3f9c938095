// SPDX-License-Identifier: Apache-2.0
// infer: run a model package on pictures; one line of JSON a picture, and pictures with boxes.
#include "commands/command.hpp"
#include "commands/engine_options.hpp"
#include "commands/frame_options.hpp"
#include "commands/predictor.hpp"
#include "commands/remote_options.hpp"
#include "commands/service_choice.hpp"
#include "core/interrupt.hpp"
#include "core/log.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "formats/labels/image_files.hpp"
#include "imaging/codecs.hpp"
#include "inference/prediction_line.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string model; // or the URL of a service
  std::string token_file;
  std::vector<std::string> inputs;
  std::string output = "-";
  std::string draw;   // folder; empty: no pictures
  std::string images; // folder that references point into
  std::string from;   // format of label files; empty: by content
  std::string shard = "1/1";
  EngineChoice engine;
  std::string threshold = "show";
  FrameOptions frames; // of videos
  bool discard_bad = false;
  bool no_timing = false;
};

void validate(Options& o, const Context& ctx) {
  if (o.output == "-" && ctx.options.json)
    throw Error(Fault::usage, "-o: with --json the predictions need a file of their own",
                "pass -o predictions.jsonl");
  apply_engine_choice(o.engine);
  apply_frame_options(o.frames);
}

inference::Threshold threshold_of(const Options& o) {
  return o.threshold == "evaluate" ? inference::Threshold::evaluate : inference::Threshold::show;
}

std::filesystem::path whole_path(const std::string& path) {
  auto whole = std::filesystem::weakly_canonical(std::filesystem::absolute(path));
  return whole.has_filename() ? whole : whole.parent_path(); // "out/" means "out"
}

bool is_inside(const std::filesystem::path& path, const std::filesystem::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

/// --overwrite is for earlier outputs: an input, the model, or one output by the other would be
/// lost. \throws Error(usage)
void refuse_lost_files(const Options& o, const package::ModelSpec& spec) {
  const auto drawn = o.draw.empty() ? std::filesystem::path{} : whole_path(o.draw);
  std::vector<std::string> inputs = o.inputs;
  inputs.insert(inputs.end(),
                {o.model, o.model + "/" + package::k_model_yaml, o.model + "/" + spec.weights});
  for (const auto& input : inputs)
    if (!o.draw.empty() && is_inside(whole_path(input), drawn))
      throw Error(Fault::usage, "--draw: '" + o.draw + "' holds the input " + input,
                  "give another folder");
  if (o.output == "-")
    return;
  if (!o.draw.empty() && is_inside(whole_path(o.output), drawn))
    throw Error(Fault::usage,
                "-o: '" + o.output + "' is in the folder of the pictures, which is made anew",
                "give a file outside " + o.draw);
  std::error_code ignored;
  for (const auto& input : inputs)
    if (std::filesystem::equivalent(o.output, input, ignored) ||
        (std::filesystem::is_directory(input, ignored) && formats::has_image_extension(o.output) &&
         is_inside(whole_path(o.output), whole_path(input))))
      throw Error(Fault::usage, "-o: '" + o.output + "' is an input, and would be replaced",
                  "give another -o");
}

Loaded load(PictureInput input, Predictor& predictor) {
  Loaded loaded;
  try {
    if (input.path.empty())
      throw Error(Fault::input, input.place + ": '" + input.name + "': the picture was not found",
                  "name its folder with --images");
    const Stopwatch watch;
    loaded.image = input.frame ? input.frame() : imaging::decode_file(input.path);
    loaded.decode_ms = watch.milliseconds();
    loaded.is_turned = !input.frame && imaging::probe_file(input.path).exif_orientation > 1;
  } catch (const Error& error) {
    loaded.error = error;
    loaded.image = {};
  }
  loaded.input = std::move(input);
  if (!loaded.image.empty())
    predictor.prepare(loaded);
  return loaded;
}

Problem to_problem(const Loaded& loaded) {
  std::string text = loaded.error.what();
  const std::string prefix = loaded.input.place + ": ";
  if (text.starts_with(prefix))
    text.erase(0, prefix.size());
  if (!loaded.error.hint().empty())
    text += "; " + loaded.error.hint();
  return {"picture-unreadable", Severity::error, loaded.input.place, text};
}

/// Takes pictures in input order and writes what the model says.
class Predictions {
public:
  Predictions(const Options& o, Context& ctx, Predictor& predictor)
      : o_(o), predictor_(predictor), lines_(create_sink(o.output, ctx.existing())),
        drawn_(o.draw.empty() ? nullptr : create_folder(o.draw, ctx.existing())) {}

  void take(Loaded loaded) {
    turned_ += loaded.is_turned ? 1 : 0;
    if (loaded.image.empty()) {
      problems_.push_back(to_problem(loaded));
      return;
    }
    if (!is_good())
      return; // nothing will be written; the rest is read only to list what is bad
    auto prediction = predictor_.predict(loaded);
    const auto& spec = predictor_.spec();
    if (threshold_of(o_) == inference::Threshold::show)
      prediction.classes = inference::shown_classes(prediction.classes, spec);
    ++images_;
    detections_ += static_cast<std::int64_t>(prediction.detections.size());
    lines_->write(inference::prediction_line(
                      loaded.input.name, loaded.image.width, loaded.image.height, prediction, spec,
                      {!o_.no_timing, loaded.input.group, loaded.input.time_s}) +
                  "\n");
    if (drawn_) {
      inference::draw_prediction(loaded.image, prediction, spec);
      drawn_->write(drawn_name(loaded.input.draw_name), imaging::encode_jpeg(loaded.image));
    }
  }

  /// \param of_labels problems of the label files that named the pictures.
  void finish(const Problems& of_labels) {
    problems_.insert(problems_.end(), of_labels.begin(), of_labels.end());
    if (!is_good())
      return;
    lines_->finish();
    if (drawn_)
      drawn_->finish();
  }

  bool is_good() const {
    for (const auto& problem : problems_)
      if (problem.severity == Severity::error && !o_.discard_bad)
        return false;
    return true;
  }
  std::int64_t images() const { return images_; } ///< that the model saw
  std::int64_t detections() const { return detections_; }
  std::int64_t turned() const { return turned_; }
  const Problems& problems() const { return problems_; }

private:
  /// "a/b.png" -> "a/b.jpg"; pictures of one name from several folders get -2, -3 ...
  std::string drawn_name(const std::string& name) {
    const std::string stem = std::filesystem::path(name).replace_extension().string();
    std::string candidate = stem + ".jpg";
    for (int number = 2; !used_names_.insert(candidate).second; ++number)
      candidate = stem + "-" + std::to_string(number) + ".jpg";
    return candidate;
  }

  const Options& o_;
  Predictor& predictor_;
  std::unique_ptr<ByteSink> lines_;
  std::unique_ptr<FolderSink> drawn_;
  std::set<std::string> used_names_;
  Problems problems_;
  std::int64_t images_ = 0;
  std::int64_t detections_ = 0;
  std::int64_t turned_ = 0;
};

void report(const Options& o, const Context& ctx, const Predictions& predictions,
            const Predictor& predictor, double seconds) {
  print_problems(ctx, predictions.problems());
  if (predictions.turned() > 0)
    log::warn("pictures marked as turned (EXIF): " + std::to_string(predictions.turned()) +
              "; they went into the model as they are stored, and boxes are in stored pixels");
  if (ctx.options.json) {
    Value document = Value::object();
    document["schema"] = "mlopsctl.infer/1";
    document["images"] = predictions.images();
    document["detections"] = predictions.detections();
    document["failed"] = to_value(predictions.problems());
    document["output"] = predictions.is_good() ? Value(o.output) : Value();
    document["model"] = predictor.digest();
    document["engine"] = predictor.engine();
    document["threads"] = predictor.threads();
    document["seconds"] = seconds;
    ctx.print(document);
  } else if (!predictions.is_good()) {
    log::warn("nothing was written; --discard-bad writes the rest");
  } else if (o.output != "-") {
    const std::string count = std::to_string(predictions.images());
    const auto task = predictor.spec().task;
    const std::string found =
        predictor.spec().decoder.kind == package::k_raw ? "outputs as they are"
        : task == package::Task::detection
            ? std::to_string(predictions.detections()) + " detections"
            : count + (task == package::Task::embedding ? " embeddings" : " classified");
    ctx.say(o.output + ": " + count + " pictures, " + found + ", " + predictor.engine() + ", " +
            fixed(seconds, 1) + " s");
  }
}

int run(const Options& o, Context& ctx) {
  const Stopwatch watch;
  PictureInputs inputs(
      o.inputs, {o.images, o.from, parse_shard(o.shard), true, o.frames.selection, ctx.jobs()});
  const auto frame_option = first_frame_option(o.frames);
  if (!frame_option.empty() && !inputs.has_video())
    throw Error(Fault::usage, frame_option + " chooses frames of videos, and there is none",
                "leave it out, or name a video");
  const auto predictor =
      open_predictor({o.model, ctx.options.set, o.engine, o.token_file, threshold_of(o)});
  refuse_lost_files(o, predictor->spec());
  Predictions predictions(o, ctx, *predictor);
  const auto progress = ctx.progress("infer", inputs.known_count(), "pictures");
  ordered_parallel<PictureInput, Loaded>(
      ctx.jobs(),
      [&] {
        check_interrupt();
        return inputs.next();
      },
      [&](PictureInput&& input) { return load(std::move(input), *predictor); },
      [&](Loaded&& loaded) {
        check_interrupt();
        predictions.take(std::move(loaded));
        progress->advance();
      });
  predictions.finish(inputs.problems());
  report(o, ctx, predictions, *predictor, watch.seconds());
  return predictions.is_good() ? exit_ok : exit_failed;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("INPUT", o->inputs,
             "Pictures, folders of pictures, label files that name them, or videos")
      .required();
  args.value("--model", o->model,
             "Model package, a folder or archive with model.yaml; or a service, https://...")
      .metavar("PATH")
      .required();
  add_token_option(args, o->token_file, "With a service: file with the token that it wants");
  args.output(o->output, "JSON Lines, one a picture (- for stdout)", false);
  args.value("--draw", o->draw, "Write the pictures with what was found, as JPEG").metavar("DIR");
  args.value("--images", o->images, "Folder that the references of label files point into")
      .metavar("DIR");
  args.value("--from", o->from, "Format of the label files").default_text("by content");
  args.value("--shard", o->shard, "A fixed slice: of pictures by name, of a video by time")
      .metavar("I/N");
  add_frame_options(args, o->frames, "This many of a video, evenly spread");
  add_engine_options(args, o->engine, "Threads of the engine");
  args.value("--threshold", o->threshold,
             "score_threshold of model.yaml, or eval_score_threshold to measure precision")
      .choices({"show", "evaluate"});
  args.flag("--discard-bad", o->discard_bad, "Leave unreadable pictures out and write the rest");
  args.flag("--no-timing", o->no_timing, "Leave timing_ms out: same input, same bytes");
  add_remote_options(args);
  add_cache_option(args);
  return [o](Context& ctx) {
    validate(*o, ctx);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command infer;
const Command infer{"infer", "Run a model on pictures and write what it finds", declare};
} // namespace mlopsctl::commands
