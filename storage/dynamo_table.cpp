// SPDX-License-Identifier: Apache-2.0
// An item is a row's document, and its two keys: the digests of model and data set, so that
// comparable rows stand together, and the row's own. The order of the measured numbers is kept
// beside them, because DynamoDB keeps none.
#include "storage/dynamo_table.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "storage/remote.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace mlopsctl::storage {
namespace {

constexpr const char* k_scheme = "dynamodb://";
constexpr const char* k_partition_key = "model_dataset";
constexpr const char* k_sort_key = "run_id";
constexpr const char* k_number_order = "number_order";
constexpr std::size_t k_most_rows = 1'000'000; ///< that are read into memory

Value key_of(const BenchmarkRow& row) {
  Value key = Value::object();
  key[k_partition_key]["S"] = row.model_digest + "/" + row.dataset_digest;
  key[k_sort_key]["S"] = row.id;
  return key;
}

Value item_of(const BenchmarkRow& row) {
  Value item = key_of(row);
  for (auto& member : net::to_item(to_value(row)).members)
    item.members.push_back(std::move(member));
  Value order = Value::array();
  for (const auto& [name, number] : row.numbers)
    order.push(name);
  item[k_number_order] = net::to_attribute(order);
  const auto size = net::item_size_bytes(item);
  if (size > net::k_item_limit_bytes)
    throw Error(Fault::input,
                "row " + row.id + ": is " + bytes_for_people(size) + " large, and DynamoDB takes " +
                    bytes_for_people(net::k_item_limit_bytes),
                "keep it in an SQLite table, or shorten its note and --set values");
  return item;
}

BenchmarkRow row_of(const Value& item, const std::string& name) {
  BenchmarkRow row = benchmark_row_from(net::from_item(item, name), name);
  std::map<std::string, std::size_t> places;
  if (const Value* order = item.find(k_number_order))
    for (const auto& entry : net::from_attribute(*order, name).items)
      places.emplace(entry.string, places.size());
  std::stable_sort(row.numbers.begin(), row.numbers.end(), [&](const auto& a, const auto& b) {
    const auto place = [&](const std::string& number) {
      const auto found = places.find(number);
      return std::pair(found == places.end() ? places.size() : found->second, number);
    };
    return place(a.first) < place(b.first);
  });
  return row;
}

bool fits(const BenchmarkRow& row, const BenchmarkQuery& query) {
  return (query.tag.empty() || row.tag == query.tag) &&
         (query.model_name.empty() || row.model_name == query.model_name) &&
         (query.id.empty() || row.id == query.id ||
          (row.id.size() > 7 && row.id.compare(7, query.id.size(), query.id) == 0));
}

class DynamoBenchmarkTable final : public BenchmarkTable {
public:
  DynamoBenchmarkTable(std::string url, net::DynamoTable table)
      : url_(std::move(url)), table_(std::move(table)) {
    check_is_there();
  }

  std::int64_t append(const std::vector<BenchmarkRow>& rows) override {
    if (rows.size() == 1)
      return table_.put_if_absent(item_of(rows.front()), k_sort_key) ? 1 : 0;
    std::map<std::string, const BenchmarkRow*> open; // by id: a batch may not name a key twice
    for (const auto& row : rows)
      open.emplace(row.id, &row);
    std::vector<Value> keys;
    for (const auto& [id, row] : open)
      keys.push_back(key_of(*row));
    table_.get_all(keys, {k_sort_key}, [&](const Value& item) {
      if (const Value* id = item.find(k_sort_key))
        open.erase(net::from_attribute(*id, url_).string);
    });
    std::vector<Value> items;
    for (const auto& row : rows)
      if (const auto found = open.find(row.id); found != open.end() && found->second == &row)
        items.push_back(item_of(row));
    // Between the two calls another may write the same row: its bytes are the same, as is its key.
    table_.put_all(items, [](std::size_t) {});
    return static_cast<std::int64_t>(items.size());
  }

  bool contains(const BenchmarkRow& row) override { return table_.contains(key_of(row)); }

  std::vector<BenchmarkRow> rows(const BenchmarkQuery& query) override {
    std::vector<BenchmarkRow> found;
    table_.scan([&](const Value& item) {
      BenchmarkRow row = row_of(item, url_);
      if (!fits(row, query))
        return;
      found.push_back(std::move(row));
      if (found.size() > k_most_rows)
        throw Error(Fault::input, url_ + ": more than " + std::to_string(k_most_rows) + " rows",
                    "restrict them by --tag or --model");
    });
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return std::tie(a.time, a.id) < std::tie(b.time, b.id);
    });
    if (query.last && static_cast<std::int64_t>(found.size()) > *query.last)
      found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(*query.last));
    return found;
  }

private:
  /// One item that nobody has: finds a missing table, other keys and wrong credentials with no more
  /// than the right to read.
  void check_is_there() {
    BenchmarkRow nobody;
    nobody.id = "sha256:none";
    try {
      table_.contains(key_of(nobody));
    } catch (const net::AwsError& error) {
      const std::string layout = "{name: " + table_.name() + ", layout: benchmark}";
      const std::string render = "'mlopsctl template render cloud-function -f deploy.yaml -o DIR'";
      if (error.code() == "ResourceNotFoundException")
        throw Error(Fault::remote,
                    url_ + ": there is no such table at " + table_.place() +
                        ", or it is still being made",
                    "with " + layout + " under tables in deploy.yaml, " + render +
                        " renders what makes it");
      if (error.code() == "ValidationException")
        throw Error(Fault::remote,
                    url_ + ": is no benchmark table: its keys are not " + k_partition_key +
                        " and " + k_sort_key,
                    "a table of the right layout comes from " + layout + " in deploy.yaml and " +
                        render);
      throw;
    }
  }

  std::string url_;
  net::DynamoTable table_;
};

} // namespace

DynamoName parse_dynamo_url(const std::string& url) {
  const auto refuse = [&](const std::string& why) {
    throw Error(Fault::usage, "'" + printable(url) + "': " + why,
                "give dynamodb://NAME, or dynamodb://NAME?region=eu-west-1");
  };
  DynamoName out;
  out.name = url.substr(std::string_view(k_scheme).size());
  if (const auto question = out.name.find('?'); question != std::string::npos) {
    const std::string query = out.name.substr(question + 1);
    out.name.resize(question);
    if (!query.starts_with("region=") || query.size() == 7)
      refuse("only region= may follow the '?'");
    out.region = query.substr(7);
  }
  const bool is_name = out.name.size() >= 3 && out.name.size() <= 255 &&
                       std::all_of(out.name.begin(), out.name.end(), [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
                       });
  if (!is_name)
    refuse("no name of a table: 3 to 255 letters, digits, '_', '-', '.'");
  return out;
}

bool is_dynamo_url(const std::string& url) {
  return url.starts_with(k_scheme);
}

net::DynamoTable connect_dynamo_table(const std::string& url, const std::string& option) {
  if (!is_dynamo_url(url))
    throw Error(Fault::usage, option + ": '" + printable(url) + "' is no table of DynamoDB",
                "give dynamodb://NAME");
  const auto table = parse_dynamo_url(url);
  auto remote = remote_options();
  if (!table.region.empty())
    remote.region = table.region;
  return {net::create_dynamodb_client(remote), table.name};
}

std::unique_ptr<BenchmarkTable> open_dynamo_table(const std::string& url,
                                                  const net::RemoteOptions& remote) {
  const auto table = parse_dynamo_url(url);
  net::RemoteOptions options = remote;
  if (!table.region.empty())
    options.region = table.region;
  return std::make_unique<DynamoBenchmarkTable>(
      url, net::DynamoTable(net::create_dynamodb_client(options), table.name));
}

} // namespace mlopsctl::storage
