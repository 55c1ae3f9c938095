// SPDX-License-Identifier: Apache-2.0
#include "../error_of.hpp"
#include "core/io.hpp"
#include "serving/lambda/event_files.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace mlopsctl::serving {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

class EventFiles : public testing::Test {
protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name, const std::string& text) {
    const auto path = (folder_ / name).string();
    write_file(path, text, Existing::replace);
    return path;
  }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("event-files-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
};

auto event(const std::string& name, const std::string& json) {
  return testing::AllOf(Field(&EventText::name, name), Field(&EventText::json, json));
}

TEST_F(EventFiles, KeepTheTextOfAnEvent) {
  const auto one = file("one.json", " {\n \"a\": 1.0 }\n");
  EXPECT_THAT(read_events({one}), ElementsAre(event(one, "{\n \"a\": 1.0 }")));
}

TEST_F(EventFiles, MayHoldAListOrLines) {
  const auto list = file("list.json", "[{\"a\": 1},\n2]");
  const auto lines = file("lines.jsonl", "[1]\n\n{\"b\": 2}\n");
  EXPECT_THAT(read_events({list, lines}),
              ElementsAre(event(list + "[0]", "{\"a\":1}"), event(list + "[1]", "2"),
                          event(lines + ":1", "[1]"), event(lines + ":3", "{\"b\": 2}")));
}

TEST_F(EventFiles, NameThePlaceOfWhatIsNoEvent) {
  EXPECT_THAT(error_of([&] { read_events({file("a", "  \n")}); }), HasSubstr("a: is empty"));
  EXPECT_THAT(error_of([&] { read_events({file("b", "1\n{\n")}); }), HasSubstr("b:2"));
  EXPECT_THAT(error_of([&] { read_events({file("c", "{\n1\n")}); }), HasSubstr("c"));
  EXPECT_THAT(error_of([&] { read_events({file("d", "[]")}); }), HasSubstr("without an event"));
}

} // namespace
} // namespace mlopsctl::serving
