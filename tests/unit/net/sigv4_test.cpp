// SPDX-License-Identifier: Apache-2.0
// Every case of AWS's own signing suite (context.json, request.txt and what must come out).
#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "core/value.hpp"
#include "net/sigv4.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace fs = std::filesystem;

namespace mlopsctl::net {
namespace {

constexpr std::uint64_t k_limit_bytes = 1 << 20;
constexpr std::size_t k_cases = 38;

struct Case {
  std::string folder;
  SignableRequest request;
  Credentials credentials;
  SigningScope scope;
  SessionToken token = SessionToken::is_signed;
  int valid_s = 0;
  bool is_body_signed = false;

  std::string expected(const std::string& name) const {
    return read_file(folder + "/" + name, k_limit_bytes);
  }
};

/// The suite writes the request raw: blanks in the path, and lines that go on with a blank.
void read_request(Case& c) {
  const std::string text = c.expected("request.txt");
  const auto first_end = text.find('\n');
  const std::string first = text.substr(0, first_end);
  c.request.method = first.substr(0, first.find(' '));
  std::string target = first.substr(c.request.method.size() + 1);
  target.resize(target.rfind(" HTTP/"));
  const auto question = target.find('?');
  c.request.path = target.substr(0, question);
  if (question != std::string::npos)
    for (const auto& pair : split(target.substr(question + 1), '&')) {
      const auto equals = std::min(pair.find('='), pair.size());
      std::string name = pair.substr(0, equals);
      if (name == "%E1%88%B4")
        name = "\xE1\x88\xB4"; // the one case that is encoded already
      c.request.query.emplace_back(name, equals < pair.size() ? pair.substr(equals + 1) : "");
    }
  const auto blank = text.find("\n\n");
  const auto head =
      text.substr(first_end + 1, blank == std::string::npos ? blank : blank - first_end - 1);
  for (const auto& line : split(head, '\n')) {
    if (line.empty())
      continue;
    if (line.front() == ' ')
      c.request.headers.back().second += "\n" + line;
    else
      c.request.headers.emplace_back(line.substr(0, line.find(':')),
                                     line.substr(line.find(':') + 1));
  }
  c.request.payload_hash = payload_hash(blank == std::string::npos ? "" : text.substr(blank + 2));
}

Case read_case(const std::string& folder) {
  Case c;
  c.folder = folder;
  const Value context = parse_json(c.expected("context.json"), folder);
  const Value& keys = *context.find("credentials");
  c.credentials = {keys.find("access_key_id")->string, keys.find("secret_access_key")->string,
                   keys.find("token") != nullptr ? keys.find("token")->string : ""};
  std::string time = context.find("timestamp")->string;
  time.erase(std::remove_if(time.begin(), time.end(), [](char x) { return x == '-' || x == ':'; }),
             time.end());
  c.scope = {context.find("region")->string, context.find("service")->string, time};
  c.valid_s = static_cast<int>(context.find("expiration_in_seconds")->integer);
  c.is_body_signed = context.find("sign_body")->boolean;
  if (const Value* omit = context.find("omit_session_token"); omit != nullptr && omit->boolean)
    c.token = SessionToken::is_added_afterwards;
  read_request(c);
  c.request.normalize_path = context.find("normalize")->boolean;
  return c;
}

std::vector<std::string> case_folders() {
  std::vector<std::string> folders;
  const fs::path suite = fs::path(MLOPSCTL_SHARED) / "data/golden/sigv4/v4";
  if (fs::is_directory(suite))
    for (const auto& entry : fs::directory_iterator(suite))
      folders.push_back(entry.path().string());
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::string header(const SignableRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers)
    if (key == name)
      return value;
  return {};
}

TEST(SigV4Suite, SignsInHeaders) {
  const auto folders = case_folders();
  if (folders.empty())
    GTEST_SKIP() << "needs " << MLOPSCTL_SHARED << "/data/golden/sigv4";
  ASSERT_EQ(folders.size(), k_cases);
  for (const auto& folder : folders) {
    SCOPED_TRACE(folder);
    Case c = read_case(folder);
    if (c.is_body_signed)
      c.request.headers.emplace_back("x-amz-content-sha256", c.request.payload_hash);
    auto signing = c.request;
    signing.headers.emplace_back("X-Amz-Date", c.scope.timestamp);
    if (!c.credentials.session_token.empty() && c.token == SessionToken::is_signed)
      signing.headers.emplace_back("X-Amz-Security-Token", c.credentials.session_token);
    const auto canonical = canonical_request(signing);
    EXPECT_EQ(canonical, c.expected("header-canonical-request.txt"));
    EXPECT_EQ(string_to_sign(canonical, c.scope), c.expected("header-string-to-sign.txt"));
    sign(c.request, c.credentials, c.scope, c.token);
    const auto authorization = header(c.request, "Authorization");
    EXPECT_TRUE(authorization.ends_with("Signature=" + c.expected("header-signature.txt")));
    EXPECT_NE(c.expected("header-signed-request.txt").find("Authorization:" + authorization + "\n"),
              std::string::npos);
    EXPECT_EQ(header(c.request, "X-Amz-Security-Token"), c.credentials.session_token);
  }
}

TEST(SigV4Suite, SignsInTheQuery) {
  const auto folders = case_folders();
  if (folders.empty())
    GTEST_SKIP() << "needs " << MLOPSCTL_SHARED << "/data/golden/sigv4";
  for (const auto& folder : folders) {
    SCOPED_TRACE(folder);
    Case c = read_case(folder);
    presign(c.request, c.credentials, c.scope, c.valid_s, c.token);
    EXPECT_EQ(c.request.query.back(),
              NameValue("X-Amz-Signature", c.expected("query-signature.txt")));
    auto unsigned_request = c.request;
    unsigned_request.query.pop_back();
    if (c.token == SessionToken::is_added_afterwards)
      unsigned_request.query.pop_back();
    const auto canonical = canonical_request(unsigned_request);
    EXPECT_EQ(canonical, c.expected("query-canonical-request.txt"));
    EXPECT_EQ(string_to_sign(canonical, c.scope), c.expected("query-string-to-sign.txt"));
  }
}

/// The worked example of the IAM user guide, so that a checkout alone is tested too.
TEST(SigV4, SignsTheGuidesExample) {
  SignableRequest request;
  request.method = "GET";
  request.query = {{"Version", "2010-05-08"}, {"Action", "ListUsers"}};
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                     {"Host", "iam.amazonaws.com"},
                     {"User-Agent", "is not signed"}};
  request.payload_hash = payload_hash("");
  sign(request, {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""},
       {"us-east-1", "iam", "20150830T123600Z"});
  EXPECT_EQ(header(request, "Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date, "
            "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(SigV4, EncodesAPathThatIsEncodedAgain) {
  SignableRequest request;
  request.path = "/a%20b/../c%2Fd";
  EXPECT_NE(canonical_request(request).find("\n/c%252Fd\n"), std::string::npos);
  request.path = "/a b/../c";
  request.normalize_path = false; // S3
  EXPECT_NE(canonical_request(request).find("\n/a%20b/../c\n"), std::string::npos);
}

TEST(SigV4, RefusesAURLThatWouldHoldTooLong) {
  SignableRequest request;
  EXPECT_THROW(presign(request, {}, {"r", "s", "20150830T123600Z"}, 604801), Error);
  EXPECT_THROW(presign(request, {}, {"r", "s", "20150830T123600Z"}, 0), Error);
}

} // namespace
} // namespace mlopsctl::net
