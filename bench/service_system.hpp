// SPDX-License-Identifier: Apache-2.0
// A service over HTTP as the system under test.
#pragma once

#include "bench/service.hpp"
#include "bench/system.hpp"

namespace mlopsctl::bench {

/// One request at a time by each Responder, on a connection that is kept. Their errors are of
/// Service::wait_until_ready(). Error(remote) for a reply without detections or classes with
/// scores. \param options must outlive it.
std::unique_ptr<SystemUnderTest> service_system(const ServiceOptions& options);

} // namespace mlopsctl::bench
