// SPDX-License-Identifier: Apache-2.0
#include "serving/edge/camera.hpp"

#include "capture/sampling.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "imaging/codecs.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace mlopsctl::serving {
namespace {

constexpr auto k_look_every = std::chrono::milliseconds(500);
constexpr auto k_end_every = std::chrono::milliseconds(10);

Value plan_value(const CapturePlan& plan) {
  Value value = Value::object();
  value["duration_s"] = plan.selection.duration_s.value_or(0);
  if (plan.selection.step_s)
    value["step_s"] = *plan.selection.step_s;
  if (plan.selection.every)
    value["every"] = *plan.selection.every;
  if (plan.frames)
    value["frames"] = *plan.frames;
  return value;
}

CapturePlan plan_of(ObjectReader reader) {
  CapturePlan plan;
  plan.selection.duration_s = reader.number("duration_s", 0);
  if (reader.has("step_s"))
    plan.selection.step_s = reader.number("step_s", 0);
  if (reader.has("every"))
    plan.selection.every = reader.integer("every");
  if (reader.has("frames"))
    plan.frames = reader.integer("frames");
  return plan;
}

Value with_text(const std::string& text) {
  Value details = Value::object();
  details["text"] = text;
  return details;
}

std::string words_of(const Error& error) {
  return printable(error.what()) + (error.hint().empty() ? "" : "; " + printable(error.hint()));
}

} // namespace

/// A start, and how far it is.
struct EdgeCamera::Capture {
  std::string id;
  CapturePlan plan;
  std::int64_t last_index = -1; ///< of a frame that is in the queue
  std::int64_t frames = 0;
  std::int64_t number = 0; ///< of its work
  bool is_full = false;    ///< the buffer has no room
  bool is_cut_off = false; ///< this process ends before it does, or an earlier one did

  explicit Capture(const Work& work) : id(work.id), number(work.number) {
    const auto document = parse_json(work.body, "start in the buffer");
    ObjectReader reader(document, "start in the buffer");
    if (auto its_plan = reader.object("plan"))
      plan = plan_of(*its_plan);
    last_index = reader.integer("last_index");
    frames = reader.integer("frames");
  }
  Capture(std::string its_id, CapturePlan its_plan)
      : id(std::move(its_id)), plan(std::move(its_plan)) {}

  Work work() const {
    Value document = Value::object();
    document["plan"] = plan_value(plan);
    document["last_index"] = last_index;
    document["frames"] = frames;
    return {WorkKind::start, id, to_json(document)};
  }
};

EdgeCamera::EdgeCamera(CameraOptions options, const EdgeVoice& voice, EdgeQueue& queue)
    : options_(std::move(options)), voice_(voice), queue_(queue) {}

EdgeCamera::~EdgeCamera() {
  stop();
}

void EdgeCamera::begin() {
  thread_ = std::thread([this] { run(); });
}

void EdgeCamera::stop() {
  is_stopping_ = true;
  queue_.wake();
  if (thread_.joinable())
    thread_.join();
}

void EdgeCamera::check() const {
  const std::lock_guard lock(mutex_);
  if (failure_)
    std::rethrow_exception(failure_);
}

bool EdgeCamera::is_begun_here(const std::string& start) const {
  const std::lock_guard lock(mutex_);
  return start == begun_here_;
}

void EdgeCamera::refuse(const std::string& state, const std::string& start,
                        const std::string& why) {
  log::info((start.empty() ? "a start" : "start " + start) + ": " + state + ": " + why);
  queue_.add({voice_.status_work(state, start, with_text(why))});
}

void EdgeCamera::start(const std::string& payload) {
  if (!answers_.take()) {
    if (!is_flooded_.exchange(true))
      log::warn(voice_.topics().start + ": more starts than this device looks at are passed over");
    return;
  }
  try {
    accept(parse_start(payload, options_.plan, options_.longest_s));
  } catch (const Error& error) {
    if (error.fault() != Fault::input)
      throw;
    refuse("refused", "", words_of(error));
  }
}

void EdgeCamera::accept(const StartRequest& request) {
  const auto& cores = request.cores;
  if (!cores.empty() && std::find(cores.begin(), cores.end(), voice_.core()) == cores.end())
    return; // others are meant
  if (const auto current = queue_.first(WorkKind::start)) {
    if (current->id != request.id) // else it is the same one, delivered twice
      refuse("busy", request.id, "the capture " + current->id + " goes on");
    return;
  }
  const std::string id = request.id.empty() ? random_id() : request.id;
  if (!queue_.is_new(id))
    return refuse("refused", id, "a start of this id was done before");
  {
    const std::lock_guard lock(mutex_);
    begun_here_ = id;
  }
  queue_.add({Capture(id, request.plan).work(),
              voice_.status_work("started", id, plan_value(request.plan))});
}

void EdgeCamera::run() noexcept {
  try {
    while (!is_stopping_) {
      const auto work = queue_.first(WorkKind::start);
      if (work && interrupt_requested() == 0)
        capture(*work);
      else if (work)
        std::this_thread::sleep_for(k_end_every); // stop() is about to be called
      else
        queue_.wait([&] { return is_stopping_ || queue_.waiting(WorkKind::start) > 0; },
                    k_look_every);
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
  }
}

void EdgeCamera::capture(const Work& work) {
  Capture now(work);
  std::string state = "finished";
  Value details = Value::object();
  bool is_live = false;
  try {
    const auto source = capture::open_frames(options_.source, options_.source_options);
    is_live = source->info().is_live;
    if (is_live && !is_begun_here(now.id))
      now.is_cut_off = true;
    else
      take_frames(now, *source);
  } catch (const Interrupted&) {
    now.is_cut_off = true;
  } catch (const Error& error) {
    state = "failed";
    details = with_text(words_of(error));
    log::warn("start " + now.id + ": " + words_of(error));
  }
  if (now.is_cut_off && !is_live)
    return; // the start stays, and the next process goes on
  if (now.is_cut_off) {
    state = "interrupted";
    details = with_text("this device stopped; what the camera saw then is gone");
  } else if (now.is_full) {
    state = "stopped";
    details = with_text("the buffer is full");
  }
  details["frames"] = now.frames;
  if (const auto dropped = queue_.dropped(); dropped > 0)
    details["dropped"] = dropped;
  queue_.step(now.number, {voice_.status_work(state, now.id, std::move(details))});
  log::info("start " + now.id + ": " + state + ", " + std::to_string(now.frames) + " frames");
}

void EdgeCamera::take_frames(Capture& now, capture::FrameSource& source) {
  capture::Sampler sampler(now.plan.selection, source);
  while (!now.plan.frames || now.frames < *now.plan.frames) {
    if (is_stopping_) {
      now.is_cut_off = true;
      return;
    }
    const auto frame = source.next();
    if (!frame || sampler.is_past_end(*frame))
      return;
    if (sampler.takes(*frame) && frame->index > now.last_index && !keep(now, *frame, source)) {
      now.is_full = true;
      return;
    }
  }
}

/// \return false: there is no room.
bool EdgeCamera::keep(Capture& now, const capture::Frame& frame, capture::FrameSource& source) {
  auto picture = source.picture()();
  EdgeFrame record;
  record.id = id_of(voice_.core() + "\n" + now.id + "\n" + std::to_string(frame.index));
  record.start = now.id;
  record.name = record.id + ".jpg";
  record.path = (queue_.pictures() / record.name).string();
  record.index = frame.index;
  record.time_s = frame.time_s;
  record.captured_s = seconds_since_1970();
  Capture next = now;
  next.last_index = frame.index;
  ++next.frames;
  std::vector<Work> works{next.work(),
                          {WorkKind::frame, record.id, to_text(record), "", record.name}};
  if (auto message = voice_.frame_work(record))
    works.push_back(std::move(*message));
  const auto bytes = imaging::encode_jpeg(picture.rgb(), options_.quality);
  if (!queue_.add_picture(record.name, bytes, now.number, works))
    return false;
  now = std::move(next);
  now.number = queue_.first(WorkKind::start)->number;
  return true;
}

} // namespace mlopsctl::serving
