// SPDX-License-Identifier: Apache-2.0
// Objects and folders of S3 against a server in memory that says what the test told it to.
#include "core/digest.hpp"
#include "core/io.hpp"
#include "storage/s3_folder.hpp"
#include "storage/s3_object.hpp"
#include "tests/unit/error_of.hpp"
#include "tests/unit/net/fakes.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::storage {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class S3ObjectTest : public ::testing::Test {
protected:
  S3ObjectTest()
      : client(
            {"http://127.0.0.1:9000", "us-east-1", false}, {},
            net::CredentialChain("", {},
                                 net::environment_of({{"AWS_ACCESS_KEY_ID", "AKID"},
                                                      {"AWS_SECRET_ACCESS_KEY", "CANARY"}}),
                                 net::factory_of(server)),
            [this] { return std::make_unique<net::FakeClient>(server); },
            net::Backoff([](double) {})) {}
  void list(const std::vector<std::pair<std::string, std::size_t>>& objects) {
    std::string body = "<ListBucketResult>";
    for (const auto& [key, size] : objects)
      body +=
          "<Contents><Key>" + key + "</Key><Size>" + std::to_string(size) + "</Size></Contents>";
    server.reply(200, body + "</ListBucketResult>");
  }
  std::vector<std::string> methods() const {
    std::vector<std::string> out;
    for (const auto& request : server.requests)
      out.push_back(request.method);
    return out;
  }

  /// Without asking for all of it at once.
  static std::string stream(ByteSource& source) {
    std::string all;
    std::string buffer(1 << 20, '\0');
    while (const std::size_t count = source.read(buffer))
      all.append(buffer, 0, count);
    return all;
  }

  net::FakeServer server;
  net::S3Client client;
  const net::S3Name name{"bucket", "x"};
};

TEST_F(S3ObjectTest, ASmallOneIsOneRequest) {
  server.reply(200, "hello", {{"x-amz-checksum-sha256", sha256_base64("hello")}});
  const auto source = open_s3_source(client, name);
  EXPECT_EQ(source->size_bytes(), 5U);
  EXPECT_EQ(source->mapped(), "hello");
  EXPECT_EQ(read_all(*source, 100), "hello");
  source->rewind();
  EXPECT_EQ(read_all(*source, 100), "hello");
  EXPECT_EQ(server.requests.size(), 1U);
}

TEST_F(S3ObjectTest, AStoredChecksumIsCompared) {
  server.reply(200, "hellO", {{"x-amz-checksum-sha256", sha256_base64("hello")}});
  EXPECT_THAT(error_of([&] { open_s3_source(client, name); }),
              HasSubstr("s3://bucket/x: what came is not what was stored"));
  server.reply(200, "hello", {{"x-amz-checksum-sha256", "of-parts"}, {"ETag", "\"a-3\""}});
  EXPECT_EQ(read_all(*open_s3_source(client, name), 100), "hello");
}

TEST_F(S3ObjectTest, ALargeOneIsReadByRangesOfTheSameObject) {
  const std::string first(k_part_bytes, 'a');
  const std::string range = "/" + std::to_string(k_part_bytes + 2);
  const auto reply = [&](const std::string& bytes, std::uint64_t offset) {
    server.reply(
        206, bytes,
        {{"Content-Range", "bytes " + std::to_string(offset) + "-9" + range}, {"ETag", "\"e\""}});
  };
  reply(first, 0);
  const auto source = open_s3_source(client, name);
  server.reset(); // that range is asked for again
  reply("bc", k_part_bytes);
  const std::string all = stream(*source);
  EXPECT_EQ(all.size(), k_part_bytes + 2);
  EXPECT_THAT(all, EndsWith("abc"));
  EXPECT_EQ(server.header(2, "If-Match"), "\"e\"");
  EXPECT_EQ(server.header(2, "Range"),
            "bytes=" + std::to_string(k_part_bytes) + "-" + std::to_string(k_part_bytes + 1));
  reply(first, 0);
  reply("bc", k_part_bytes);
  EXPECT_EQ(source->mapped()->size(), k_part_bytes + 2); // spooled
  source->rewind();
  server.reply(412, "<Error><Code>PreconditionFailed</Code></Error>");
  EXPECT_THAT(error_of([&] { stream(*source); }), HasSubstr("was replaced while it was read"));
}

TEST_F(S3ObjectTest, NothingIsWrittenWithoutFinish) {
  { create_s3_sink(client, name, Existing::replace)->write("hello"); }
  EXPECT_TRUE(server.requests.empty());
  server.reply(200, "", {{"Content-Length", "5"}});
  EXPECT_THAT(error_of([&] { create_s3_sink(client, name, Existing::refuse); }),
              HasSubstr("already exists")); // before the work
  server.reply(200, "");
  const auto sink = create_s3_sink(client, name, Existing::replace);
  sink->write("hel");
  sink->write("lo");
  sink->finish();
  EXPECT_EQ(server.requests.back().body, "hello");
  server.requests.clear();
  server.reply(200, "<R><UploadId>id</UploadId></R>");
  server.reply(200, "", {{"ETag", "\"1\""}});
  server.reply(204, "");
  { create_s3_sink(client, name, Existing::replace)->write(std::string(k_part_bytes + 1, 'a')); }
  EXPECT_EQ(methods(), (std::vector<std::string>{"POST", "PUT", "DELETE"}));
}

TEST_F(S3ObjectTest, AnUploadGoesOnWithThePartsThatAreThere) {
  const std::string first(k_part_bytes, 'a');
  const auto source = source_from_text(first + "bc", "large");
  server.reply(200, "<R><Upload><Key>x</Key><UploadId>id</UploadId></Upload></R>");
  server.reply(200, "<R><Part><PartNumber>1</PartNumber><ETag>\"" + to_hex(md5(first)) +
                        "\"</ETag><Size>" + std::to_string(k_part_bytes) + "</Size></Part></R>");
  server.reply(200, "", {{"ETag", "\"" + to_hex(md5("bc")) + "\""}});
  server.reply(200, "<CompleteMultipartUploadResult/>");
  upload(client, name, *source, Existing::replace);
  EXPECT_EQ(methods(), (std::vector<std::string>{"GET", "GET", "PUT", "POST"}));
  EXPECT_EQ(server.requests[2].body, "bc");
  EXPECT_THAT(server.requests[3].body, HasSubstr(to_hex(md5(first))));
  EXPECT_EQ(etag_of(*source), to_hex(md5(md5(first) + md5("bc"))) + "-2");
}

TEST(PartBytes, KeepTheNumberOfPartsWithinTheLimit) {
  EXPECT_EQ(part_bytes_for(0), k_part_bytes);
  EXPECT_EQ(part_bytes_for(k_part_bytes * 10'000 - 1), k_part_bytes);
  for (const std::uint64_t size : {k_part_bytes * 10'000, std::uint64_t{5} << 40}) {
    const auto part = part_bytes_for(size);
    EXPECT_LE((size + part - 1) / part, 10'000U);
    EXPECT_EQ(part % (1 << 20), 0U);
  }
}

TEST_F(S3ObjectTest, AFolderIsReadAsItIsOrComplete) {
  list({{"p/b", 1}, {"p/.hidden", 1}, {"p/sub/", 0}, {"p/sub/a", 2}});
  const auto folder = open_s3_folder(client, "s3://bucket/p");
  ASSERT_EQ(folder->list().size(), 2U);
  EXPECT_EQ(folder->list()[1].name, "sub/a");
  EXPECT_TRUE(folder->contains("b"));
  list({});
  EXPECT_THAT(error_of([&] { open_s3_folder(client, "s3://bucket/p"); }),
              HasSubstr("s3://bucket/p/: there is no such folder"));
  list({{"p/b", 1}, {"p/_PARTIAL.json", 1}});
  EXPECT_THAT(error_of([&] { open_s3_folder(client, "s3://bucket/p"); }),
              HasSubstr("was not finished"));
  const std::string complete = R"({"files":[{"name":"b","size_bytes":1}]})";
  for (const std::size_t size : {1U, 2U}) {
    list({{"p/b", size}, {"p/_COMPLETE.json", complete.size()}});
    server.reply(200, complete);
    EXPECT_THAT(error_of([&] { open_s3_folder(client, "s3://bucket/p"); }),
                HasSubstr(size == 1 ? k_no_error : "s3://bucket/p/b: is another now"));
  }
}

TEST_F(S3ObjectTest, AFolderIsCompleteWithItsLastFile) {
  list({});
  server.reply(200, "");
  const auto folder = create_s3_folder(client, "s3://bucket/p", Existing::refuse);
  EXPECT_THAT(server.requests.back().url, EndsWith("/p/_PARTIAL.json"));
  EXPECT_EQ(server.header(1, "If-None-Match"), "*");
  server.reply(200, "");
  folder->write("a", "hello");
  EXPECT_THROW(folder->create("../a"), Error);
  server.reply(200, "");
  server.reply(200, "<DeleteResult/>");
  folder->finish();
  EXPECT_THAT(server.requests.at(3).url, EndsWith("/p/_COMPLETE.json"));
  EXPECT_THAT(server.requests.at(3).body, HasSubstr(sha256("hello")));
  list({{"p/theirs", 1}});
  EXPECT_THAT(error_of([&] { create_s3_folder(client, "s3://bucket/p", Existing::replace); }),
              HasSubstr("was not made by mlopsctl"));
}

TEST_F(S3ObjectTest, OnlyOneProcessWritesAFolder) {
  const net::S3Name folder{"bucket", "p/"};
  const auto is_there = [&](const Owner& owner) {
    server.reply(412, "<Error><Code>PreconditionFailed</Code></Error>");
    server.reply(200, "", {{"content-length", "1"}});
    server.reply(200, to_text(owner), {{"etag", "\"theirs\""}});
  };
  Owner owner = this_process();
  owner.host += "-other";
  is_there(owner);
  EXPECT_THAT(error_and_hint_of([&] { S3FolderLock lock(client, folder); }),
              AllOf(HasSubstr("s3://bucket/p/: is being written by process"), HasSubstr("60 s")));

  owner.heartbeat_s -= k_owner_stale_s + 1;
  is_there(owner);
  server.reply(200, "", {{"etag", "\"mine\""}});
  {
    S3FolderLock lock(client, folder);
    EXPECT_EQ(server.header(server.requests.size() - 1, "If-Match"), "\"theirs\"");
    server.reply(200, "<DeleteResult/>");
    lock.release();
  }
  is_there(owner);
  server.reply(412, "<Error><Code>PreconditionFailed</Code></Error>"); // a third one was quicker
  server.reply(200, "", {{"content-length", "1"}});
  owner.heartbeat_s += k_owner_stale_s;
  is_there(owner);
  EXPECT_THAT(error_of([&] { S3FolderLock lock(client, folder); }),
              HasSubstr("is being written by process"));
}

} // namespace
} // namespace mlopsctl::storage
