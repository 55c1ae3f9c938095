// SPDX-License-Identifier: Apache-2.0
// Section 'pipeline': CI that packs, measures and deploys the model of a repository.
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/spec_sections.hpp"

#include <algorithm>

namespace mlopsctl::templates {
namespace {

std::string optional_name(ObjectReader& reader, const char* key, const NameRule& rule) {
  auto name = reader.text(key, "");
  return name.empty() ? name : check_name(reader, key, name, rule);
}

/// A path inside the repository.
std::string optional_path(ObjectReader& reader, const char* key) {
  auto path = optional_name(reader, key, {"a path in the repository", 1, 512, "-_./@+, "});
  const auto parts = split(path, '/');
  if (path.starts_with('/') || path.starts_with('-') ||
      std::find(parts.begin(), parts.end(), "..") != parts.end())
    reader.fail(key, "'" + shown(path) + "' is outside the repository",
                "write it as seen from the repository's top folder");
  return path;
}

std::vector<std::string> read_gates(ObjectReader& reader) {
  auto gates = reader.texts("gates");
  for (const auto& gate : gates) {
    const bool is_plain = std::all_of(gate.begin(), gate.end(), [](char c) {
      return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f;
    });
    if (gate.empty() || gate.size() > 200 || !is_plain)
      reader.fail("gates", "'" + shown(gate) + "' is not a gate", "write one such as map_50>=0.9");
  }
  return gates;
}

std::vector<std::string> read_kinds(ObjectReader& reader) {
  const std::vector<std::string> known{"benchmark-table", "cloud-function", "edge-group"};
  auto kinds = reader.texts("deploy");
  for (const auto& kind : kinds)
    if (std::find(known.begin(), known.end(), kind) == known.end())
      reader.fail("deploy",
                  "'" + shown(kind) + "' is no kind that a stack is made of" +
                      did_you_mean(kind, known),
                  "take some of " + join(known, ", "));
  return kinds;
}

} // namespace

std::optional<Pipeline> read_pipeline(ObjectReader& top) {
  auto reader = top.object("pipeline");
  if (!reader)
    return std::nullopt;
  Pipeline pipeline;
  pipeline.ci = reader->one_of("ci", {"github", "codebuild"}, "github");
  pipeline.repository = optional_name(*reader, "repository", {"OWNER/NAME", 3, 140, "-_./"});
  if (!pipeline.repository.empty() &&
      std::count(pipeline.repository.begin(), pipeline.repository.end(), '/') != 1)
    reader->fail("repository", "'" + shown(pipeline.repository) + "' is not OWNER/NAME");
  pipeline.branch =
      check_name(*reader, "branch", reader->text("branch", "main"), {"a branch", 1, 200, "-_./"});
  pipeline.image = reader->text("image", "");
  if (!pipeline.image.empty())
    check_image(*reader, "image", pipeline.image);
  pipeline.model = optional_path(*reader, "model");
  pipeline.data = optional_path(*reader, "data");
  pipeline.images = optional_path(*reader, "images");
  pipeline.gates = read_gates(*reader);
  pipeline.deploy = read_kinds(*reader);
  pipeline.deploy_role = reader->text("deploy_role", "");
  if (!pipeline.deploy_role.empty())
    check_role_arn(*reader, "deploy_role", pipeline.deploy_role);
  if (!pipeline.deploy.empty() && pipeline.deploy_role.empty())
    reader->fail("deploy_role", "is missing: CloudFormation needs a role to deploy with",
                 "add the ARN of one that cloudformation.amazonaws.com may take on");
  reader->finish();
  return pipeline;
}

} // namespace mlopsctl::templates
