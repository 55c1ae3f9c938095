// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"
#include "core/error.hpp"
#include "formats/archive/archive.hpp"
#include "tests/unit/error_of.hpp"
#include "tests/unit/formats/packing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

namespace mlopsctl::formats {
namespace {

using testing::HasSubstr;

std::string packed(std::vector<PackItem> items, int jobs = 1) {
  TextSink sink;
  write_tar_gz(sink, std::move(items), jobs);
  return sink.text;
}

/// A ustar member, as any tar writes it.
std::string tar_member(const std::string& name, const std::string& text, char type = '0',
                       const std::string& link = "") {
  std::string head(512, '\0');
  const auto put = [&](std::size_t at, const std::string& value) {
    head.replace(at, value.size(), value);
  };
  char octal[12];
  std::snprintf(octal, sizeof octal, "%011zo", text.size());
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, octal);
  put(136, "00000000000");
  put(148, "        ");
  head[156] = type;
  put(157, link);
  put(257, std::string("ustar\0"
                       "00",
                       8));
  unsigned sum = 0;
  for (const char c : head)
    sum += static_cast<unsigned char>(c);
  std::snprintf(octal, sizeof octal, "%06o", sum);
  put(148, std::string(octal, 7));
  std::string body = text;
  body.resize((text.size() + 511) / 512 * 512, '\0');
  return head + body;
}
const std::string k_tar_end(1024, '\0');

std::vector<std::pair<std::string, std::string>> unpack(const std::string& bytes,
                                                        const ArchiveLimits& limits = {}) {
  const auto source = source_from_text(bytes, "a");
  const auto reader = open_archive(*source, limits);
  std::vector<std::pair<std::string, std::string>> out;
  while (const auto member = reader->next())
    out.emplace_back(member->name, read_all(reader->bytes(), 1 << 30));
  return out;
}

/// Bytes that do not compress away, the same in every run.
std::string noise(std::size_t size) {
  std::string text(size, '\0');
  std::uint64_t state = 88172645463325252U;
  for (auto& c : text) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    c = static_cast<char>(state);
  }
  return text;
}

TEST(TarGz, ThereAndBackSorted) {
  const auto big = noise(3'000'000);
  const auto bytes =
      packed({item("z.txt", "zz"), item("big", big), item("a/b.txt", ""), item("é.txt", "accent")});
  const auto members = unpack(bytes);
  ASSERT_EQ(members.size(), 4U);
  EXPECT_EQ(members[0].first, "a/b.txt");
  EXPECT_EQ(members[1].second, big);
  EXPECT_EQ(members[2].first, "z.txt");
  EXPECT_EQ(members[3].first, "é.txt");
}

TEST(TarGz, BytesDependOnContentsOnly) {
  const std::vector<PackItem> items{item("b", noise(5'000'000)), item("a", "text")};
  const std::vector<PackItem> turned{items[1], items[0]};
  const auto one = packed(items, 1);
  EXPECT_EQ(one, packed(turned, 1));
  EXPECT_EQ(one, packed(items, 2));
  EXPECT_EQ(one, packed(items, 8));
  EXPECT_NE(one, packed({item("b", noise(5'000'001)), item("a", "text")}));
}

TEST(TarGz, LongNamesAndResult) {
  const std::string name = std::string(200, 'n') + "/" + std::string(200, 'm');
  TextSink sink;
  const auto result = write_tar_gz(sink, {item(name, "text")}, 2);
  EXPECT_EQ(result.size_bytes, sink.text.size());
  EXPECT_EQ(result.digest, sha256(sink.text));
  EXPECT_EQ(result.items.at(0).digest, sha256("text"));
  EXPECT_EQ(unpack(sink.text).at(0).first, name);
}

TEST(TarGz, RefusesBadNamesAndChangedFiles) {
  EXPECT_THAT(error_and_hint_of([] { packed({item("../x", "")}); }), HasSubstr("contains '..'"));
  EXPECT_THAT(error_and_hint_of([] {
                packed({item("x", ""), item("x", "")});
              }),
              HasSubstr("two files have this name"));
  PackItem lies{"x", 5, [] { return source_from_text("1234", "x"); }};
  EXPECT_THAT(error_and_hint_of([&] { packed({lies}); }), HasSubstr("x: changed its size"));
  lies.size_bytes = 3;
  EXPECT_THAT(error_and_hint_of([&] { packed({lies}, 2); }), HasSubstr("x: changed its size"));
}

TEST(Archive, ReadsPlainTarWithDotPrefix) {
  const auto members = unpack(tar_member("./", "", '5') + tar_member("./sub/", "", '5') +
                              tar_member("./sub/a", "text") + k_tar_end);
  ASSERT_EQ(members.size(), 1U);
  EXPECT_EQ(members[0].first, "sub/a");
  EXPECT_EQ(members[0].second, "text");
}

TEST(Archive, RefusesUnsafeMembersByName) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {tar_member("../up", "x"), "member '../up' has a name that contains '..'"},
      {tar_member("a/../../up", "x"), "member 'a/../../up' has a name that contains '..'"},
      {tar_member("/etc/x", "x"), "member '/etc/x' has a name that is absolute"},
      {tar_member("link", "", '2', "/etc/passwd"), "member 'link' is a symbolic link"},
      {tar_member("a", "x") + tar_member("hard", "", '1', "a"), "member 'hard' is a hard link"},
      {tar_member("tty", "", '3'), "member 'tty' is a device"},
      {tar_member("pipe", "", '6'), "member 'pipe' is a device, pipe"},
      {tar_member("a", "x") + tar_member("./a", "y"), "member './a' occurs twice"},
      {tar_member("../d/", "", '5'), "member '../d/' has a name that contains '..'"},
  };
  for (const auto& [bytes, want] : cases)
    EXPECT_THAT(error_and_hint_of([&, &archive = bytes] { unpack(archive + k_tar_end); }),
                HasSubstr(want));
}

TEST(Archive, LimitsAreExact) {
  const auto bytes = tar_member("a", "1234") + tar_member("b", "5678") + k_tar_end;
  ArchiveLimits limits;
  limits.members = 2;
  limits.unpacked_bytes = 8;
  EXPECT_EQ(unpack(bytes, limits).size(), 2U);
  limits.members = 1;
  EXPECT_THAT(error_and_hint_of([&] { unpack(bytes, limits); }), HasSubstr("--max-members"));
  limits.members = 2;
  limits.unpacked_bytes = 7;
  EXPECT_THAT(error_and_hint_of([&] { unpack(bytes, limits); }), HasSubstr("--max-unpacked"));
}

TEST(Archive, RefusesBombs) {
  const auto bytes = packed({item("zeros", std::string(k_ratio_floor_bytes + 1, '\0'))});
  EXPECT_THAT(error_and_hint_of([&] { unpack(bytes); }), HasSubstr("--max-ratio"));
  EXPECT_NO_THROW(unpack(packed({item("zeros", std::string(k_ratio_floor_bytes, '\0'))})));
}

TEST(Archive, RefusesDamage) {
  const auto bytes = packed({item("a", noise(200'000))});
  for (const std::size_t size : {std::size_t{3}, std::size_t{600}, bytes.size() / 2})
    EXPECT_THAT(error_and_hint_of([&] { unpack(bytes.substr(0, size)); }), HasSubstr("a: "))
        << "cut at " << size;
  EXPECT_THAT(error_and_hint_of([&] { unpack(bytes.substr(0, bytes.size() / 2)); }),
              HasSubstr("cannot be unpacked"));
  EXPECT_THAT(error_and_hint_of([] { unpack(""); }), HasSubstr("is empty"));
  EXPECT_THAT(error_and_hint_of([] { unpack("just text"); }),
              HasSubstr("is not a tar, tar.gz or zip"));
}

TEST(Archive, RefusesWhatStandsBehindItsEnd) {
  const auto gzip = packed({item("a", noise(200'000))});
  EXPECT_THAT(error_and_hint_of([&] { unpack(gzip + "junk"); }),
              HasSubstr("goes on behind the end of the archive, with 4 B of something else"));
  EXPECT_THAT(error_and_hint_of([&] { unpack(gzip + std::string(300'000, 'x')); }),
              HasSubstr("goes on behind the end"));
  EXPECT_THAT(error_and_hint_of([&] { unpack(gzip + packed({item("a", "again")})); }),
              HasSubstr("member 'a' occurs twice"));
  const auto tar = tar_member("a", "text") + k_tar_end;
  EXPECT_EQ(unpack(tar + std::string(20'480, '\0')).size(), 1U); // padding of any length
  EXPECT_THAT(error_and_hint_of([&] { unpack(tar + std::string(600, 'x')); }),
              HasSubstr("cannot be unpacked"));
}

TEST(Archive, PaddingHasALimitToo) {
  ArchiveLimits limits;
  limits.members = 1;
  limits.unpacked_bytes = 4;
  const auto tar = tar_member("a", "text") + k_tar_end;
  EXPECT_THAT(
      error_and_hint_of([&] { unpack(tar + std::string(k_ratio_floor_bytes * 2, '\0'), limits); }),
      HasSubstr("more bytes than members and padding can have"));
}

} // namespace
} // namespace mlopsctl::formats
