// SPDX-License-Identifier: Apache-2.0
#include "net/mqtt.hpp"
#include "tests/unit/error_of.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::net {
namespace {

std::string written(const std::string& text) {
  const auto url = parse_mqtt_url(text, "--broker");
  return url.scheme + " " + url.host + " " + url.port;
}
std::string refusal(const std::string& text) {
  return error_and_hint_of([&] { parse_mqtt_url(text, "--broker"); }, Fault::usage);
}

TEST(MqttUrl, PortsAreTheProtocolsOwn) {
  EXPECT_EQ(written("mqtts://Broker.example"), "mqtts broker.example 8883");
  EXPECT_EQ(written("mqtt://127.0.0.1"), "mqtt 127.0.0.1 1883");
  EXPECT_EQ(written("mqtts://[::1]:443"), "mqtts [::1] 443");
  EXPECT_TRUE(parse_mqtt_url("mqtt://localhost:9", "x").is_this_machine());
}

TEST(MqttUrl, WhatIsNoneIsRefused) {
  const std::string hint = "; give mqtts://HOST[:PORT], or mqtt://127.0.0.1[:PORT]";
  EXPECT_EQ(refusal("https://host"), "--broker: is no mqtts or mqtt URL" + hint);
  EXPECT_EQ(refusal("host"), "--broker: is no mqtts or mqtt URL" + hint);
  EXPECT_EQ(refusal("mqtts://user:secret@host"), "--broker: has user info in it" + hint);
  EXPECT_EQ(refusal("mqtts://host/path"), "--broker: has a path in it" + hint);
  EXPECT_EQ(refusal("mqtts://host:0"), "--broker: '0' is no port" + hint);
  EXPECT_EQ(refusal("mqtts://"), "--broker: '' is no host name" + hint);
}

} // namespace
} // namespace mlopsctl::net
