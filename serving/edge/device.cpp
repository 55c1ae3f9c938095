// SPDX-License-Identifier: Apache-2.0
#include "serving/edge/device.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "imaging/codecs.hpp"
#include "inference/prediction_line.hpp"

#include <chrono>
#include <thread>

namespace fs = std::filesystem;

namespace mlopsctl::serving {
namespace {

constexpr std::uint64_t k_picture_bytes = std::uint64_t{256} << 20;
constexpr auto k_look_every = std::chrono::milliseconds(50);
constexpr double k_sync_every_s = 1;
constexpr std::int64_t k_day_s = 86'400;

/// The best label, as the functions of a gesture pipeline call it. \param line of the picture.
void add_best(Value& content, const Value& line) {
  content["prediction"] = Value();
  for (const char* key : {"detections", "classes"})
    if (const auto* list = line.find(key); list != nullptr && !list->items.empty()) {
      content["prediction"] = *list->items.front().find("label");
      content["score"] = *list->items.front().find("score");
    }
}

Value content_of(const EdgeFrame& frame) {
  Value content = Value::object();
  if (!frame.start.empty()) {
    content["start"] = frame.start;
    content["index"] = frame.index;
  }
  if (frame.time_s)
    content["time_s"] = *frame.time_s;
  content["timestamp"] = frame.captured_s;
  content["filepath"] = frame.path;
  return content;
}

} // namespace

EdgeDevice::EdgeDevice(EdgeOptions options, inference::Model model, std::string package_digest)
    : options_(std::move(options)), model_(std::move(model)),
      package_digest_(std::move(package_digest)), voice_(options_.core, options_.topics),
      queue_(options_.buffer, options_.rules),
      link_(options_.mqtt, voice_, queue_, [this](const auto& message) { hear(message); }),
      camera_(options_.camera, voice_, queue_),
      looker_(queue_, WorkKind::frame, [this](const Work& work) { return look_at(work); }),
      keeper_(queue_, WorkKind::picture, [this](const Work& work) { return keep_picture(work); }),
      storer_(queue_, WorkKind::row, [this](const Work& work) { return store_row(work); }) {}

bool EdgeDevice::begin(double seconds) {
  link_.begin();
  looker_.begin();
  if (options_.pictures)
    keeper_.begin();
  if (options_.table)
    storer_.begin();
  camera_.begin();
  return link_.wait_connected(seconds);
}

void EdgeDevice::check() const {
  link_.check();
  camera_.check();
  looker_.check();
  keeper_.check();
  storer_.check();
}

void EdgeDevice::run() {
  Stopwatch since_sync;
  while (interrupt_requested() == 0) {
    check();
    std::this_thread::sleep_for(k_look_every);
    if (since_sync.seconds() < k_sync_every_s)
      continue;
    queue_.sync();
    if (options_.retention_days)
      queue_.drop_older(*options_.retention_days * k_day_s);
    since_sync = Stopwatch();
  }
}

bool EdgeDevice::drain(double seconds) {
  camera_.stop();
  const InterruptHold hold; // what was taken is finished
  const Stopwatch watch;
  while (!queue_.is_empty() && watch.seconds() < seconds) {
    check();
    std::this_thread::sleep_for(k_look_every);
  }
  queue_.sync();
  return queue_.is_empty();
}

std::string EdgeDevice::waiting() const {
  return std::to_string(queue_.waiting(WorkKind::frame)) + " frames, " +
         std::to_string(queue_.waiting(WorkKind::picture)) + " pictures, " +
         std::to_string(queue_.waiting(WorkKind::row)) + " rows and " +
         std::to_string(queue_.waiting(WorkKind::message)) + " messages wait in " +
         queue_.folder().string();
}

void EdgeDevice::hear(const net::MqttMessage& message) {
  if (message.topic == options_.topics.start)
    camera_.start(message.payload);
  else if (message.topic == options_.topics.frames)
    take_request(message.payload);
}

void EdgeDevice::take_request(const std::string& payload) {
  try {
    const auto path = parse_picture_request(payload);
    if (path && requests_.take())
      look_later(*path);
  } catch (const Error& error) {
    if (error.fault() != Fault::input)
      throw;
    if (!refusals_.take())
      return;
    Value details = Value::object();
    details["text"] = printable(error.what());
    queue_.add({voice_.status_work("refused", "", std::move(details))});
  }
}

/// At a picture that somebody else put into the buffer.
void EdgeDevice::look_later(const std::string& path) {
  EdgeFrame frame;
  frame.path = resolve_inside(queue_.folder(), path).string();
  std::error_code error; // it may go in this moment: that shows when it is read
  const auto changed = fs::last_write_time(frame.path, error).time_since_epoch().count();
  frame.id = id_of(voice_.core() + "\n" + frame.path + "\n" + std::to_string(changed));
  frame.captured_s = seconds_since_1970();
  queue_.add({{WorkKind::frame, frame.id, to_text(frame)}});
}

std::vector<Work> EdgeDevice::look_at(const Work& work) {
  const auto frame = parse_edge_frame(work.body);
  try {
    return results_of(frame, read_file(frame.path, k_picture_bytes));
  } catch (const Error& error) {
    if (error.fault() != Fault::input || !queue_.contains(work.number))
      return {}; // it was dropped meanwhile
    log::warn(std::string(error.what()));
    Value content = content_of(frame);
    content["error"] = printable(error.what());
    std::vector<Work> next;
    if (auto message = voice_.result_work(frame, content))
      next.push_back(std::move(*message));
    return next;
  }
}

std::vector<Work> EdgeDevice::results_of(const EdgeFrame& frame, const std::string& bytes) {
  const auto image = imaging::decode(bytes, frame.path);
  const auto prediction = model_.run(image, inference::Threshold::show);
  const bool is_kept = options_.pictures && !frame.name.empty();
  Value content = content_of(frame);
  if (is_kept)
    content["filepath"] = options_.pictures->url_of(frame.name);
  const auto& spec = model_.spec();
  const auto line = parse_json(inference::prediction_line(frame.path, image.width, image.height,
                                                          prediction, spec, {.with_timing = false}),
                               "prediction");
  add_best(content, line);
  for (const auto& [name, value] : line.members)
    if (name != "image")
      content[name] = value;
  content["model"] = spec.name;
  content["model_version"] = spec.version;
  content["model_digest"] = package_digest_;
  std::vector<Work> next;
  const auto add = [&](std::optional<Work> item) {
    if (item)
      next.push_back(std::move(*item));
  };
  add(voice_.result_work(frame, content));
  if (options_.table) {
    add(voice_.prediction_work(frame, content));
    next.push_back({WorkKind::row, frame.id, to_json(content)});
  }
  if (is_kept)
    next.push_back({WorkKind::picture, frame.id, "{}", "", frame.name});
  return next;
}

std::vector<Work> EdgeDevice::keep_picture(const Work& work) {
  options_.pictures->put(work.picture, *open_source((queue_.pictures() / work.picture).string()),
                         Existing::replace);
  return {};
}

std::vector<Work> EdgeDevice::store_row(const Work& work) {
  Value item = parse_json(work.body, "row in the buffer");
  Value content = Value::object();
  content["table"] = options_.table_name;
  if (const auto* path = item.find("filepath"))
    content["filepath"] = *path;
  if (options_.retention_days)
    item["expires_at"] =
        static_cast<std::int64_t>(item["timestamp"].real) + *options_.retention_days * k_day_s;
  item["core"] = voice_.core();
  try {
    content["new"] = options_.table->put(work.id, item);
  } catch (const Error& error) {
    if (error.fault() != Fault::input)
      throw;
    log::warn(std::string(error.what()));
    content["error"] = printable(error.what());
  }
  std::vector<Work> next;
  if (auto message = voice_.stored_work(work.id, content))
    next.push_back(std::move(*message));
  return next;
}

} // namespace mlopsctl::serving
