// SPDX-License-Identifier: Apache-2.0
#include "bench/service_model.hpp"

#include "bench/redact.hpp"
#include "bench/service_reply.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::bench {
namespace {

constexpr std::int64_t k_most_labels = 1'000'000;

} // namespace

ServiceModel::ServiceModel(ServiceOptions options) : options_(std::move(options)) {
  describe_service(options_, description_);
  spec_.name = description_.model_name;
  spec_.version = description_.model_version;
}

net::HttpReply ServiceModel::ask(const std::string& picture) {
  std::unique_ptr<Service> service;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      service = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!service)
    service = std::make_unique<Service>(options_);
  auto reply = service->ask(picture);
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(service));
  return reply;
}

int ServiceModel::class_id(const std::string& label, std::int64_t theirs) {
  auto& labels = spec_.labels;
  const auto known = std::find(labels.begin(), labels.end(), label);
  if (known != labels.end())
    return static_cast<int>(known - labels.begin());
  const auto size = static_cast<std::int64_t>(labels.size());
  const bool is_usable = theirs >= 0 && theirs < k_most_labels &&
                         (theirs >= size || labels[static_cast<std::size_t>(theirs)].empty());
  const std::int64_t id = is_usable ? theirs : size;
  if (id >= size)
    labels.resize(static_cast<std::size_t>(id) + 1);
  labels[static_cast<std::size_t>(id)] = label;
  return static_cast<int>(id);
}

inference::Prediction ServiceModel::read(const net::HttpReply& reply, const std::string& place) {
  dataset::Sample sample;
  if (!read_reply(reply.body, sample))
    throw Error(Fault::remote,
                without_url_secrets(options_.url) + ": " + place +
                    ": no detections and no classes with scores: " +
                    printable(trim(reply.body.substr(0, 200))),
                "a service of 'mlopsctl serve http' in its plain layout is understood");
  if (!sample.classes.empty())
    spec_.task = package::Task::classification;
  inference::Prediction prediction;
  prediction.timing = server_timing(reply);
  for (const auto& found : sample.annotations)
    prediction.detections.push_back(
        {class_id(found.label, found.source_id), found.score.value_or(0), found.box});
  for (const auto& guess : sample.classes)
    prediction.classes.push_back({class_id(guess.label, guess.source_id), guess.score.value_or(0)});
  return prediction;
}

} // namespace mlopsctl::bench
