// SPDX-License-Identifier: Apache-2.0
// Items of a DynamoDB table as plain values.
#pragma once

#include "core/value.hpp"
#include "net/aws_json.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::net {

inline constexpr std::size_t k_item_limit_bytes = 400 * 1024; ///< names count too

/// 3 -> {"N":"3"}. A double is written in the shortest form that reads back as the same one, at
/// most 17 of the 38 digits that a number may have. What a number of DynamoDB cannot be (-0, and
/// sizes outside 1e-130 ... 1e126) becomes {"M":{"double":{"S":"1e-200"}}}.
/// \throws Error(input) for nan and infinity.
Value to_attribute(const Value& value);
/// The way back. \param name for messages. \throws Error(remote) for sets, binaries and what is no
/// attribute.
Value from_attribute(const Value& attribute, const std::string& name);

/// Every member of an object.
Value to_item(const Value& object);
Value from_item(const Value& item, const std::string& name);
/// Near enough to what DynamoDB counts to refuse an item before it is sent.
std::size_t item_size_bytes(const Value& item);

/// Calls on one table. Items and keys are objects of attributes.
class DynamoTable {
public:
  DynamoTable(std::shared_ptr<AwsJsonClient> client, std::string name);

  /// \return false if there is an item with that key: nothing was written.
  bool put_if_absent(const Value& item, const std::string& key_attribute);
  /// Any number of items with different keys, 25 at a time; what was not taken is sent again.
  /// \param done called with the number of items written since the last call.
  void put_all(const std::vector<Value>& items, const std::function<void(std::size_t)>& done);
  /// Nothing that is not there. Any number of keys, 100 at a time.
  /// \param attributes the names to fetch. \param each called with an item.
  void get_all(const std::vector<Value>& keys, const std::vector<std::string>& attributes,
               const std::function<void(const Value&)>& each);
  /// The item of this key; nothing if there is none.
  std::optional<Value> get(const Value& key);
  bool contains(const Value& key) { return get(key).has_value(); }
  /// Every item, page after page, in no order.
  void scan(const std::function<void(const Value&)>& each);

  const std::string& name() const { return name_; }
  const std::string& place() const { return client_->place(); }

private:
  std::shared_ptr<AwsJsonClient> client_;
  std::string name_;
};

std::shared_ptr<AwsJsonClient> create_dynamodb_client(const RemoteOptions& options);

} // namespace mlopsctl::net
