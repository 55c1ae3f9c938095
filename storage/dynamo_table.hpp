// SPDX-License-Identifier: Apache-2.0
// The benchmark table as a DynamoDB table of the layout that `template render` writes.
#pragma once

#include "net/dynamodb.hpp"
#include "net/endpoint.hpp"
#include "storage/benchmark_table.hpp"

#include <memory>
#include <string>

namespace mlopsctl::storage {

bool is_dynamo_url(const std::string& url);

struct DynamoName {
  std::string name;
  std::string region; ///< empty: as the environment says
};
/// \param url "dynamodb://NAME" or "dynamodb://NAME?region=eu-west-1". \throws Error(usage).
DynamoName parse_dynamo_url(const std::string& url);

/// The table of \p url, spoken to as --region and the like say. \param option of the command line,
/// for messages. \throws Error(usage) if it is no such URL.
net::DynamoTable connect_dynamo_table(const std::string& url, const std::string& option);

/// \param url "dynamodb://NAME" or "dynamodb://NAME?region=eu-west-1". The table is asked for one
/// item, so that what stands in the way is found now.
/// \throws Error(usage) if it is no such URL; Error(remote) if there is no such table.
std::unique_ptr<BenchmarkTable> open_dynamo_table(const std::string& url,
                                                  const net::RemoteOptions& remote);

} // namespace mlopsctl::storage
