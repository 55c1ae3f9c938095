// SPDX-License-Identifier: Apache-2.0
#include "serving/edge/request.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace mlopsctl::serving {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double k_longest_s = 3600;

CapturePlan ten_seconds() {
  CapturePlan plan;
  plan.selection.duration_s = 10;
  plan.selection.every = 5;
  return plan;
}
StartRequest parsed(std::string_view payload) {
  return parse_start(payload, ten_seconds(), k_longest_s);
}
std::string refusal(std::string_view payload) {
  return error_of([&] { parsed(payload); }, Fault::input);
}

TEST(EdgeStart, WhatIsMissingIsAsTheDeviceHasIt) {
  for (const char* payload : {"", " \n", "{}", R"({"what": [1, {"else": null}]})"}) {
    const auto start = parsed(payload);
    EXPECT_EQ(start.plan.selection.duration_s, 10) << payload;
    EXPECT_EQ(start.plan.selection.every, 5) << payload;
    EXPECT_FALSE(start.plan.frames) << payload;
    EXPECT_EQ(start.id, "") << payload;
  }
}

TEST(EdgeStart, EachPartIsTaken) {
  const auto start =
      parsed(R"({"id":"a-1","duration":"2m","fps":4,"frames":7,"cores":["front","back"]})");
  EXPECT_EQ(start.id, "a-1");
  EXPECT_EQ(start.plan.selection.duration_s, 120);
  EXPECT_EQ(start.plan.selection.step_s, 0.25);
  EXPECT_FALSE(start.plan.selection.every) << "by time and by count at once";
  EXPECT_EQ(start.plan.frames, 7);
  EXPECT_THAT(start.cores, ElementsAre("front", "back"));
  EXPECT_EQ(parsed(R"({"duration": 3600})").plan.selection.duration_s, 3600);
}

TEST(EdgeStart, NonsenseIsRefusedInWords) {
  EXPECT_EQ(refusal("\xff\xfe"), "start: is not UTF-8");
  EXPECT_EQ(refusal("[]"), "start: is a list, not an object");
  EXPECT_THAT(refusal("{\"a\":"), HasSubstr("not valid JSON"));
  EXPECT_EQ(refusal(R"({"duration": 0})"), "start: duration: '0' is no time above 0");
  EXPECT_EQ(refusal(R"({"duration": null})"), "start: duration: 'null' is no time above 0");
  EXPECT_EQ(refusal(R"({"duration": 3600.5})"),
            "start: duration: 3600.5 s is over the longest that this device takes, 3600 s");
  EXPECT_EQ(refusal(R"({"fps": -1})"), "start: fps: '-1' is no number above 0 and up to 1000");
  EXPECT_EQ(refusal(R"({"frames": 1e99})"), "start: frames: '1e+99' is no count from 1 to 1000000");
  EXPECT_EQ(refusal(R"({"id": "a\nb"})"),
            R"(start: id: '"a\nb"' is not 1 to 128 visible ASCII characters)");
  EXPECT_NE(refusal(R"({"id": ")" + std::string(129, 'a') + "\"}"), k_no_error);
  EXPECT_EQ(refusal(R"({"cores": [1]})"), "start: cores: holds something that is no name");
}

TEST(EdgePictureRequest, OfDevicesIsNotOne) {
  EXPECT_EQ(parse_picture_request(R"({"filepath": "a.jpg"})"), "a.jpg");
  EXPECT_FALSE(parse_picture_request(R"({"filepath": "a.jpg", "core": "front"})"));
  EXPECT_EQ(error_of([] { parse_picture_request("{}"); }), "request: has no 'filepath'");
  EXPECT_EQ(error_of([] { parse_picture_request(R"({"filepath": 7})"); }),
            "request: has no 'filepath'");
}

TEST(EdgePictureRequest, StaysInTheFolder) {
  const fs::path base = fs::path(testing::TempDir()) / "edge_request";
  fs::remove_all(base);
  fs::create_directories(base / "buffer" / "below");
  fs::create_directories(base / "buffer-2");
  for (const char* name : {"out.jpg", "buffer/in.jpg", "buffer/below/in.jpg", "buffer-2/x.jpg"})
    std::ofstream(base / name) << "x";
  fs::create_symlink(base / "out.jpg", base / "buffer" / "link.jpg");
  const auto folder = base / "buffer";
  const auto home = fs::canonical(folder);
  EXPECT_EQ(resolve_inside(folder, "in.jpg"), home / "in.jpg");
  EXPECT_EQ(resolve_inside(folder, (folder / "below/../in.jpg").string()), home / "in.jpg");
  EXPECT_EQ(resolve_inside(folder, "below/in.jpg"), home / "below/in.jpg");
  for (const std::string path :
       {"../out.jpg", "link.jpg", "../buffer-2/x.jpg", ".", "below", "/etc/passwd"})
    EXPECT_THAT(error_of([&] { resolve_inside(folder, path); }),
                HasSubstr("is no file of the buffer folder"))
        << path;
  EXPECT_THAT(error_of([&] { resolve_inside(folder, "none.jpg"); }), HasSubstr("is not there"));
  EXPECT_THAT(error_of([&] { resolve_inside(folder, std::string("in.jpg\0x", 8)); }),
              HasSubstr("zero byte"));
}

} // namespace
} // namespace mlopsctl::serving
