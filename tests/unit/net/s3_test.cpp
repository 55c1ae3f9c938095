// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"
#include "net/s3.hpp"
#include "tests/unit/error_of.hpp"
#include "tests/unit/net/fakes.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::net {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class S3Test : public ::testing::Test {
protected:
  std::unique_ptr<S3Client> make_client(Endpoint endpoint, const Profile& profile = {}) {
    const auto environment = environment_of({{"AWS_ACCESS_KEY_ID", "AKID"},
                                             {"AWS_SECRET_ACCESS_KEY", "CANARY"},
                                             {"AWS_SESSION_TOKEN", "TOKEN"}});
    return std::make_unique<S3Client>(
        std::move(endpoint), profile, CredentialChain("", {}, environment, factory_of(server)),
        [this] { return std::make_unique<FakeClient>(server); },
        Backoff([this](double s) { waits.push_back(s); }));
  }
  std::unique_ptr<S3Client> aws() {
    return make_client({"https://s3.eu-west-1.amazonaws.com", "eu-west-1", true});
  }
  std::unique_ptr<S3Client> cellar(const Profile& profile = {}) {
    return make_client({"http://127.0.0.1:9000", "us-east-1", false}, profile);
  }
  void refuse(int status, const std::string& code, std::vector<NameValue> headers = {}) {
    server.reply(status, "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>",
                 std::move(headers));
  }

  FakeServer server;
  std::vector<double> waits;
};

TEST(S3Name, IsABucketAndAKey) {
  const auto name = parse_s3_url("s3://my.bucket/a//b/../c d");
  EXPECT_EQ(name.bucket, "my.bucket");
  EXPECT_EQ(name.key, "a//b/../c d");
  EXPECT_EQ(to_url(name), "s3://my.bucket/a//b/../c d");
  EXPECT_EQ(parse_s3_url("s3://bucket").key, "");
  EXPECT_EQ(parse_s3_url("s3://bucket/" + std::string(1024, 'x')).key.size(), 1024U);
  for (const auto& url : {std::string("s3://"), std::string("s3://a?b/c"), std::string("s3:///x"),
                          std::string("s3://user:pw@host/x"), std::string("http://b/x"),
                          std::string("s3://bucket/\xff"), "s3://bucket/" + std::string(1025, 'x')})
    EXPECT_THAT(error_and_hint_of([&] { parse_s3_url(url); }), HasSubstr("give s3://BUCKET/KEY"))
        << url;
}

TEST_F(S3Test, AddressesByHostOrByPath) {
  const auto client = aws();
  server.reply(200, "");
  client->put({"bucket", "a b+c%/é/../x"}, "", S3Existing::replace);
  EXPECT_EQ(server.requests[0].url,
            "https://bucket.s3.eu-west-1.amazonaws.com/a%20b%2Bc%25/%C3%A9/../x");
  EXPECT_EQ(server.header(0, "Host"), "bucket.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(server.header(0, "X-Amz-Security-Token"), "TOKEN");
  server.reply(200, "");
  client->put({"with.dots", "x"}, "", S3Existing::replace); // no certificate covers two levels
  EXPECT_EQ(server.requests[1].url, "https://s3.eu-west-1.amazonaws.com/with.dots/x");
  server.reply(200, "");
  cellar()->put({"bucket", "x"}, "", S3Existing::replace);
  EXPECT_EQ(server.requests[2].url, "http://127.0.0.1:9000/bucket/x");
  Profile profile;
  profile.config["s3.addressing_style"] = "virtual";
  server.reply(200, "");
  make_client({"http://localhost:9000", "us-east-1", false}, profile)
      ->put({"bucket", "x"}, "", S3Existing::replace);
  EXPECT_EQ(server.requests[3].url, "http://bucket.localhost:9000/x");
  profile.config["s3.addressing_style"] = "sideways";
  EXPECT_THAT(error_of([&] { cellar(profile); }), HasSubstr("'sideways' is not known"));
}

TEST_F(S3Test, SignsTheBodyAndNamesItsChecksum) {
  server.reply(200, "", {{"ETag", "\"764efa883dda1e11db47671c4a3bbd9e\""}});
  EXPECT_EQ(cellar()->put({"bucket", "x.jpg"}, "hi\n", S3Existing::refuse),
            "764efa883dda1e11db47671c4a3bbd9e");
  EXPECT_EQ(server.header(0, "x-amz-content-sha256"), payload_hash("hi\n"));
  EXPECT_EQ(server.header(0, "x-amz-checksum-sha256"), sha256_base64("hi\n"));
  EXPECT_EQ(server.header(0, "If-None-Match"), "*");
  EXPECT_EQ(server.header(0, "Content-Type"), "image/jpeg");
  EXPECT_THAT(server.header(0, "Authorization"), HasSubstr("if-none-match"));
}

TEST_F(S3Test, GoesToTheRegionOfTheBucket) {
  const auto client = aws();
  refuse(301, "PermanentRedirect", {{"x-amz-bucket-region", "us-west-2"}});
  server.reply(200, "");
  client->put({"bucket", "x"}, "", S3Existing::replace);
  EXPECT_EQ(server.requests[1].url, "https://bucket.s3.us-west-2.amazonaws.com/x");
  EXPECT_EQ(server.header(1, "Host"), "bucket.s3.us-west-2.amazonaws.com");
  EXPECT_THAT(server.header(1, "Authorization"), HasSubstr("/us-west-2/s3/aws4_request"));
  server.reply(404, "");
  EXPECT_FALSE(client->head({"bucket", "y"})); // at once
  EXPECT_THAT(server.requests[2].url, HasSubstr("us-west-2"));
  server.reply(400, "", {{"x-amz-bucket-region", "eu-north-1"}}); // to HEAD, which has no body
  server.reply(404, "");
  EXPECT_FALSE(client->head({"other", "y"}));
  EXPECT_THAT(server.requests[4].url, HasSubstr("eu-north-1"));
  for (const auto* region : {"evil.example/", "us-west-2", ""}) {
    refuse(301, "PermanentRedirect", {{"x-amz-bucket-region", region}});
    EXPECT_THROW(client->put({"bucket", "x"}, "", S3Existing::replace), AwsError) << region;
  }
}

TEST_F(S3Test, RepeatsWhatMayPassOnly) {
  const auto client = cellar();
  for (const auto& [status, code] :
       {std::pair{503, "SlowDown"}, {500, "InternalError"}, {400, "RequestTimeout"}})
    refuse(status, code);
  server.reset();
  server.reply(200, "");
  client->put({"bucket", "x"}, "", S3Existing::replace);
  EXPECT_EQ(server.requests.size(), 5U);
  EXPECT_EQ(waits.size(), 4U);
  for (const auto& [status, code] : {std::pair{403, "SignatureDoesNotMatch"},
                                     {403, "InvalidAccessKeyId"},
                                     {400, "InvalidPart"},
                                     {403, "AccessDenied"},
                                     {501, "NotImplemented"},
                                     {404, "NoSuchBucket"}}) {
    server.requests.clear();
    refuse(status, code);
    EXPECT_THROW(client->put({"bucket", "x"}, "", S3Existing::replace), AwsError) << code;
    EXPECT_EQ(server.requests.size(), 1U) << code;
  }
  refuse(400, "ExpiredToken");
  refuse(400, "ExpiredToken"); // the keys that were asked for again have ended too
  EXPECT_THAT(error_and_hint_of([&] {
                client->put({"bucket", "x"}, "", S3Existing::replace);
              }),
              HasSubstr("the session has ended"));
}

TEST_F(S3Test, TakesTheServersClockOnce) {
  const auto client = cellar();
  for (int i = 0; i < 2; ++i)
    refuse(403, "RequestTimeTooSkewed",
           {{"Date", i == 0 ? "Tue, 01 Jan 2030 00:00:00 GMT" : "Wed, 02 Jan 2030 00:00:00 GMT"}});
  EXPECT_THROW(client->put({"bucket", "x"}, "", S3Existing::replace), AwsError);
  EXPECT_EQ(server.requests.size(), 2U);
  EXPECT_EQ(server.header(1, "X-Amz-Date").substr(0, 11), "20300101T00");
  server.reply(403, "", {{"Date", "Thu, 03 Jan 2030 00:00:00 GMT"}});
  server.reply(404, "");
  EXPECT_FALSE(client->head({"bucket", "x"})); // whose reply has no code
  EXPECT_EQ(server.header(3, "X-Amz-Date").substr(0, 11), "20300103T00");
}

TEST_F(S3Test, AHeadThatSaysNoReasonIsAskedAgain) {
  const auto client = cellar();
  server.reply(400, ""); // RequestTimeout, or ExpiredToken
  server.reply(400, "");
  server.reply(200, "", {{"Content-Length", "3"}, {"ETag", "\"x\""}});
  EXPECT_TRUE(client->head({"bucket", "x"}));
  EXPECT_EQ(server.requests.size(), 3U);
}

TEST_F(S3Test, AnEarlierAttemptMayHaveWritten) {
  const auto client = cellar();
  server.reset();
  refuse(412, "PreconditionFailed");
  server.reply(200, "", {{"Content-Length", "3"}, {"ETag", "\"" + to_hex(md5("hi\n")) + "\""}});
  EXPECT_EQ(client->put({"bucket", "x"}, "hi\n", S3Existing::refuse), to_hex(md5("hi\n")));
  server.reset();
  refuse(412, "PreconditionFailed");
  server.reply(200, "", {{"Content-Length", "3"}, {"ETag", "\"" + to_hex(md5("ho\n")) + "\""}});
  EXPECT_THAT(error_of([&] {
                client->put({"bucket", "x"}, "hi\n", S3Existing::refuse);
              }),
              HasSubstr("s3://bucket/x: already exists"));
  const std::vector<S3Part> parts{{1, 3, to_hex(md5("hi\n"))}};
  server.reset();
  refuse(404, "NoSuchUpload");
  server.reply(200, "", {{"Content-Length", "3"}, {"ETag", "\"" + etag_of_parts(parts) + "\""}});
  client->complete_upload({"bucket", "x"}, "id", parts, S3Existing::replace);
  EXPECT_THAT(etag_of_parts(parts), EndsWith("-1"));
}

TEST_F(S3Test, AServerWithoutConditionsIsAskedFirst) {
  const auto client = cellar();
  refuse(501, "NotImplemented");
  server.reply(404, "");
  server.reply(200, "", {{"ETag", "\"e\""}});
  EXPECT_EQ(client->put({"bucket", "x"}, "hi\n", S3Existing::refuse), "e");
  EXPECT_EQ(server.requests[2].body, "hi\n");
  EXPECT_EQ(server.header(2, "If-None-Match"), "");
  refuse(501, "NotImplemented");
  server.reply(200, "", {{"Content-Length", "3"}});
  EXPECT_THAT(error_of([&] {
                client->put({"bucket", "x"}, "hi\n", S3Existing::refuse);
              }),
              HasSubstr("already exists"));
}

TEST_F(S3Test, AnErrorInsideAReplyOfSuccessIsOne) {
  const auto client = cellar();
  const std::vector<S3Part> parts{{1, 3, "00"}, {2, 3, "01"}};
  refuse(200, "InternalError");
  server.reply(200, "");
  server.reply(200, "<CompleteMultipartUploadResult/>");
  client->complete_upload({"bucket", "x"}, "id", parts, S3Existing::replace);
  ASSERT_EQ(server.requests.size(), 3U);
  EXPECT_EQ(server.requests[0].body,
            "<?xml "
            "version=\"1.0\"?><CompleteMultipartUpload "
            "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Part><PartNumber>1</"
            "PartNumber><ETag>\"00\"</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>\"01\"</ETag></Part></CompleteMultipartUpload>");
  refuse(200, "EntityTooSmall");
  EXPECT_THAT(error_of([&] {
                client->complete_upload({"bucket", "x"}, "id", parts, S3Existing::replace);
              }),
              HasSubstr("EntityTooSmall"));
}

TEST_F(S3Test, ListsPagesOfEncodedNames) {
  const auto client = cellar();
  server.reply(200, "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true"
                    "</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken><Contents>"
                    "<Key>a+b%2Bc%01%2</Key><LastModified>2026-01-01T00:00:10.000Z</LastModified>"
                    "<ETag>&quot;ab&quot;</ETag><Size>7</Size></Contents><CommonPrefixes><Prefix>"
                    "p%2F</Prefix></CommonPrefixes></ListBucketResult>");
  auto page = client->list({"bucket", "a b"}, "/", "");
  ASSERT_EQ(page.objects.size(), 1U);
  EXPECT_EQ(page.objects[0].key, "a b+c\x01%2");
  EXPECT_EQ(page.objects[0].etag, "ab");
  EXPECT_EQ(page.objects[0].size_bytes, 7U);
  EXPECT_EQ(page.objects[0].modified_s, 1767225610);
  EXPECT_EQ(page.prefixes, std::vector<std::string>{"p/"});
  EXPECT_THAT(server.requests[0].url, HasSubstr("&prefix=a%20b&delimiter=%2F"));
  server.reply(200, "<ListBucketResult><Contents><Key>a+b</Key></Contents></ListBucketResult>");
  page = client->list({"bucket", ""}, "", page.next);
  EXPECT_THAT(server.requests[1].url, HasSubstr("continuation-token=a%26b"));
  EXPECT_EQ(page.objects[0].key, "a+b"); // not encoded, and does not say so
  EXPECT_EQ(page.next, "");
  server.reply(200, "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>");
  EXPECT_THAT(error_of([&] {
                client->list({"bucket", ""}, "", "");
              }),
              HasSubstr("the list goes on"));
  server.reply(200, "<html>");
  EXPECT_THAT(error_of([&] {
                client->list({"bucket", ""}, "", "");
              }),
              HasSubstr("is not the XML of S3"));
}

TEST_F(S3Test, ReadsRangesOfOneObject) {
  const auto client = cellar();
  server.reply(206, "abc", {{"Content-Range", "bytes 0-2/5"}, {"ETag", "\"e\""}});
  const auto piece = client->get({"bucket", "x"}, 0, 3);
  EXPECT_EQ(piece.total_bytes, 5U);
  EXPECT_EQ(server.header(0, "Range"), "bytes=0-2");
  server.reply(206, "de", {{"Content-Range", "bytes 3-4/5"}});
  EXPECT_EQ(client->get({"bucket", "x"}, 3, 3, "e").bytes, "de");
  EXPECT_EQ(server.header(1, "If-Match"), "\"e\"");
  refuse(412, "PreconditionFailed");
  EXPECT_THAT(error_of([&] {
                client->get({"bucket", "x"}, 3, 3, "e");
              }),
              HasSubstr("was replaced while it was read"));
  refuse(416, "InvalidRange");
  EXPECT_EQ(client->get({"bucket", "empty"}, 0, 3).total_bytes, 0U);
  server.reply(200, "abcde"); // knows no ranges
  EXPECT_EQ(client->get({"bucket", "x"}, 2, 3).bytes, "cde");
  for (const auto* range : {"bytes 0-2/4", "", "bytes 0-2/*"}) {
    server.reply(206, "ab", {{"Content-Range", range}});
    EXPECT_THAT(error_of([&] {
                  client->get({"bucket", "x"}, 0, 3);
                }),
                HasSubstr("is not the range that was asked for"))
        << range;
  }
}

TEST_F(S3Test, DeletesByTheThousand) {
  const auto client = cellar();
  std::vector<std::string> keys;
  for (int i = 0; i < 1001; ++i)
    keys.push_back("a&" + std::to_string(i));
  keys.push_back("control\x01");
  server.reply(204, "");
  server.reply(200, "<DeleteResult/>");
  server.reply(200, "<DeleteResult><Error><Key>a&amp;1000</Key><Code>AccessDenied</Code></Error>"
                    "</DeleteResult>");
  std::swap(keys.front(), keys.back());
  EXPECT_THAT(error_of([&] { client->remove("bucket", keys); }),
              HasSubstr("s3://bucket/a&1000: cannot be deleted: AccessDenied"));
  EXPECT_THAT(server.requests[0].url, EndsWith("/bucket/control%01"));
  EXPECT_EQ(server.header(1, "Content-MD5"), base64(md5(server.requests[1].body)));
  EXPECT_THAT(server.requests[1].body, HasSubstr("<Key>a&amp;1</Key>"));
}

TEST_F(S3Test, FindsTheNewestUploadOfAName) {
  const auto client = cellar();
  server.reply(200, "<R><Upload><Key>x</Key><UploadId>old</UploadId><Initiated>2026-01-01T00:00:00Z"
                    "</Initiated></Upload><Upload><Key>x</Key><UploadId>new</UploadId><Initiated>"
                    "2026-01-02T00:00:00Z</Initiated></Upload><Upload><Key>xy</Key><UploadId>other"
                    "</UploadId><Initiated>2026-01-03T00:00:00Z</Initiated></Upload></R>");
  EXPECT_EQ(client->find_upload({"bucket", "x"}), "new");
  server.reply(200, "<R><Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag><Size>5</Size></Part>"
                    "<IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>"
                    "</R>");
  server.reply(200, "<R><Part><PartNumber>2</PartNumber><ETag>b</ETag><Size>6</Size></Part></R>");
  const auto parts = client->list_parts({"bucket", "x"}, "new");
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].etag, "a");
  EXPECT_EQ(parts[1].size_bytes, 6U);
  EXPECT_THAT(server.requests[2].url, HasSubstr("part-number-marker=1"));
}

TEST_F(S3Test, SaysNoSecret) {
  refuse(403, "SignatureDoesNotMatch");
  const auto words = error_and_hint_of([&] {
    aws()->put({"bucket", "x"}, "", S3Existing::replace);
  });
  EXPECT_THAT(words, HasSubstr("s3://bucket/x: PutObject: SignatureDoesNotMatch"));
  EXPECT_THAT(words, Not(HasSubstr("CANARY")));
  EXPECT_THAT(words, Not(HasSubstr("TOKEN")));
}

TEST_F(S3Test, ReplacesOnlyWhatItKnows) {
  const auto client = cellar();
  server.reply(200, "", {{"etag", "\"new\""}});
  EXPECT_EQ(client->replace({"bucket", "x"}, "hello", "old"), "new");
  EXPECT_EQ(server.header(0, "If-Match"), "\"old\"");
  refuse(412, "PreconditionFailed");
  server.reply(200, "", {{"content-length", "5"}, {"etag", "\"another\""}});
  EXPECT_EQ(client->replace({"bucket", "x"}, "hello", "old"), std::nullopt);
  refuse(412, "PreconditionFailed"); // it takes the quotes for a part of the ETag
  server.reply(200, "", {{"content-length", "5"}, {"etag", "\"old\""}});
  server.reply(200, "", {{"etag", "\"new\""}});
  EXPECT_EQ(client->replace({"bucket", "x"}, "hello", "old"), "new");
  EXPECT_EQ(server.header(5, "If-Match"), "old");
  server.reset(); // written, and nobody heard of it
  refuse(412, "PreconditionFailed");
  server.reply(200, "", {{"content-length", "5"}, {"etag", "\"" + to_hex(md5("hello")) + "\""}});
  EXPECT_EQ(client->replace({"bucket", "x"}, "hello", "old"), to_hex(md5("hello")));
  refuse(501, "NotImplemented");
  server.reply(200, "", {{"content-length", "5"}, {"etag", "\"old\""}});
  server.reply(200, "", {{"etag", "\"new\""}});
  EXPECT_EQ(client->replace({"bucket", "x"}, "hello", "old"), "new");
  EXPECT_EQ(server.header(server.requests.size() - 1, "If-Match"), "");
}

} // namespace
} // namespace mlopsctl::net
