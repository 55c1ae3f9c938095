// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"
#include "imaging/codecs.hpp"
#include "serving/http/multipart.hpp"
#include "serving/http/picture_body.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::serving {
namespace {

const std::string& picture() {
  static const std::string bytes = imaging::encode_png(imaging::Image(3, 2, 3, 7));
  return bytes;
}

struct Found {
  int status = 200;
  std::string name, bytes;
};

Found find(const std::string& type, const std::string& body, Headers more = {}) {
  Request request;
  request.headers = std::move(more);
  request.headers.emplace_back("content-type", type);
  request.body = body;
  std::string storage;
  try {
    const auto sent = find_picture(request, storage);
    return {200, sent.name, std::string(sent.bytes)};
  } catch (const HttpError& error) {
    return {error.status(), error.what(), ""};
  }
}

std::string part(const std::string& head, const std::string& content) {
  return "--B\r\n" + head + "\r\n\r\n" + content + "\r\n";
}

TEST(FindPicture, BytesAsTheyAre) {
  for (const auto* type :
       {"image/png", "application/json", "application/x-www-form-urlencoded", ""})
    EXPECT_EQ(find(type, picture()).bytes, picture()) << type;
}

TEST(FindPicture, Multipart) {
  const auto body =
      part("Content-Disposition: form-data; name=\"note\"", "--B is no boundary here") +
      part("content-disposition: form-data; filename=\"a \\\"b\\\".png\"; name=image\r\n"
           "Content-Type: image/png",
           picture()) +
      "--B--\r\n";
  const auto found = find("multipart/form-data; boundary=\"B\"", body);
  EXPECT_EQ(found.bytes, picture());
  EXPECT_EQ(found.name, "a \"b\".png");
  EXPECT_EQ(find("Multipart/Form-Data; charset=x; boundary=B", "preamble\r\n" + body).bytes,
            picture());
  EXPECT_EQ(find("multipart/form-data; boundary=B",
                 part("Content-Disposition: form-data; name=images", base64(picture())) + "--B--")
                .bytes,
            picture());
}

TEST(FindPicture, JsonAndForms) {
  const auto text = base64(picture());
  EXPECT_EQ(find("application/json", R"({"a":[1,{}],"name":"x","image":")" + text + "\"}").bytes,
            picture());
  EXPECT_EQ(find("", R"( {"images":["data:image/png;base64,)" + text + "\"]}").status,
            400); // no type, a space
  EXPECT_EQ(find("application/json; charset=utf-8",
                 R"({"images":["data:image/png;base64,)" + text + "\"]}")
                .bytes,
            picture());
  EXPECT_EQ(find("application/x-www-form-urlencoded", "a=1&image=" + text + "&b").bytes, picture());
  EXPECT_EQ(find("application/x-www-form-urlencoded", "file=%"
                                                      "69VBORw")
                .status,
            200); // "iVBOR": no padding
  EXPECT_EQ(find("text/plain", text).bytes, picture());
  // A picture in a JSON text is not one of the body: it has to outlive the parser.
  EXPECT_EQ(find("application/json", R"({"image":"RIFFxxxxWEBPVP8 "})").bytes, "RIFFxxxxWEBPVP8 ");
}

TEST(FindPicture, Refusals) {
  EXPECT_EQ(find("", "").status, 400);
  EXPECT_EQ(find("image/png", picture(), {{"Content-Encoding", "gzip"}}).status, 415);
  for (const auto* json :
       {"[]", "1", "{", "{}", R"({"image":null})", R"({"image":""})", R"({"images":[]})",
        R"({"image":"data:image/png,abc"})", R"({"image":"https://example.org/a.png"})"})
    EXPECT_EQ(find("application/json", json).status, 400) << json;
  EXPECT_EQ(find("multipart/form-data; boundary=B", "--B--").status, 400);
}

TEST(ParseMultipart, BrokenBodies) {
  const std::string type = "multipart/form-data; boundary=B";
  for (const auto* body :
       {"", "B", "--B", "--B\r\n", "--B\r\nA: b\r\n\r\nx", "--B\r\nA: b\r\n--B--", "x--B--"})
    EXPECT_THROW(parse_multipart(body, type), HttpError) << body;
  EXPECT_THROW(parse_multipart("--B--", "multipart/form-data; boundary="), HttpError);
  EXPECT_THROW(parse_multipart("--B--", "multipart/form-data; boundary=" + std::string(71, 'b')),
               HttpError);
  EXPECT_TRUE(parse_multipart("--B--", type).empty());
  std::string many;
  for (int i = 0; i < 65; ++i)
    many += part("Content-Disposition: form-data; name=a", "");
  EXPECT_THROW(parse_multipart(many + "--B--", type), HttpError);
  const std::string empty = part("Content-Disposition: form-data; name=a", "") + "--B--";
  ASSERT_EQ(parse_multipart(empty, type).size(), 1U);
  EXPECT_EQ(parse_multipart(empty, type)[0].content, "");
}

} // namespace
} // namespace mlopsctl::serving
