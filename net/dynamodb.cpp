// SPDX-License-Identifier: Apache-2.0
// "Amazon DynamoDB low-level API" (API version 2012-08-10).
#include "net/dynamodb.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::net {
namespace {

constexpr std::size_t k_put_batch = 25;
constexpr std::size_t k_get_batch = 100;
/// Bytes of a batch; the service takes 16 MB.
constexpr std::size_t k_batch_limit_bytes = 8 << 20;
constexpr double k_smallest_number = 1e-130;
constexpr double k_largest_number = 9.99e125;
constexpr std::size_t k_most_rounds = 1000; ///< of one batch that goes on but never ends
constexpr const char* k_wide_double = "double";

Value tagged(const char* type, Value value) {
  Value out = Value::object();
  out[type] = std::move(value);
  return out;
}

Value number_attribute(double value) {
  if (!std::isfinite(value))
    throw Error(Fault::input, "a table cannot hold a number that is not finite");
  const double size = std::abs(value);
  const bool fits =
      value == 0 ? !std::signbit(value) : size >= k_smallest_number && size <= k_largest_number;
  if (fits)
    return tagged("N", number(value));
  return tagged("M", tagged(k_wide_double, tagged("S", value == 0 ? "-0" : number(value))));
}

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw Error(Fault::remote, name + ": " + why, "this is not an item that mlopsctl wrote");
}

Value number_value(const std::string& text, const std::string& name) {
  if (const auto whole = parse_int(text); whole && text != "-0")
    return Value(*whole);
  const auto real = parse_double(text);
  if (!real)
    refuse(name, "'" + printable(text.substr(0, 60)) + "' is no number");
  return Value(*real);
}

const Value& text_of(const Value& content, const std::string& name) {
  if (!content.is_string())
    refuse(name, "an attribute's value is " + std::string(kind_name(content.kind)));
  return content;
}

/// Only a wide double looks like {"double":{"S":...}}: rows have no such object.
const Value* wide_double(const Value& map) {
  const Value* inner = map.members.size() == 1 ? map.find(k_wide_double) : nullptr;
  const Value* text = inner == nullptr ? nullptr : inner->find("S");
  return text != nullptr && text->is_string() && parse_double(text->string) ? text : nullptr;
}

/// "UnprocessedItems" or "UnprocessedKeys" of a reply, if there are any.
const Value* left_over(const Value& reply, const char* key) {
  const Value* left = reply.find(key);
  return left != nullptr && left->is_object() && !left->members.empty() ? left : nullptr;
}

} // namespace

Value to_attribute(const Value& value) {
  switch (value.kind) {
  case Value::Kind::null: return tagged("NULL", true);
  case Value::Kind::boolean: return tagged("BOOL", value.boolean);
  case Value::Kind::integer: return tagged("N", std::to_string(value.integer));
  case Value::Kind::number: return number_attribute(value.real);
  case Value::Kind::string: return tagged("S", value.string);
  case Value::Kind::array: {
    Value list = Value::array();
    for (const auto& item : value.items)
      list.push(to_attribute(item));
    return tagged("L", std::move(list));
  }
  case Value::Kind::object: break;
  }
  return tagged("M", to_item(value));
}

// NOLINTNEXTLINE(misc-no-recursion): parse_json bounds the depth
Value from_attribute(const Value& attribute, const std::string& name) {
  if (!attribute.is_object() || attribute.members.size() != 1)
    refuse(name, "is no attribute of DynamoDB");
  const auto& [type, content] = attribute.members.front();
  if (type == "S")
    return text_of(content, name);
  if (type == "N")
    return number_value(text_of(content, name).string, name);
  if (type == "NULL")
    return {};
  if (type == "BOOL" && content.kind == Value::Kind::boolean)
    return content;
  if (type == "L" && content.is_array()) {
    Value list = Value::array();
    for (const auto& item : content.items)
      list.push(from_attribute(item, name));
    return list;
  }
  if (type == "M" && content.is_object()) {
    if (const Value* wide = wide_double(content))
      return number_value(wide->string, name);
    return from_item(content, name);
  }
  refuse(name, "has an attribute of type '" + printable(type.substr(0, 20)) + "'");
}

Value to_item(const Value& object) {
  Value item = Value::object();
  for (const auto& [name, value] : object.members)
    item.members.emplace_back(name, to_attribute(value)); // names are unique already
  return item;
}

// NOLINTNEXTLINE(misc-no-recursion): parse_json bounds the depth
Value from_item(const Value& item, const std::string& name) {
  if (!item.is_object())
    refuse(name, "is no item of DynamoDB");
  Value object = Value::object();
  for (const auto& [key, attribute] : item.members)
    object.members.emplace_back(key, from_attribute(attribute, name));
  return object;
}

std::size_t item_size_bytes(const Value& item) {
  // Three bytes for each list and map and one for each of what it holds, a byte for true or null;
  // a number takes half its digits, so that its whole text is more than enough.
  switch (item.kind) {
  case Value::Kind::string: return item.string.size();
  case Value::Kind::array: {
    std::size_t size = 3;
    for (const auto& part : item.items)
      size += 1 + item_size_bytes(part);
    return size;
  }
  case Value::Kind::object: {
    std::size_t size = 3;
    for (const auto& [name, part] : item.members) {
      const bool is_type = item.members.size() == 1 && name.size() <= 4;
      size += (is_type ? 0 : name.size() + 1) + item_size_bytes(part);
    }
    return size;
  }
  default: return 1;
  }
}

DynamoTable::DynamoTable(std::shared_ptr<AwsJsonClient> client, std::string name)
    : client_(std::move(client)), name_(std::move(name)) {}

bool DynamoTable::put_if_absent(const Value& item, const std::string& key_attribute) {
  Value body = Value::object();
  body["TableName"] = name_;
  body["Item"] = item;
  body["ConditionExpression"] = "attribute_not_exists(#key)"; // a name may be a reserved word
  body["ExpressionAttributeNames"]["#key"] = key_attribute;
  try {
    client_->call("PutItem", body);
  } catch (const AwsError& error) {
    if (error.code() == "ConditionalCheckFailedException")
      return false;
    throw;
  }
  return true;
}

void DynamoTable::put_all(const std::vector<Value>& items,
                          const std::function<void(std::size_t)>& done) {
  std::size_t next = 0;
  while (next < items.size()) {
    Value requests = Value::array();
    std::size_t bytes = 0;
    for (; next < items.size() && requests.items.size() < k_put_batch; ++next) {
      bytes += item_size_bytes(items[next]);
      if (bytes > k_batch_limit_bytes && !requests.items.empty())
        break;
      Value request = Value::object();
      request["PutRequest"]["Item"] = items[next];
      requests.push(std::move(request));
    }
    std::size_t open = requests.items.size();
    Value tables = Value::object();
    tables[name_] = std::move(requests);
    for (int fruitless = 0; open > 0;) {
      check_interrupt();
      Value body = Value::object();
      body["RequestItems"] = std::move(tables);
      const Value reply = client_->call("BatchWriteItem", body);
      const Value* left = left_over(reply, "UnprocessedItems");
      const Value* list = left == nullptr ? nullptr : left->find(name_);
      const std::size_t still = list == nullptr ? 0 : list->items.size();
      if (still > open)
        throw Error(Fault::remote, place() + ": gives back more items than it got");
      fruitless = still < open ? 0 : fruitless + 1;
      if (still < open)
        done(open - still);
      open = still;
      if (open == 0)
        break;
      if (fruitless == k_attempts)
        throw Error(Fault::remote,
                    name_ + ": " + std::to_string(open) + " items were given back unwritten " +
                        std::to_string(k_attempts) + " times",
                    "run the same command again: it goes on where it stopped");
      tables = *left;
      client_->wait(fruitless + 1);
    }
  }
}

void DynamoTable::get_all(const std::vector<Value>& keys,
                          const std::vector<std::string>& attributes,
                          const std::function<void(const Value&)>& each) {
  for (std::size_t next = 0; next < keys.size();) {
    Value request = Value::object();
    request["ConsistentRead"] = true;
    std::vector<std::string> places;
    for (const auto& attribute : attributes) {
      places.push_back("#a" + std::to_string(places.size()));
      request["ExpressionAttributeNames"][places.back()] = attribute;
    }
    request["ProjectionExpression"] = join(places, ",");
    Value list = Value::array();
    for (; next < keys.size() && list.items.size() < k_get_batch; ++next)
      list.push(keys[next]);
    request["Keys"] = std::move(list);
    Value tables = Value::object();
    tables[name_] = std::move(request);
    for (std::size_t round = 1;; ++round) {
      check_interrupt();
      Value body = Value::object();
      body["RequestItems"] = std::move(tables);
      const Value reply = client_->call("BatchGetItem", body);
      std::size_t found = 0;
      if (const Value* responses = reply.find("Responses"))
        if (const Value* items = responses->find(name_); items != nullptr && items->is_array())
          for (const auto& item : items->items) {
            ++found;
            each(item);
          }
      const Value* left = left_over(reply, "UnprocessedKeys");
      if (left == nullptr)
        break;
      if (round == k_most_rounds)
        throw Error(Fault::remote, name_ + ": keys are given back unread, again and again");
      tables = *left;
      if (found == 0)
        client_->wait(static_cast<int>(std::min<std::size_t>(round, k_attempts)));
    }
  }
}

std::optional<Value> DynamoTable::get(const Value& key) {
  Value body = Value::object();
  body["TableName"] = name_;
  body["Key"] = key;
  const auto reply = client_->call("GetItem", body);
  const auto* item = reply.find("Item");
  return item == nullptr ? std::nullopt : std::optional(*item);
}

void DynamoTable::scan(const std::function<void(const Value&)>& each) {
  Value body = Value::object();
  body["TableName"] = name_;
  body["ConsistentRead"] = true;
  for (;;) {
    check_interrupt();
    const Value page = client_->call("Scan", body);
    if (const Value* items = page.find("Items"); items != nullptr && items->is_array())
      for (const auto& item : items->items)
        each(item);
    const Value* last = page.find("LastEvaluatedKey");
    if (last == nullptr || !last->is_object() || last->members.empty())
      return;
    body["ExclusiveStartKey"] = *last;
  }
}

std::shared_ptr<AwsJsonClient> create_dynamodb_client(const RemoteOptions& options) {
  return create_aws_json_client({"dynamodb", "DynamoDB_20120810", "application/x-amz-json-1.0"},
                                options);
}

} // namespace mlopsctl::net
