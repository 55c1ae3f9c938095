// SPDX-License-Identifier: Apache-2.0
// RecordTable: what somebody keeps of a name, by URL. Nothing is written.
#pragma once

#include "core/value.hpp"

#include <memory>
#include <optional>
#include <string>

namespace mlopsctl::storage {

class RecordTable {
public:
  virtual ~RecordTable() = default;
  /// \return all members of the record, the key among them; nothing if there is none.
  /// \throws Error(remote), also for what is no JSON: sets and binaries.
  virtual std::optional<Value> find(const std::string& key) = 0;
};

/// \param url "dynamodb://NAME" or "dynamodb://NAME?region=R". \param key_attribute the table's
/// partition key, a text; it has no sort key. \throws Error(usage) for other URLs.
std::unique_ptr<RecordTable> open_record_table(const std::string& url,
                                               const std::string& key_attribute);

} // namespace mlopsctl::storage
