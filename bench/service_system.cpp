// SPDX-License-Identifier: Apache-2.0
#include "bench/service_system.hpp"

#include "bench/redact.hpp"
#include "bench/service_reply.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "imaging/codecs.hpp"

namespace mlopsctl::bench {
namespace {

class ServiceResponder final : public Responder {
public:
  explicit ServiceResponder(const ServiceOptions& options) : options_(options), service_(options) {}

  Measured measure(const RunImage& image, Clock::time_point start) override {
    check_interrupt();
    const auto info = imaging::probe_file(image.path);
    check_size(image, info.width, info.height);
    const auto picture = read_file(image.path, k_picture_bytes);
    const auto reply = is_ready_ ? service_.send(picture) : service_.wait_until_ready(picture);
    is_ready_ = true;
    Measured measured;
    measured.latency_ns = since_ns(start);
    measured.prediction.ref = image.ref;
    measured.prediction.place = image.place;
    if (reply.status != 200 || !read_reply(reply.body, measured.prediction))
      throw Error(Fault::remote,
                  without_url_secrets(options_.url) + ": status " + std::to_string(reply.status) +
                      " to " + image.ref + ": no detections and no classes with scores: " +
                      printable(trim(reply.body.substr(0, 200))),
                  "a service of 'mlopsctl serve http' in its plain layout is understood");
    measured.timing = server_timing(reply);
    return measured;
  }

  std::vector<Measured> measure(const Batch&) override {
    throw Error(Fault::usage, "a service takes one picture at a time",
                "leave --batch out, or give --threads, which is how many are sent at once");
  }

  std::string engine() const override { return {}; }

private:
  const ServiceOptions& options_;
  Service service_;
  bool is_ready_ = false;
};

class ServiceSystem final : public SystemUnderTest {
public:
  explicit ServiceSystem(const ServiceOptions& options) : options_(options) {}
  std::unique_ptr<Responder> open(int) const override {
    return std::make_unique<ServiceResponder>(options_);
  }
  void describe(storage::BenchmarkRow& row) const override { describe_service(options_, row); }
  bool is_in_this_process() const override { return false; }
  double score_threshold() const override { return 0; } // it shows no others

private:
  const ServiceOptions& options_;
};

} // namespace

std::unique_ptr<SystemUnderTest> service_system(const ServiceOptions& options) {
  return std::make_unique<ServiceSystem>(options);
}

} // namespace mlopsctl::bench
