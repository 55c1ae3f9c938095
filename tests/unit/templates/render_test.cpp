// SPDX-License-Identifier: Apache-2.0
#include "core/io.hpp"
#include "fixture.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace mlopsctl::templates {
namespace {

using testing::HasSubstr;

std::string template_refusal(const std::string& text, const RenderLimits& limits = {}) {
  return error_of([&] { render({"mine.jsonnet", text, ""}, Value::object(), limits); });
}

TEST(Render, TwoRendersGiveTheSameBytes) {
  for (const auto& kind : all_kinds()) {
    const auto spec = parse_spec(example_spec(), "d.yaml");
    const auto first = render_kind(kind, spec);
    const auto second = render_kind(kind, spec);
    ASSERT_EQ(first.files.size(), second.files.size());
    for (std::size_t i = 0; i < first.files.size(); ++i) {
      EXPECT_EQ(first.files[i].name, second.files[i].name);
      EXPECT_EQ(first.files[i].text, second.files[i].text);
    }
  }
}

TEST(Render, NumbersAreShort) {
  const auto rendered = render(
      {"mine.jsonnet", "function(spec) {files: {'a.json': {x: 0.3, y: 3}}}", ""}, Value::object());
  EXPECT_EQ(rendered.files.at(0).text, "{\n  \"x\": 0.3,\n  \"y\": 3\n}\n");
}

TEST(Render, ErrorsOfAUsersTemplateHaveTheirPlace) {
  EXPECT_EQ(template_refusal("function(spec)\n  {files: {a: spec.nosuch}}"),
            "mine.jsonnet:2:15-26: field does not exist: nosuch");
  EXPECT_THAT(template_refusal("function(spec) {"), HasSubstr("mine.jsonnet:1:17"));
  EXPECT_THAT(template_refusal("function(spec) {}"), HasSubstr("gives no files"));
  EXPECT_THAT(template_refusal("function(spec) {files: {'../a': {}}}"),
              HasSubstr("'../a' is not a name"));
  EXPECT_THAT(template_refusal("function(spec) {files: {'/a': {}}}"), HasSubstr("is not a name"));
  EXPECT_THAT(template_refusal("function(spec) {files: {'.a': {}}}"), HasSubstr("is not a name"));
}

TEST(Render, ALoopEnds) {
  RenderLimits limits;
  limits.seconds = 0.5;
  EXPECT_THAT(template_refusal("function(spec) {files: {a: std.foldl(function(x, y) x + y, "
                               "std.range(0, 100000000), 0)}}",
                               limits),
              HasSubstr("0.5 s"));
}

TEST(Render, MemoryEnds) {
  RenderLimits limits;
  limits.memory_bytes = 200ULL << 20;
#ifndef __SANITIZE_ADDRESS__
  EXPECT_THAT(template_refusal("local f(s, n) = if n == 0 then s else f(s + s, n - 1) tailstrict;\n"
                               "function(spec) {files: {a: f('0123456789', 40)}}",
                               limits),
              HasSubstr("needs more than 200"));
#endif
}

TEST(Render, DeepNestingDoesNotEndTheProgram) {
  EXPECT_NE(template_refusal("function(spec) {files: {a: " + std::string(200'000, '[') +
                             std::string(200'000, ']') + "}}"),
            k_no_error);
}

TEST(Render, ImportsStayInTheFolder) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("mlopsctl-imports-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "in");
  const auto remove = [&] { std::filesystem::remove_all(folder); };
  write_file((folder / "in/part.libsonnet").string(), "{x: 1}", Existing::replace);
  write_file((folder / "out.libsonnet").string(), "{x: 2}", Existing::replace);
  std::filesystem::create_symlink("../out.libsonnet", folder / "in/link.libsonnet");
  const auto render_import = [&](const std::string& name) -> std::string {
    const auto path = (folder / "in/t.jsonnet").string();
    write_file(path, "function(spec) {files: {a: import '" + name + "'}}", Existing::replace);
    try {
      return render(read_template(path), Value::object()).files.at(0).text;
    } catch (const Error& error) {
      return error.what();
    }
  };
  EXPECT_EQ(render_import("part.libsonnet"), "{\n  \"x\": 1\n}\n");
  EXPECT_THAT(render_import("../out.libsonnet"), HasSubstr("outside the template's folder"));
  EXPECT_THAT(render_import("link.libsonnet"), HasSubstr("outside the template's folder"));
  EXPECT_THAT(render_import("/etc/hostname"), HasSubstr("outside the template's folder"));
  EXPECT_THAT(render_import("nosuch.libsonnet"), HasSubstr("there is no 'nosuch.libsonnet'"));
  EXPECT_THAT(render_import("mlopsctl/nosuch"), HasSubstr("there is no"));
  remove();
}

TEST(Render, AKindSaysWhichKeyIsMissing) {
  const auto refuse = [](const std::string& kind, const std::string& text) {
    return error_of([&] { render_text(kind, text); });
  };
  EXPECT_EQ(refuse("cloud-function", k_common),
            "d.yaml: 'functions' is missing, which cloud-function needs");
  EXPECT_EQ(refuse("edge-group", k_head), "d.yaml: 'model' is missing, which edge-group needs");
  EXPECT_THAT(refuse("edge-group", "schema: mlopsctl.deploy/1\nname: x\n"), HasSubstr("'region'"));
  const std::string edge = "retention_days: 3\nedge: {camera: /dev/video0, cores: [{name: a}]}\n";
  EXPECT_EQ(
      refuse("edge-group", k_head + k_model + "artifacts: {bucket: abc}\n" + edge),
      "d.yaml: account: is missing; add account: \"123456789012\" (12 digits, in quotes): the "
      "deployment names its thing group by ARN");
  EXPECT_EQ(refuse("edge-group", k_common + edge), k_no_error);
}

TEST(Render, TwoNamesThatBecomeOneId) {
  EXPECT_THROW(render_text("cloud-function",
                           k_common + "functions: [{name: f, triggers: [{s3: {bucket: a.b.c}}, "
                                      "{s3: {bucket: a-b-c}}]}]\n"),
               Error);
}

TEST(Render, AVersionFollowsTheContent) {
  const std::string edge = "retention_days: 3\nedge: {camera: /dev/video0, cores: [{name: a}]}\n";
  const auto names = [&](std::string text) {
    std::vector<std::string> out;
    for (const auto& file : render_text("edge-group", text).files)
      if (file.name.starts_with("recipes/"))
        out.push_back(file.name);
    return out;
  };
  const auto before = names(k_common + edge);
  ASSERT_EQ(before.size(), 2U);
  auto other = k_common + edge;
  other.replace(other.find("aaaa"), 4, "bbbb"); // other weights
  const auto after = names(other);
  EXPECT_NE(before[0], after[0]); // the model's recipe
  EXPECT_EQ(before[1], after[1]); // the runtime's stays: no code is sent again
  EXPECT_EQ(names(k_common + "retention_days: 4\n" + edge.substr(edge.find("edge"))), before);
}

TEST(Render, RetentionOfLogsIsAnAllowedNumber) {
  const auto days = [](const std::string& line) {
    return text_at(
        cloudformation(render_text("cloud-function", k_common + line + "functions: [{name: f}]\n")),
        {"Resources", "FLogs", "Properties", "RetentionInDays"});
  };
  EXPECT_EQ(days(""), "30");
  EXPECT_EQ(days("retention_days: 31\n"), "60");
  EXPECT_EQ(days("retention_days: 3653\n"), "3653");
}

} // namespace
} // namespace mlopsctl::templates
