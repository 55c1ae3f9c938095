// SPDX-License-Identifier: Apache-2.0
#include "net/aws_json.hpp"
#include "net/dynamodb.hpp"
#include "tests/unit/error_of.hpp"
#include "tests/unit/net/fakes.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace mlopsctl::net {
namespace {

using ::testing::HasSubstr;

class AwsJsonTest : public ::testing::Test {
protected:
  AwsJsonTest() {
    const auto environment =
        environment_of({{"AWS_ACCESS_KEY_ID", "AKID"}, {"AWS_SECRET_ACCESS_KEY", "CANARY"}});
    client = std::make_shared<AwsJsonClient>(
        AwsService{"dynamodb", "DynamoDB_20120810", "application/x-amz-json-1.0"},
        Endpoint{"https://db.example", "eu-west-1"},
        CredentialChain("", {}, environment, factory_of(server)),
        [this] { return std::make_unique<FakeClient>(server); },
        Backoff([this](double s) { waits.push_back(s); }));
  }
  void refuse(const std::string& code, int status = 400) {
    server.reply(status, R"({"__type":"com.amazonaws.dynamodb.v20120810#)" + code +
                             R"(","message":"words"})");
  }

  FakeServer server;
  std::vector<double> waits;
  std::shared_ptr<AwsJsonClient> client;
};

TEST_F(AwsJsonTest, SignsAndRepeatsWhatMayPass) {
  refuse("ProvisionedThroughputExceededException");
  server.reset();
  server.reply(503, "<html>");
  server.reply(200, R"({"ok":true})");
  EXPECT_TRUE(client->call("GetItem", Value::object()).find("ok")->boolean);
  ASSERT_EQ(server.requests.size(), 4U);
  EXPECT_EQ(waits.size(), 3U);
  for (std::size_t i = 0; i < waits.size(); ++i)
    EXPECT_LE(waits[i], Backoff::longest_s(static_cast<int>(i) + 1));
  EXPECT_EQ(server.header(0, "X-Amz-Target"), "DynamoDB_20120810.GetItem");
  EXPECT_THAT(server.header(0, "Authorization"), HasSubstr("/eu-west-1/dynamodb/aws4_request"));
  EXPECT_EQ(server.requests[0].url, "https://db.example/");
}

TEST_F(AwsJsonTest, ADamagedReplyIsAskedForAgain) {
  server.reply(200, R"({"ok":trou})", {{"x-amz-crc32", "2815713168"}});
  server.reply(200, R"({"ok":true})", {{"x-amz-crc32", "2815713168"}});
  EXPECT_TRUE(client->call("GetItem", Value::object()).find("ok")->boolean);
  EXPECT_EQ(server.requests.size(), 2U);
}

TEST_F(AwsJsonTest, StopsAfterTenAttempts) {
  for (int i = 0; i < 20; ++i)
    refuse("ThrottlingException");
  EXPECT_THAT(error_and_hint_of([&] { client->call("Scan", Value::object()); }),
              HasSubstr("https://db.example: Scan: ThrottlingException: words"));
  EXPECT_EQ(server.requests.size(), 10U);
  EXPECT_EQ(Backoff::longest_s(1), 0.05);
  EXPECT_EQ(Backoff::longest_s(100), 20);
}

TEST_F(AwsJsonTest, DoesNotRepeatARefusal) {
  refuse("ValidationException");
  EXPECT_THROW(client->call("PutItem", Value::object()), AwsError);
  EXPECT_EQ(server.requests.size(), 1U);
  EXPECT_THROW(client->call("PutItem", Value::object()), TransportError); // is not one that passes
  EXPECT_EQ(server.requests.size(), 2U);
}

TEST_F(AwsJsonTest, TakesTheServersClock) {
  server.reply(400, R"({"__type":"x#InvalidSignatureException"})",
               {{"Date", "Tue, 01 Jan 2030 00:00:00 GMT"}});
  server.reply(200, "{}");
  client->call("GetItem", Value::object());
  EXPECT_EQ(server.header(1, "X-Amz-Date").substr(0, 11), "20300101T00");
  EXPECT_TRUE(waits.empty());
  refuse("InvalidSignatureException"); // with a clock that is right it is the key
  EXPECT_THROW(client->call("GetItem", Value::object()), AwsError);
}

TEST(DynamoValues, GoThereAndBack) {
  Value row = Value::object();
  row["text"] = "";
  row["large"] = std::int64_t{9007199254740993};
  row["wide"] = 1e300;
  row["list"] = Value::array();
  row["list"].push(true);
  row["none"] = Value();
  row["map"] = Value::object();
  for (const double value : {0.1, 1.0 / 3, 1e-130, 9.99e125, 1e-131, 1e126, 5e-324, -0.0, 1e22,
                             std::numeric_limits<double>::max(), 123456789.123456789})
    row["n" + std::to_string(row.members.size())] = value;
  const Value again = from_item(parse_json(to_json(to_item(row)), "item"), "item");
  ASSERT_EQ(again.members.size(), row.members.size());
  for (std::size_t i = 0; i < row.members.size(); ++i) {
    const auto& [name, value] = row.members[i];
    EXPECT_EQ(again.members[i].first, name);
    EXPECT_EQ(again.members[i].second.real, value.real) << name;
    EXPECT_EQ(std::signbit(again.members[i].second.real), std::signbit(value.real)) << name;
    EXPECT_EQ(again.members[i].second.integer == value.integer ||
                  value.kind != Value::Kind::integer,
              true);
  }
  EXPECT_EQ(to_json(to_attribute(0.1)), R"({"N":"0.1"})");
  EXPECT_EQ(to_json(to_attribute(1e-200)), R"({"M":{"double":{"S":"1e-200"}}})");
  EXPECT_THROW(to_attribute(std::nan("")), Error);
}

TEST(DynamoValues, RefusesOtherAttributes) {
  for (const auto* text : {R"({"SS":["a"]})", R"({"N":"x"})", R"({"N":1})", "[]", "{}",
                           R"({"S":"a","N":"1"})", R"({"BOOL":"yes"})"})
    EXPECT_THAT(error_and_hint_of([&] { from_attribute(parse_json(text, "a"), "row 1"); }),
                HasSubstr("row 1: "))
        << text;
}

TEST_F(AwsJsonTest, SendsAgainWhatWasNotTaken) {
  std::vector<Value> items;
  for (int i = 0; i < 27; ++i) {
    Value item = Value::object();
    item["id"]["S"] = std::to_string(i);
    items.push_back(std::move(item));
  }
  server.reply(200, R"({"UnprocessedItems":{"t":[{"PutRequest":{"Item":{"id":{"S":"3"}}}},)"
                    R"({"PutRequest":{"Item":{"id":{"S":"4"}}}}]}})");
  server.reply(200, R"({"UnprocessedItems":{}})");
  server.reply(200, "{}");
  DynamoTable table(client, "t");
  std::size_t written = 0;
  table.put_all(items, [&](std::size_t count) { written += count; });
  EXPECT_EQ(written, 27U);
  ASSERT_EQ(server.requests.size(), 3U);
  EXPECT_EQ(parse_json(server.requests[1].body, "b").find("RequestItems")->find("t")->items.size(),
            2U);
  EXPECT_EQ(parse_json(server.requests[2].body, "b").find("RequestItems")->find("t")->items.size(),
            2U);
}

TEST_F(AwsJsonTest, ReadsEveryPage) {
  server.reply(200, R"({"Items":[{"a":{"N":"1"}}],"LastEvaluatedKey":{"a":{"N":"1"}}})");
  server.reply(200, R"({"Items":[],"LastEvaluatedKey":{"a":{"N":"2"}}})");
  server.reply(200, R"({"Items":[{"a":{"N":"3"}}]})");
  DynamoTable table(client, "t");
  std::size_t items = 0;
  table.scan([&](const Value&) { ++items; });
  EXPECT_EQ(items, 2U);
  EXPECT_THAT(server.requests[2].body, HasSubstr(R"("ExclusiveStartKey":{"a":{"N":"2"}})"));
}

TEST_F(AwsJsonTest, AConditionThatFailsIsNoError) {
  DynamoTable table(client, "t");
  server.reply(200, "{}");
  EXPECT_TRUE(table.put_if_absent(Value::object(), "run_id"));
  refuse("ConditionalCheckFailedException");
  EXPECT_FALSE(table.put_if_absent(Value::object(), "run_id"));
  EXPECT_THAT(server.requests[0].body, HasSubstr("attribute_not_exists(#key)"));
}

} // namespace
} // namespace mlopsctl::net
