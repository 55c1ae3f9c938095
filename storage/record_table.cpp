// SPDX-License-Identifier: Apache-2.0
#include "storage/record_table.hpp"

#include "storage/dynamo_table.hpp"

namespace mlopsctl::storage {
namespace {

class DynamoRecords final : public RecordTable {
public:
  DynamoRecords(std::string url, std::string key_attribute)
      : url_(std::move(url)), table_(connect_dynamo_table(url_, "--lookup")),
        key_attribute_(std::move(key_attribute)) {}

  std::optional<Value> find(const std::string& key) override {
    Value name = Value::object();
    name[key_attribute_]["S"] = key;
    const auto item = table_.get(name);
    if (!item)
      return std::nullopt;
    return net::from_item(*item, url_);
  }

private:
  std::string url_;
  net::DynamoTable table_;
  std::string key_attribute_;
};

} // namespace

std::unique_ptr<RecordTable> open_record_table(const std::string& url,
                                               const std::string& key_attribute) {
  return std::make_unique<DynamoRecords>(url, key_attribute);
}

} // namespace mlopsctl::storage
