// SPDX-License-Identifier: Apache-2.0
#include "bench/redact.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::bench {
namespace {

TEST(Redact, UrlsLoseUserInfoQueryAndFragment) {
  EXPECT_EQ(without_url_secrets("rtsp://cam:hunter2@10.0.0.1:554/live?token=abc#x"),
            "rtsp://10.0.0.1:554/live");
  EXPECT_EQ(without_url_secrets("https://h/p?X-Amz-Signature=abc and s3://b/k"),
            "https://h/p and s3://b/k");
  EXPECT_EQ(without_url_secrets("rtsp://u:pa/ss@host/live"), "rtsp://host/live");
  EXPECT_EQ(without_url_secrets("a/b?c=d"), "a/b?c=d") << "no URL";
}

TEST(Redact, ValuesOfSecretOptionsAreMasked) {
  EXPECT_EQ(redact_command_line("mlopsctl bench run --api-key abc --data d.manifest"),
            "mlopsctl bench run --api-key *** --data d.manifest");
  EXPECT_EQ(redact_command_line("mlopsctl x --token=abc --set remote.password=hunter2"),
            "mlopsctl x --token=*** --set remote.password=***");
  EXPECT_EQ(redact_command_line("mlopsctl x --secret '--it is'"), "mlopsctl x --secret ***");
  EXPECT_EQ(redact_command_line("mlopsctl x 'AWS_SECRET_ACCESS_KEY=a b'"),
            "mlopsctl x 'AWS_SECRET_ACCESS_KEY=***'");
}

TEST(Redact, RemarksLoseSecretsAndKeepTheirSpaces) {
  EXPECT_EQ(without_secrets("token=abc  --password hunter2 rtsp://u:p@h/l\nsecond run"),
            "token=***  --password *** rtsp://h/l\nsecond run");
}

TEST(Redact, EverythingElseStaysAsTyped) {
  const std::string line =
      "mlopsctl bench run --keep x --keyword y --token-file t --gate 'map_50>=0.5' "
      "--note 'it'\\''s new'";
  EXPECT_EQ(redact_command_line(line), "mlopsctl bench run --keep x --keyword y --token-file t "
                                       "--gate 'map_50>=0.5' --note 'it'\\''s new'");
  EXPECT_EQ(redact_command_line("mlopsctl x 'rtsp://u:p w@h/l?q'"), "mlopsctl x 'rtsp://h/l'");
}

} // namespace
} // namespace mlopsctl::bench
