// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"
#include "report/html.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::report {
namespace {

TEST(Html, TextStaysText) {
  EXPECT_EQ(html_escaped("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  EXPECT_EQ(html_escaped("caf\xc3\xa9\x1b[0m"), "caf\xc3\xa9\\x1b[0m");
}

TEST(Html, ThePolicyAllowsThisScriptAndNothingElse) {
  const auto head = page_head("T<", "", "alert(1)");
  EXPECT_THAT(head, testing::HasSubstr("script-src 'sha256-" + sha256_base64("alert(1)") + "'"));
  EXPECT_THAT(head, testing::HasSubstr("<title>T&lt;</title>"));
  EXPECT_THAT(head, testing::HasSubstr("default-src 'none'"));
}

TEST(Base64, IsThatOfRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(sha256_base64(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

} // namespace
} // namespace mlopsctl::report
