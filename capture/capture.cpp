// SPDX-License-Identifier: Apache-2.0
#include "capture/capture.hpp"

#include "capture/capture_check.hpp"
#include "capture/capture_folder.hpp"
#include "capture/capture_settings.hpp"
#include "capture/frame_judge.hpp"
#include "capture/label_file.hpp"
#include "capture/name_template.hpp"
#include "capture/picture_views.hpp"
#include "capture/session_folder.hpp"
#include "capture/spread.hpp"
#include "core/interrupt.hpp"
#include "core/log.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "imaging/codecs.hpp"

#include <exception>
#include <set>

namespace mlopsctl::capture {
namespace {

struct Job {
  Frame frame;
  std::function<Picture()> make;
};

/// What is wrong with a picture is told by its candidate.
void note_faults(Candidate& candidate, const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    if (error.fault() != Fault::input)
      throw;
    candidate.problem = error.what();
    candidate.glance = nullptr;
  }
}

/// The picture, and what the rules see of it.
Picture look_at(Candidate& candidate, Job& job, const CaptureOptions& options) {
  Picture picture = job.make();
  candidate.entry.width = options.size ? options.size->first : picture.width();
  candidate.entry.height = options.size ? options.size->second : picture.height();
  if (options.keep.any())
    candidate.glance = glance_of(picture);
  return picture;
}

/// From here on nobody sees the picture as it was: neither the JPEG nor the thumbnail.
void redact(Picture& picture, const Redaction& redaction, Candidate& candidate) {
  candidate.fault = reason::k_not_redacted;
  picture.rgb();
  picture.yuv = {};
  candidate.entry.redacted = redaction.apply(picture.image);
  candidate.fault = reason::k_unreadable;
}

/// With rules, --at-most is the last of them, and the frames that are judged are chosen without it.
Selection sampling_of(const CaptureOptions& options) {
  Selection selection = options.selection;
  if (options.keep.any())
    selection.at_most.reset();
  return selection;
}

/// Looks at the whole source once, storing nothing: which frames that pass the rules differ most.
std::set<std::int64_t> different_frames(const CaptureOptions& options) {
  const auto source = open_frames(options.source, {options.jobs, options.assume_fps, options.size});
  Sampler sampler(sampling_of(options), *source);
  FrameJudge judge(options.keep);
  Spread spread;
  const auto take_decided = [&] {
    while (const auto candidate = judge.next())
      if (candidate->entry.is_kept)
        spread.add(candidate->entry.frame_index, *candidate->glance);
  };
  const auto produce = [&]() -> std::optional<Job> {
    for (;;) {
      check_interrupt();
      auto frame = source->next();
      if (!frame || sampler.is_past_end(*frame))
        return std::nullopt;
      if (sampler.takes(*frame))
        return Job{std::move(*frame), source->picture()};
    }
  };
  const auto look = [&](Job&& job) {
    Candidate candidate;
    candidate.entry.frame_index = job.frame.index;
    candidate.entry.time_s = job.frame.time_s;
    note_faults(candidate, [&] { look_at(candidate, job, options); });
    return candidate;
  };
  ordered_parallel<Job, Candidate>(options.jobs, produce, look, [&](Candidate&& candidate) {
    judge.add(std::move(candidate));
    take_decided();
  });
  judge.finish();
  take_decided();
  return spread.choose(*options.selection.at_most);
}

/// One run, with what its three stages share.
class Run {
public:
  Run(const CaptureOptions& options, const std::function<void()>& on_read)
      : options_(options), on_read_(on_read),
        name_(options.name,
              options.clips.any() ? NameTemplate::Files::clips : NameTemplate::Files::pictures),
        source_(open_frames(options.source,
                            {options.jobs, options.assume_fps, options.size, options.max_gap_s})),
        sampler_(sampling_of(options), *source_),
        judge_(options.keep, options.session.per_class.has_value()) {
    check_capture(options, source_->info());
    const FolderMode mode = options.resume      ? FolderMode::resume
                            : options.overwrite ? FolderMode::replace
                                                : FolderMode::fresh;
    if (options.on_open)
      options.on_open(source_->info());
    folder_ = std::make_unique<CaptureFolder>(
        options.output, mode, settings_of(options, source_->info()), options.outlet);
    if (options.clips.any())
      clips_ = std::make_unique<ClipWriter>(options.clips, options.quality, name_, *folder_);
    result_.source = source_->info().name;
    result_.is_live = source_->info().is_live;
    result_.kept_before = folder_->kept();
    resume_behind_ = folder_->last_index();
    if (options.session.any())
      begin_session();
    folder_->for_each([this](const JournalEntry& entry, std::int64_t) {
      note(entry, "left out by an earlier run");
    });
  }

  void capture() {
    if (options_.keep.any() && options_.selection.at_most)
      different_ = different_frames(options_);
    choose();
    ordered_parallel<Job, Candidate>(
        options_.jobs, [this] { return produce(); }, [this](Job&& job) { return encode(job); },
        [this](Candidate&& candidate) {
          take(std::move(candidate));
          if (options_.on_stored)
            options_.on_stored(folder_->kept());
        });
    finish();
    folder_->commit();
    if (source_failure_)
      std::rethrow_exception(source_failure_);
  }

  void write_labels(const CreateLabels& create_labels) const {
    if (session_)
      write_class_labels(*folder_, options_.session.classes, create_labels);
    else if (!clips_ && !source_->info().classes.empty())
      write_box_labels(*folder_, source_->info().classes, create_labels);
  }

  std::int64_t kept() const { return folder_->kept(); }

  CaptureResult result() {
    result_.kept = folder_->kept();
    if (clips_)
      count_clips();
    if (session_)
      count_classes();
    for (auto& problem : source_->problems())
      result_.problems.push_back(std::move(problem));
    const auto warn = [&](const char* rule, const char* text) {
      result_.problems.push_back({rule, Severity::warning, result_.source, text});
    };
    if (options_.keep.sharp && judge_.saw_no_sharp_frame())
      warn("no-sharp-frame", "not one frame is sharp: those kept are as blurred as the rest");
    if (options_.keep.any() && result_.kept == 0 && !result_.is_interrupted)
      warn("nothing-kept", "no frame passed all rules of --keep; give fewer rules");
    return std::move(result_);
  }

private:
  /// \param problem why it has no picture, for those that have none.
  void note(const JournalEntry& entry, const std::string& problem) {
    const bool is_unreadable = entry.reason == reason::k_unreadable;
    if (entry.is_kept)
      result_.redacted += entry.redacted.value_or(0);
    else if (is_unreadable)
      ++result_.unreadable;
    else
      ++result_.dropped[entry.reason];
    if (is_unreadable || entry.reason == reason::k_not_redacted)
      result_.problems.push_back({is_unreadable ? "unreadable-picture" : "not-redacted",
                                  Severity::error, entry.source, problem});
  }

  /// In front of a camera --resume goes on with the classes that are missing, as a new recording
  /// behind the old one. Of a source that can be read again it looks at the same frames again, and
  /// comes to the same classes.
  void begin_session() {
    constexpr double k_countdown_s = 3, k_pause_s = 1;
    const auto& info = source_->info();
    const double countdown_s =
        options_.session.countdown_s.value_or(info.has_end ? 0 : k_countdown_s);
    Session::Counts counts;
    if (info.is_live && resume_behind_ >= 0) {
      counts = classes_in(*folder_, options_.session.classes);
      first_index_ = resume_behind_ + 1;
      folder_->for_each([&](const JournalEntry& entry, std::int64_t) {
        first_s_ = entry.time_s.value_or(0) + k_pause_s;
      });
    }
    session_ = std::make_unique<Session>(options_.session, countdown_s, std::move(counts));
  }

  void count_classes() {
    result_.classes = classes_in(*folder_, options_.session.classes);
    if (session_->is_full())
      result_.read = last_index_ + 1 - first_index_; // not those that were on their way
    else if (!result_.is_interrupted)
      for (auto& problem : missing_classes(options_.session, result_.classes, result_.source))
        result_.problems.push_back(std::move(problem));
  }

  /// Clips are what is kept; frames are told of as well.
  void count_clips() {
    result_.clips = {folder_->kept(), result_.kept_before, clips_->partial_frames(),
                     clips_->empty()};
    result_.kept = result_.kept_before = result_.redacted = 0;
    folder_->for_each([this](const JournalEntry& entry, std::int64_t) {
      const auto frames = entry.clip ? entry.clip->frames : 0;
      result_.redacted += entry.redacted.value_or(0);
      result_.kept += frames;
      result_.kept_before += entry.frame_index <= resume_behind_ ? frames : 0;
    });
  }

  /// Where the source can know beforehand which frames there are, the others are not decoded.
  void choose() {
    std::int64_t in_range = 0;
    const auto frames = source_->choose([&](const Frame& frame) {
      if (is_past_end(frame))
        return false;
      ++in_range;
      return sampler_.takes(frame) && is_needed(frame);
    });
    is_chosen_ = frames.has_value();
    if (is_chosen_)
      result_.read = in_range;
  }

  std::optional<Job> produce() {
    try {
      while (interrupt_requested() == 0) {
        if (session_ && session_->is_full())
          return std::nullopt;
        auto frame = source_->next();
        if (!frame || (!is_chosen_ && is_past_end(*frame)))
          return std::nullopt;
        on_read_();
        if (is_chosen_)
          return Job{std::move(*frame), source_->picture()};
        ++result_.read;
        const bool is_taken = sampler_.takes(*frame);
        shift(*frame);
        if (is_taken && is_needed(*frame))
          return Job{std::move(*frame), source_->picture()};
      }
    } catch (const Interrupted&) { // what is on its way is still finished and kept
    } catch (const Error&) {       // here too
      source_failure_ = std::current_exception();
      return std::nullopt;
    }
    result_.is_interrupted = true;
    return std::nullopt;
  }

  bool is_past_end(const Frame& frame) {
    is_past_end_ = is_past_end_ || sampler_.is_past_end(frame);
    return is_past_end_;
  }

  /// Behind the frames of an earlier recording.
  void shift(Frame& frame) const {
    frame.index += first_index_;
    if (frame.time_s)
      *frame.time_s += first_s_;
  }

  /// With rules, frames of an earlier run are looked at again: later ones are judged beside them.
  /// A report shows them, too.
  bool is_needed(const Frame& frame) const {
    const auto first = clips_ ? resume_behind_ : resume_behind_ + 1; // clips join at its time
    return options_.keep.any() || options_.on_decided || session_ || frame.index >= first;
  }

  bool may_be_kept(std::int64_t frame_index) const {
    return !different_ || different_->contains(frame_index);
  }

  void encode_picture(Candidate& candidate, Picture& picture) const {
    if (options_.size)
      resize(picture, *options_.size);
    if (clips_) {
      candidate.planes =
          picture.image.empty() ? std::move(picture.yuv) : imaging::to_yuv(picture.image);
      return;
    }
    if (!source_->info().classes.empty())
      candidate.entry.annotations = std::move(picture.annotations);
    candidate.jpeg = picture.image.empty() ? imaging::encode_jpeg(picture.yuv, options_.quality)
                                           : imaging::encode_jpeg(picture.image, options_.quality);
  }

  Candidate encode(Job& job) const {
    Candidate candidate;
    auto& entry = candidate.entry;
    entry.source = job.frame.source;
    entry.time_s = job.frame.time_s;
    entry.frame_index = job.frame.index;
    entry.planted = job.frame.planted;
    note_faults(candidate, [&] {
      Picture picture = look_at(candidate, job, options_);
      const bool is_new = entry.frame_index > resume_behind_ && may_be_kept(entry.frame_index);
      if (options_.redaction && (is_new || options_.on_decided))
        redact(picture, *options_.redaction, candidate);
      if (is_new)
        encode_picture(candidate, picture);
      if (options_.on_decided)
        candidate.thumbnail = thumbnail_of(picture);
    });
    return candidate;
  }

  void take(Candidate&& candidate) {
    if (clips_ && candidate.problem.empty())
      return clips_->add(std::move(candidate));
    if (session_ && !admits(candidate.entry))
      return;
    if (!options_.keep.any()) {
      candidate.entry.is_kept = candidate.problem.empty();
      candidate.entry.reason = reason::k_sampled;
      return store(candidate);
    }
    judge_.add(std::move(candidate));
    store_decided();
  }

  bool admits(const JournalEntry& entry) {
    if (session_->is_full())
      return false;
    last_index_ = entry.frame_index;
    return session_->admits(entry.time_s.value_or(0) - first_s_);
  }

  /// The frames of one class are not judged beside another's.
  void store_decided() {
    const auto judged_class = session_ ? session_->number() : 0;
    while (auto candidate = judge_.next()) {
      store(*candidate);
      if (session_ && session_->number() != judged_class) {
        judge_ = FrameJudge(options_.keep, true);
        return;
      }
    }
  }

  /// Where --resume goes on, what is still undecided is judged then, beside what comes behind it.
  void finish() {
    if (result_.is_interrupted && !result_.is_live)
      return;
    judge_.finish();
    store_decided();
    if (clips_ && !result_.is_interrupted)
      clips_->finish(is_past_end_ ? options_.selection.duration_s : std::nullopt);
  }

  void store(Candidate& candidate) {
    auto& entry = candidate.entry;
    if (!candidate.problem.empty())
      entry.reason = candidate.fault;
    if (entry.is_kept && !may_be_kept(entry.frame_index)) {
      entry.is_kept = false;
      entry.reason = reason::k_at_most;
    }
    if (session_ && entry.is_kept) {
      entry.label = session_->label();
      session_->add_kept();
    }
    if (options_.on_decided)
      options_.on_decided(entry, candidate.thumbnail);
    if (entry.frame_index <= resume_behind_) // it is in the journal
      return;
    note(entry, candidate.problem);
    if (!entry.is_kept)
      return folder_->skip(entry);
    entry.ref = name_.name(folder_->kept(), entry.frame_index);
    folder_->keep(entry, candidate.jpeg);
  }

  const CaptureOptions& options_;
  const std::function<void()>& on_read_;
  NameTemplate name_;
  std::unique_ptr<FrameSource> source_;
  Sampler sampler_;
  FrameJudge judge_;
  std::optional<std::set<std::int64_t>> different_; ///< with --keep and --at-most
  std::unique_ptr<CaptureFolder> folder_;
  std::unique_ptr<ClipWriter> clips_; ///< null: frames are stored, not clips
  std::unique_ptr<Session> session_;  ///< null: frames have no class
  std::int64_t first_index_ = 0;      ///< of this run, behind an earlier recording
  double first_s_ = 0;
  std::int64_t last_index_ = -1; ///< of a session: the last frame that it saw
  std::int64_t resume_behind_ = -1;
  bool is_past_end_ = false; ///< a frame behind --duration was seen
  bool is_chosen_ = false;   ///< only frames that are taken come
  std::exception_ptr source_failure_;
  CaptureResult result_;
};

} // namespace

CaptureResult capture(const CaptureOptions& options, const CreateLabels& create_labels,
                      const std::function<void()>& on_read) {
  Run run(options, on_read);
  try {
    run.capture();
  } catch (const Error&) {
    try {
      run.write_labels(create_labels);
    } catch (const Error&) { // the first failure is the one to tell of
    }
    if (options.outlet == nullptr)
      log::warn(std::to_string(run.kept()) + (options.clips.any() ? " clips" : " frames") +
                " are kept in " + options.output);
    throw;
  }
  run.write_labels(create_labels);
  return run.result();
}

} // namespace mlopsctl::capture
