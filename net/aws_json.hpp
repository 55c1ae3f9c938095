// SPDX-License-Identifier: Apache-2.0
// Calls of an AWS service that speaks JSON: signed, repeated where that helps, errors by their
// code.
#pragma once

#include "core/value.hpp"
#include "net/aws_call.hpp"

#include <memory>
#include <string>

namespace mlopsctl::net {

struct AwsService {
  std::string name;         ///< "dynamodb"
  std::string target;       ///< "DynamoDB_20120810"
  std::string content_type; ///< "application/x-amz-json-1.0"
};

class AwsJsonClient {
public:
  AwsJsonClient(AwsService service, Endpoint endpoint, CredentialChain credentials,
                AwsCaller::MakeClient make_client, Backoff backoff = Backoff());

  /// As AwsCaller::call. \p operation must be one that may be repeated.
  /// \throws AwsError; TransportError.
  Value call(const std::string& operation, const Value& body);
  /// Waits as before another attempt of a call. For what a reply left undone.
  void wait(int attempt) { caller_.wait(attempt); }
  /// "http://127.0.0.1:8000", for messages.
  const std::string& place() const { return endpoint_.url; }

private:
  AwsService service_;
  Endpoint endpoint_;
  AwsCaller caller_;
};

/// From the environment, the profile files and the command line.
std::unique_ptr<AwsJsonClient> create_aws_json_client(const AwsService& service,
                                                      const RemoteOptions& options);

} // namespace mlopsctl::net
