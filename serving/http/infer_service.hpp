// SPDX-License-Identifier: Apache-2.0
// The detection service: a model behind HTTP, with a bounded queue and a worker for each engine.
#pragma once

#include "package/model_package.hpp"
#include "serving/http/access.hpp"
#include "serving/http/reply.hpp"
#include "serving/http/server.hpp"
#include "serving/http/service_metrics.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace mlopsctl::serving {

struct ServiceOptions {
  AccessRules access;
  ReplyStyle style;
  std::string engine;     ///< empty: the best that is here
  int workers = 1;        ///< pictures at once, each with an engine of its own
  int threads = 1;        ///< of each engine
  std::size_t queue = 64; ///< pictures that may wait; over it they get 429
};

/// POST /predict and /api/detect, GET /, /healthz, /readyz, /metrics; POST /page/predict is what
/// the page uses, always in the plain layout. Every request gets one reply.
class InferService final : public Handler {
public:
  explicit InferService(ServiceOptions options);
  ~InferService() override; ///< waiting requests get 503

  /// Until it returns, requests get 503. \throws Error of Model::load.
  void load(const package::ModelPackage& package);
  /// New requests get 503 from here on; those that were accepted are answered.
  void refuse_new();
  /// Where /metrics asks for the open connections.
  void watch(const HttpServer& server) { server_ = &server; }
  std::string engine() const { return engine_; } ///< such as "opencv 4.6.0"; after load()

  std::optional<Response> begin(const Request& head) override;
  void handle(Request&& request, Answer answer) override;
  Response fault(int status, const std::string& text) override;

private:
  struct Job {
    Request request;
    Answer answer;
  };
  enum class Phase { loading, ready, ending };

  Response answer_get(const std::string& path);
  Response refusal(const Request& head, const HttpError& error);
  std::string metrics_text() const;
  void run_worker(inference::Model model);
  Response predict(inference::Model& model, const Request& request);
  Answered run(inference::Model& model, const Request& request) const;

  const ServiceOptions options_;
  package::ModelSpec spec_;
  std::string model_name_; ///< "shapes-detector 3"
  std::string model_labels_;
  std::string engine_;
  ServiceMetrics metrics_;
  std::atomic<const HttpServer*> server_{nullptr};
  std::atomic<Phase> phase_{Phase::loading};
  mutable std::mutex mutex_; ///< of the two below
  std::deque<Job> queue_;
  bool is_stopping_ = false;
  std::condition_variable wake_;
  std::vector<std::thread> workers_;
};

} // namespace mlopsctl::serving
