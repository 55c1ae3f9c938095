// SPDX-License-Identifier: Apache-2.0
#include "formats/archive/zip_directory.hpp"
#include "formats/archive/zip_writer.hpp"
#include "tests/unit/error_of.hpp"
#include "tests/unit/formats/packing.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::formats {
namespace {

std::string zip_of(int files) {
  ZipWriter zip;
  for (int i = 0; i < files; ++i)
    zip.add("file" + std::to_string(i), "text");
  TextSink sink;
  zip.finish(sink);
  return sink.text;
}

TEST(ZipDirectory, CountsWhatIsThere) {
  for (const int files : {0, 1, 70}) {
    const auto zip = zip_of(files);
    const auto found = find_zip_directory(zip, 1000);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->members, static_cast<std::uint64_t>(files));
    EXPECT_EQ(found->end_bytes, zip.size());
  }
  EXPECT_EQ(find_zip_directory(zip_of(70), 10)->members, 11U); // one more than wanted
}

TEST(ZipDirectory, StatedNumbersAndWhatStandsBeforeDoNotCount) {
  auto zip = zip_of(3);
  zip[zip.size() - 12] = zip[zip.size() - 14] = 1; // entries, as the end states them
  EXPECT_EQ(find_zip_directory(zip, 1000)->members, 3U);
  EXPECT_EQ(find_zip_directory("#!/bin/sh\n" + zip, 1000)->members, 3U);
  const auto behind = find_zip_directory(zip + "junk", 1000);
  EXPECT_EQ(behind->end_bytes, zip.size());
}

TEST(ZipDirectory, AnyCutIsSurvived) {
  const auto zip = zip_of(3);
  for (std::size_t size = 0; size < zip.size(); ++size)
    EXPECT_FALSE(find_zip_directory(std::string_view(zip).substr(0, size), 1000)) << size;
  auto wrong = zip;
  for (std::size_t at = zip.size() - 22 - 3 * (46 + 5); at < zip.size(); ++at) {
    wrong[at] = '\xFF';
    find_zip_directory(wrong, 1000); // reads nothing that is not there: for the sanitizers
    wrong[at] = zip[at];
  }
}

} // namespace
} // namespace mlopsctl::formats
