// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"

#include <gtest/gtest.h>

namespace mlopsctl {
namespace {

TEST(Base64Decoded, UndoesBase64) {
  std::string bytes;
  for (int i = 0; i < 260; ++i) {
    EXPECT_EQ(base64_decoded(base64(bytes)), bytes) << i;
    bytes += static_cast<char>(i * 37);
  }
}

TEST(Base64Decoded, TakesWhatProgramsWrite) {
  EXPECT_EQ(base64_decoded("Zm9v\r\nYmFy\n"), "foobar");
  EXPECT_EQ(base64_decoded(" Z m8 = \t"), "fo");
  EXPECT_EQ(base64_decoded("Zm8"), "fo"); // without padding
  EXPECT_EQ(base64_decoded("Zg"), "f");
  EXPECT_EQ(base64_decoded("-_-_"), base64_decoded("+/+/")); // the alphabet of URLs
  EXPECT_EQ(base64_decoded(""), "");
}

TEST(Base64Decoded, RefusesWhatIsNone) {
  for (const auto* text :
       {"Z", "Zm9vY", "Zm9v!", "Zg=", "Zg===", "Zm8==", "Zm9v=", "=", "Zg==Zg==", "Zm\xc3\xa9v"})
    EXPECT_EQ(base64_decoded(text), std::nullopt) << text;
}

} // namespace
} // namespace mlopsctl
