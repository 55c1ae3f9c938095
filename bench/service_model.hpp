// SPDX-License-Identifier: Apache-2.0
// A service over HTTP that stands for a model: from a picture's bytes to a prediction.
#pragma once

#include "bench/service.hpp"
#include "inference/model.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace mlopsctl::bench {

class ServiceModel {
public:
  explicit ServiceModel(ServiceOptions options);

  /// Any thread, as many at once as call. \param picture bytes of its file.
  /// \throws as Service::ask().
  net::HttpReply ask(const std::string& picture);

  /// One thread. \param reply of ask(), \param place for messages.
  /// \throws Error(remote) if it has no detections and no classes with scores.
  inference::Prediction read(const net::HttpReply& reply, const std::string& place);

  /// Its labels are those that read() has met; they keep the ids that the service gives them.
  const package::ModelSpec& spec() const { return spec_; }
  const storage::BenchmarkRow& description() const { return description_; }

private:
  int class_id(const std::string& label, std::int64_t theirs);

  ServiceOptions options_;
  package::ModelSpec spec_;
  storage::BenchmarkRow description_; ///< of describe_service()
  std::mutex mutex_;
  std::vector<std::unique_ptr<Service>> idle_; ///< connections that are kept
};

} // namespace mlopsctl::bench
