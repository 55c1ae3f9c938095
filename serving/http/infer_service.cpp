// SPDX-License-Identifier: Apache-2.0
#include "serving/http/infer_service.hpp"

#include "core/log.hpp"
#include "core/text.hpp"
#include "imaging/codecs.hpp"
#include "serving/http/page.hpp"
#include "serving/http/picture_body.hpp"

#include <algorithm>
#include <array>
#include <future>

namespace mlopsctl::serving {
namespace {

struct Route {
  std::string_view path;
  bool is_post;
  bool is_open; ///< without the token
};

constexpr std::string_view k_page_predict = "/page/predict";
constexpr std::array<Route, 7> k_routes{{{"/", false, false},
                                         {"/healthz", false, true},
                                         {"/readyz", false, true},
                                         {"/metrics", false, false},
                                         {"/predict", true, false},
                                         {"/api/detect", true, false},
                                         {k_page_predict, true, false}}};

const Route* find_route(const std::string& path) {
  const auto* found = std::find_if(k_routes.begin(), k_routes.end(),
                                   [&](const Route& route) { return route.path == path; });
  return found == k_routes.end() ? nullptr : found;
}

/// \throws HttpError 404 or 405.
void check_route(const Route* route, const Request& head) {
  if (!route)
    throw HttpError(404, "there is nothing at " + printable(head.path),
                    "pictures go to POST /predict");
  const bool fits =
      route->is_post ? head.method == "POST" : head.method == "GET" || head.method == "HEAD";
  if (!fits)
    throw HttpError(405, printable(head.method) + " is not for " + std::string(route->path), "",
                    {{"Allow", route->is_post ? "POST" : "GET, HEAD"}});
}

HttpError busy(int status, const std::string& text) {
  return {status, text, "try again later", {{"Retry-After", "1"}}};
}

/// \throws HttpError 400 or 413.
imaging::Image decoded(std::string_view bytes) {
  try {
    return imaging::decode(bytes, "the picture");
  } catch (const imaging::TooManyPixels& error) {
    throw HttpError(413, error.what(), error.hint());
  } catch (const Error& error) {
    throw HttpError(400, error.what(), error.hint());
  }
}

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

} // namespace

InferService::InferService(ServiceOptions options) : options_(std::move(options)) {}

InferService::~InferService() {
  refuse_new();
  std::deque<Job> left;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    left.swap(queue_);
  }
  wake_.notify_all();
  for (auto& worker : workers_)
    worker.join();
  for (auto& job : left)
    job.answer(refusal(job.request, busy(503, "the service has ended")));
}

void InferService::load(const package::ModelPackage& package) {
  spec_ = package.spec;
  std::vector<std::future<inference::Model>> loading;
  for (int i = 0; i < options_.workers; ++i)
    loading.push_back(std::async(std::launch::async, [&] {
      return inference::Model::load(package, {options_.engine, options_.threads});
    }));
  std::vector<inference::Model> models;
  for (auto& model : loading)
    models.push_back(model.get());
  engine_ = models.front().engine();
  model_name_ = spec_.name + " " + spec_.version;
  model_labels_ = "name=" + metric_label(spec_.name) + ",version=" + metric_label(spec_.version) +
                  ",digest=" + metric_label(package.digest) + ",engine=" + metric_label(engine_) +
                  ",threads=" + metric_label(std::to_string(models.front().threads()));
  for (auto& model : models)
    workers_.emplace_back([this, moved = std::make_shared<inference::Model>(std::move(model))] {
      run_worker(std::move(*moved));
    });
  phase_ = Phase::ready;
}

void InferService::refuse_new() {
  phase_ = Phase::ending;
}

std::optional<Response> InferService::begin(const Request& head) {
  try {
    check_site(head, options_.access);
    const Route* route = find_route(head.path);
    if (!route || !route->is_open)
      check_token(head, options_.access);
    check_route(route, head);
    if (!route->is_post) {
      auto response = answer_get(head.path);
      metrics_.count(head.path, response.status);
      return response;
    }
    if (phase_ != Phase::ready)
      throw busy(503, phase_ == Phase::loading ? "the model is loading" : "the service is ending");
    return std::nullopt;
  } catch (const HttpError& error) {
    return refusal(head, error);
  }
}

Response InferService::answer_get(const std::string& path) {
  constexpr const char* k_text = "text/plain; charset=utf-8";
  const Phase phase = phase_;
  if (path == "/healthz")
    return {200, k_text, "ok\n"};
  if (path == "/readyz")
    return {phase == Phase::ready ? 200 : 503, k_text,
            phase == Phase::ready     ? "ready\n"
            : phase == Phase::loading ? "the model is loading\n"
                                      : "the service is ending\n"};
  if (path == "/metrics")
    return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_text()};
  return service_page(phase == Phase::loading ? "The model is loading" : model_name_);
}

std::string InferService::metrics_text() const {
  Gauges gauges;
  const Phase phase = phase_;
  if (const auto* server = server_.load())
    gauges.connections = server->connections();
  gauges.queue_limit = options_.queue;
  gauges.workers = static_cast<std::size_t>(options_.workers);
  gauges.is_ready = phase == Phase::ready;
  if (phase != Phase::loading)
    gauges.model = model_labels_;
  {
    const std::lock_guard lock(mutex_);
    gauges.queued = queue_.size();
  }
  return metrics_.text(gauges);
}

Response InferService::fault(int status, const std::string& text) {
  metrics_.count("other", status);
  return error_reply(status == 429 ? busy(status, text) : HttpError(status, text));
}

Response InferService::refusal(const Request& head, const HttpError& error) {
  metrics_.count(find_route(head.path) ? head.path : "other", error.status());
  return error_reply(error);
}

void InferService::handle(Request&& request, Answer answer) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_stopping_ && queue_.size() < options_.queue) {
      queue_.push_back({std::move(request), std::move(answer)});
      wake_.notify_one();
      return;
    }
  }
  answer(refusal(request, busy(429, std::to_string(options_.queue) + " pictures are waiting")));
}

void InferService::run_worker(inference::Model model) {
  for (;;) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return is_stopping_ || !queue_.empty(); });
    if (is_stopping_)
      return;
    Job job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    job.answer(predict(model, job.request));
  }
}

Response InferService::predict(inference::Model& model, const Request& request) {
  try {
    const auto answered = run(model, request);
    const bool is_page = request.path == k_page_predict;
    auto response = reply_to(answered, spec_, is_page ? ReplyStyle{} : options_.style);
    const double total_ms = milliseconds(Clock::now() - request.begun);
    metrics_.measure(answered, total_ms / 1e3);
    metrics_.count(request.path, response.status);
    log::verbose(request.path + ": 200, " + fixed(total_ms, 1) + " ms");
    return response;
  } catch (const HttpError& error) {
    return refusal(request, error);
  } catch (const Error& error) {
    return refusal(request, HttpError(error.fault() == Fault::input ? 422 : 500, error.what()));
  } catch (const std::bad_alloc&) {
    return refusal(request, busy(503, "out of memory"));
  } catch (const std::exception& error) {
    return refusal(request, HttpError(500, error.what()));
  }
}

Answered InferService::run(inference::Model& model, const Request& request) const {
  const auto started = Clock::now();
  Answered answered;
  answered.receive_ms = milliseconds(request.received - request.begun);
  answered.queue_ms = milliseconds(started - request.received);
  std::string storage;
  const auto sent = find_picture(request, storage);
  const auto found = Clock::now();
  const auto image = decoded(sent.bytes);
  const double decode_ms = milliseconds(Clock::now() - found);
  answered.name = sent.name;
  answered.width = image.width;
  answered.height = image.height;
  answered.prediction = model.run(image, inference::Threshold::show);
  answered.prediction.timing.decode_ms = decode_ms;
  return answered;
}

} // namespace mlopsctl::serving
