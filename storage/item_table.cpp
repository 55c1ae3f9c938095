// SPDX-License-Identifier: Apache-2.0
#include "storage/item_table.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "storage/dynamo_table.hpp"

namespace mlopsctl::storage {
namespace {

class DynamoItems final : public ItemTable {
public:
  DynamoItems(net::DynamoTable table, std::string key_attribute)
      : table_(std::move(table)), key_attribute_(std::move(key_attribute)) {}

  bool put(const std::string& id, const Value& item) override {
    Value row = Value::object();
    row[key_attribute_] = id;
    for (const auto& [name, value] : item.members)
      row[name] = value;
    const auto attributes = net::to_item(row);
    if (const auto bytes = net::item_size_bytes(attributes); bytes > net::k_item_limit_bytes)
      throw Error(Fault::input,
                  id + ": the item is " + bytes_for_people(bytes) + ", over DynamoDB's limit of " +
                      bytes_for_people(net::k_item_limit_bytes),
                  "raise decoder.score_threshold, so that fewer objects are kept");
    return table_.put_if_absent(attributes, key_attribute_);
  }

private:
  net::DynamoTable table_;
  std::string key_attribute_;
};

} // namespace

std::unique_ptr<ItemTable> open_item_table(const std::string& url,
                                           const std::string& key_attribute) {
  return std::make_unique<DynamoItems>(connect_dynamo_table(url, "--table"), key_attribute);
}

} // namespace mlopsctl::storage
