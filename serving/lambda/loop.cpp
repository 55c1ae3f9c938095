// SPDX-License-Identifier: Apache-2.0
#include "serving/lambda/loop.hpp"

#include "capture/clip_frames.hpp"
#include "core/error.hpp"
#include "core/io.hpp"
#include "core/local_copy.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "imaging/codecs.hpp"
#include "imaging/middle_frame.hpp"
#include "inference/prediction_line.hpp"
#include "serving/http/picture_body.hpp"
#include "serving/http/reply.hpp"

#include <chrono>

namespace mlopsctl::serving {
namespace {

constexpr std::int64_t k_day_s = 86'400;
constexpr std::uint64_t k_picture_bytes = std::uint64_t{256} << 20;

/// Since 1970, as DynamoDB's time to live counts.
std::int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string error_type(const Error& error) {
  switch (error.fault()) {
  case Fault::input: return "Function.BadInput";
  case Fault::remote: return "Function.Remote";
  default: return "Function.Error";
  }
}

std::string text_of(const Error& error) {
  return error.hint().empty() ? error.what() : error.what() + std::string("; ") + error.hint();
}

/// Of a clip its middle.
imaging::MiddleFrame picture_of(const std::string& name, std::string_view bytes) {
  if (!capture::is_video(name, bytes))
    return {imaging::decode(bytes, name), std::nullopt};
  const LocalCopy copy(*source_from_text(std::string(bytes), name));
  return imaging::middle_frame(copy.path(), name);
}

/// Of a prediction's line, which has the best first; empty if nothing was found.
std::string best_label(const Value& line) {
  for (const char* name : {"detections", "classes"})
    if (const auto* found = line.find(name); found != nullptr && !found->items.empty())
      return found->items.front().find("label")->string;
  return "";
}

/// As Lambda takes a reply that has a status; one without is sent as JSON with 200.
/// (Lambda developer guide, "Invoking Lambda function URLs")
std::string url_reply(const Response& response) {
  Value document = Value::object();
  document["statusCode"] = response.status;
  document["headers"]["content-type"] = response.content_type;
  for (const auto& [name, value] : response.headers)
    document["headers"][name] = value;
  document["body"] = response.body;
  return to_json(document);
}

} // namespace

LambdaFunction::LambdaFunction(inference::Model model, std::string package_digest,
                               FunctionParts parts)
    : model_(std::move(model)), package_digest_(std::move(package_digest)),
      parts_(std::move(parts)) {}

std::string LambdaFunction::line_for(const std::string& name, std::string_view bytes,
                                     bool with_timing, inference::Threshold threshold) {
  const Stopwatch watch;
  const auto [image, time_s] = picture_of(name, bytes);
  const double decode_ms = watch.milliseconds();
  auto prediction = model_.run(image, threshold);
  prediction.timing.decode_ms = decode_ms;
  return inference::prediction_line(name, image.width, image.height, prediction, model_.spec(),
                                    {.with_timing = with_timing, .time_s = time_s});
}

std::string LambdaFunction::answer_directly(const EventPicture& picture) {
  auto line = line_for(picture.name, picture.bytes, /*with_timing=*/true);
  if (!parts_.records)
    return line;
  auto document = parse_json(line, "prediction");
  const auto label = best_label(document);
  auto record = label.empty() ? std::nullopt : parts_.records->find(label);
  document["record"] = record ? std::move(*record) : Value();
  return to_json(document);
}

std::string LambdaFunction::answer_request(const Request& request) {
  try {
    if (request.method != "POST")
      throw HttpError(405, printable(request.method) + " is not for pictures", "",
                      {{"allow", "POST"}});
    std::string storage;
    const auto sent = find_picture(request, storage);
    const auto name = sent.name.empty() ? "image" : printable(sent.name);
    return answer_directly({name, std::string(sent.bytes), ""});
  } catch (const HttpError& error) {
    return url_reply(error_reply(error));
  } catch (const Error& error) {
    if (error.fault() != Fault::input)
      throw; // the service says 502
    return url_reply(error_reply(HttpError(400, error.what(), error.hint())));
  }
}

bool LambdaFunction::keep(const std::string& id, Value item) {
  item["model"] = model_.spec().name;
  item["model_version"] = model_.spec().version;
  item["model_digest"] = package_digest_;
  if (parts_.store.retention_days)
    item["expires_at"] = seconds_now() + *parts_.store.retention_days * k_day_s;
  return parts_.store.table->put(id, item);
}

std::string LambdaFunction::answer(const std::string& event) {
  const auto parsed = parse_lambda_event(event);
  if (parsed.kind == LambdaEvent::Kind::direct)
    return answer_directly(parsed.pictures.front());
  if (parsed.kind == LambdaEvent::Kind::request)
    return answer_request(parsed.request);
  if (parsed.kind == LambdaEvent::Kind::schedule) {
    if (!parts_.on_schedule)
      throw Error(Fault::input, "event: it is time, and nothing is to be done",
                  "name a data set to measure with --data (MLOPSCTL_SERVE_LAMBDA_DATA)");
    return to_json(parts_.on_schedule(parsed.id));
  }
  Value document = Value::object();
  document["pictures"] = Value::array();
  const auto threshold =
      parsed.is_for_score ? inference::Threshold::evaluate : inference::Threshold::show;
  for (const auto& picture : parsed.pictures) {
    const auto bytes = read_all(*open_source(picture.name), k_picture_bytes);
    // Without times: the same picture gives the same item.
    const auto line = line_for(picture.name, bytes, /*with_timing=*/false, threshold);
    Value entry = Value::object();
    entry["image"] = picture.name;
    entry["id"] = picture.id;
    if (parts_.store.table)
      entry["new"] = keep(picture.id, parse_json(line, "prediction"));
    else
      entry["prediction"] = parse_json(line, "prediction");
    document["pictures"].push(std::move(entry));
  }
  return to_json(document);
}

void run_lambda_loop(LambdaApi& api, LambdaFunction& function) {
  for (;;) {
    const auto invocation = api.next();
    const auto report = [&](const Error& error) {
      log::warn("invocation " + invocation.id + ": " + text_of(error));
      api.fail(invocation, error_type(error), text_of(error));
    };
    std::string result;
    try {
      result = function.answer(invocation.event);
    } catch (const Error& error) {
      report(error);
      continue;
    }
    try {
      api.respond(invocation, result);
    } catch (const Error& error) {
      if (error.fault() != Fault::input) // of the result it says that it is too large
        throw;
      report(error);
    }
  }
}

} // namespace mlopsctl::serving
