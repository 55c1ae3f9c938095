// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"
#include "core/error.hpp"
#include "formats/archive/zip_writer.hpp"
#include "tests/unit/error_of.hpp"
#include "tests/unit/formats/packing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace mlopsctl::formats {
namespace {

using testing::HasSubstr;

std::string noise(std::size_t bytes) {
  std::mt19937 random(1);
  std::string text(bytes, '\0');
  for (char& c : text)
    c = static_cast<char>(random());
  return text;
}

TEST(ZipWriter, IsReadBack) {
  ZipWriter zip;
  const std::string random = noise(100'000);
  zip.add("z/größe.bin", random);
  zip.add("a.txt", std::string(100'000, 'a'), /*is_executable=*/true);
  zip.add("empty", "");
  EXPECT_EQ(zip.unpacked_bytes(), 200'000U);
  TextSink sink;
  const auto result = zip.finish(sink);
  EXPECT_EQ(result.size_bytes, sink.text.size());
  EXPECT_EQ(result.digest, sha256(sink.text));
  EXPECT_LT(sink.text.size(), 101'000U); // noise is stored, the rest deflated
  const auto source = source_from_text(sink.text, "a.zip");
  const auto reader = open_archive(*source);
  std::vector<std::pair<std::string, std::string>> members;
  while (const auto member = reader->next())
    members.emplace_back(member->name, read_all(reader->bytes(), 1 << 20));
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members[0], std::pair(std::string("a.txt"), std::string(100'000, 'a')));
  EXPECT_EQ(members[1], std::pair(std::string("empty"), std::string()));
  EXPECT_EQ(members[2], std::pair(std::string("z/größe.bin"), random));
}

TEST(ZipWriter, BytesDoNotDependOnTheOrder) {
  const auto packed = [](bool is_reversed) {
    ZipWriter zip;
    for (const char* name : {"a", "b", "c"})
      zip.add(is_reversed ? std::string(1, static_cast<char>('a' + 'c' - *name)) : name,
              "the same");
    TextSink sink;
    zip.finish(sink);
    return sink.text;
  };
  EXPECT_EQ(packed(false), packed(true));
  // The header as it is: 1980-01-01, UTF-8 names, made on Unix.
  EXPECT_EQ(packed(false).substr(0, 14), std::string("PK\x03\x04\x14\0\0\x08\0\0\0\0\x21\0", 14));
}

TEST(ZipWriter, RefusesNamesThatLeaveOrOccurTwice) {
  ZipWriter zip;
  EXPECT_THAT(error_of([&] { zip.add("../a", ""); }), HasSubstr("contains '..'"));
  zip.add("a", "1");
  zip.add("a", "2");
  TextSink sink;
  EXPECT_THAT(error_of([&] { zip.finish(sink); }), HasSubstr("'a': two files have this name"));
}

} // namespace
} // namespace mlopsctl::formats
