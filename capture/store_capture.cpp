// SPDX-License-Identifier: Apache-2.0
#include "capture/store_capture.hpp"

#include "capture/capture_folder.hpp"
#include "capture/spool_folder.hpp"
#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "core/log.hpp"
#include "core/value.hpp"
#include "storage/growing_folder.hpp"
#include "storage/object_store.hpp"

#include <algorithm>
#include <exception>

namespace fs = std::filesystem;

namespace mlopsctl::capture {
namespace {

constexpr const char* k_final_journal_name = ".journal.tmp";

storage::Growth growth_of(const CaptureOptions& options) {
  return options.resume      ? storage::Growth::resume
         : options.overwrite ? storage::Growth::replace
                             : storage::Growth::fresh;
}

/// Frames that a line keeps.
std::int64_t frames_of(const JournalEntry& entry) {
  return entry.clip ? entry.clip->frames : 1;
}

/// The numbers that a journal tells.
void count(const JournalEntry& entry, CaptureResult& result) {
  if (entry.is_kept) {
    result.kept += frames_of(entry);
    result.clips.written += entry.clip ? 1 : 0;
    result.redacted += entry.redacted.value_or(0);
    if (!entry.label.empty())
      ++result.classes[entry.label];
  } else if (entry.reason == reason::k_unreadable) {
    ++result.unreadable;
  } else {
    ++result.dropped[entry.reason];
  }
}

/// As of a run that found everything there.
void note_all_as_before(CaptureResult& result) {
  result.kept_before = result.kept;
  result.clips.written_before = result.clips.written;
}

class StoreCapture {
public:
  StoreCapture(const CaptureOptions& options, const StoreOptions& store)
      : options_(options), url_(storage::folder_url(options.output)), spool_(store.spool, url_),
        sender_(spool_.path(), store.rules), before_last_sending_(store.before_last_sending) {
    if (spool_.is_used() && !options.resume && !options.overwrite)
      throw Error(Fault::usage,
                  url_ + ": frames of an earlier capture wait in " + spool_.path().string(),
                  "pass --resume to send them and go on, or --overwrite to begin anew");
  }

  CaptureResult run(const CreateLabels& create_labels, const std::function<void()>& on_read) {
    if (options_.resume && !spool_.is_used() && is_finished())
      return finished_result();
    if (options_.resume && spool_.is_used() && spool_.is_captured())
      take_up();
    else if (!capture_frames(create_labels, on_read))
      return std::move(result_);
    // The end of a live source is Ctrl-C: what is captured is sent all the same.
    std::optional<InterruptHold> hold;
    if (result_.is_interrupted) {
      if (before_last_sending_)
        before_last_sending_();
      hold.emplace();
      log::info("interrupted: what waits is sent to " + url_ + "; a second signal leaves it in " +
                spool_.path().string());
    }
    send_rest();
    publish();
    if (failure_)
      std::rethrow_exception(failure_);
    return std::move(result_);
  }

private:
  bool is_finished() const {
    const auto state = storage::folder_state(url_);
    if (!state.begun_by.empty() && state.has_files)
      throw Error(Fault::usage,
                  url_ + ": was begun by " + state.begun_by + ", and its journal is not in " +
                      spool_.path().string(),
                  "go on where it is, with the same --spool, or begin anew with --overwrite");
    return state.is_complete;
  }

  CaptureResult finished_result() {
    open_folder(url_); // refuses one of which a file is missing
    for_each_line(url_ + k_journal_name,
                  [&](const JournalEntry& entry, std::int64_t) { count(entry, result_); });
    result_.source = options_.source;
    note_all_as_before(result_);
    log::info(url_ + ": is finished");
    spool_.remove();
    return std::move(result_);
  }

  void begin(bool is_live) {
    store_ = storage::grow_folder(url_, growth_of(options_));
    if (options_.overwrite && !options_.resume)
      spool_.remove();
    spool_.create();
    sender_.begin(*store_, is_live);
  }

  /// Only sending is left.
  void take_up() {
    begin(false);
    const Value settings = spool_.settings();
    const CaptureFolder folder(spool_.path().string(), FolderMode::resume, settings, &sender_);
    folder.for_each([&](const JournalEntry& entry, std::int64_t) { count(entry, result_); });
    if (const Value* source = settings.find("source"))
      result_.source = source->string;
    note_all_as_before(result_);
  }

  /// \return whether the source has ended.
  bool capture_frames(const CreateLabels& create_labels, const std::function<void()>& on_read) {
    CaptureOptions options = options_;
    options.output = spool_.path().string();
    options.outlet = &sender_;
    bool is_live = false;
    options.on_open = [&](const SourceInfo& source) { begin(is_live = source.is_live); };
    try {
      result_ = capture(options, create_labels, on_read);
    } catch (const Error&) {
      if (!is_live || !store_ || options_.session.per_class) {
        if (spool_.is_used())
          log::warn("what was captured is in " + url_ + " or waits in " + spool_.path().string() +
                    "; --resume goes on");
        throw;
      }
      failure_ = std::current_exception();
    }
    if ((result_.is_interrupted && !is_live) || (is_live && is_class_missing()))
      return false;
    spool_.mark_captured();
    return true;
  }

  /// --resume goes on with it, as a new recording: nothing is finished yet.
  bool is_class_missing() const {
    const auto& per_class = options_.session.per_class;
    return per_class && std::any_of(result_.classes.begin(), result_.classes.end(),
                                    [&](const auto& count) { return count.second < *per_class; });
  }

  void send_rest() {
    try {
      sender_.drain();
    } catch (const Interrupted&) {
      log::warn("interrupted: " + sender_.waiting() + "; --resume goes on from there");
      throw;
    }
  }

  /// Frames that were dropped from the spool are not kept ones.
  fs::path final_journal() {
    const auto& dropped = sender_.log().dropped();
    const fs::path journal = spool_.path() / k_journal_name;
    if (dropped.empty())
      return journal;
    const fs::path corrected = spool_.path() / k_final_journal_name;
    const auto sink = create_sink(corrected.string(), Existing::replace);
    const auto source = open_source(journal.string());
    const std::string_view text = source->mapped().value_or(std::string_view{});
    std::size_t begin = 0;
    for_each_line(journal.string(), [&](const JournalEntry& entry, std::int64_t end) {
      const auto line = text.substr(begin, static_cast<std::size_t>(end) - begin);
      begin = static_cast<std::size_t>(end);
      if (!entry.is_kept || !dropped.contains(entry.ref))
        return sink->write(line);
      result_.kept -= frames_of(entry);
      result_.clips.written -= entry.clip ? 1 : 0;
      Value value = parse_json(line, journal.string());
      value["ref"] = Value();
      value["kept"] = false;
      value["reason"] = reason::k_spool_full;
      sink->write(to_json(value) + "\n");
    });
    sink->finish();
    return corrected;
  }

  void publish() {
    storage::WrittenFiles files = sender_.log().files();
    const auto add = [&](const std::string& name, const fs::path& path) {
      files[name] = store_->replace(name, *open_source(path.string()));
    };
    add(k_settings_name, spool_.path() / k_settings_name);
    if (fs::exists(spool_.path() / k_labels_name))
      add(k_labels_name, spool_.path() / k_labels_name);
    add(k_journal_name, final_journal());
    store_->finish(files);
    const auto dropped = static_cast<std::int64_t>(sender_.log().dropped().size());
    if (dropped > 0)
      result_.dropped[reason::k_spool_full] = dropped;
    result_.sent = sender_.sent();
    spool_.remove();
  }

  const CaptureOptions& options_;
  std::string url_;
  SpoolFolder spool_;
  std::unique_ptr<storage::GrowingFolder> store_;
  FrameSender sender_; ///< its threads use the store
  std::function<void()> before_last_sending_;
  std::exception_ptr failure_;
  CaptureResult result_;
};

} // namespace

CaptureResult capture_to_store(const CaptureOptions& options, const StoreOptions& store,
                               const CreateLabels& create_labels,
                               const std::function<void()>& on_read) {
  return StoreCapture(options, store).run(create_labels, on_read);
}

CaptureResult capture_anywhere(const CaptureOptions& options, const StoreOptions& store,
                               const CreateLabels& create_labels,
                               const std::function<void()>& on_read) {
  return storage::is_s3_url(options.output)
             ? capture_to_store(options, store, create_labels, on_read)
             : capture(options, create_labels, on_read);
}

} // namespace mlopsctl::capture
