// SPDX-License-Identifier: Apache-2.0
// What the tests of this room share.
#pragma once

#include "core/error.hpp"
#include "core/value.hpp"
#include "templates/spec.hpp"
#include "templates/table.hpp"
#include "tests/unit/error_of.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mlopsctl::templates {

/// "what; hint" of the Error that reading \p text throws.
inline std::string refusal(const std::string& text) {
  return error_and_hint_of([&] { parse_spec(text, "d.yaml"); });
}

inline Rendered render_text(const std::string& kind, const std::string& text) {
  return render_kind(find_kind(kind), parse_spec(text, "d.yaml"));
}

/// The text of one of the files.
inline std::string text_of(const Rendered& rendered, const std::string& name) {
  for (const auto& file : rendered.files)
    if (file.name == name)
      return file.text;
  ADD_FAILURE() << "no " << name;
  return "";
}

/// The CloudFormation templates among the files.
inline std::vector<Value> cloudformations(const Rendered& rendered) {
  std::vector<Value> found;
  for (const auto& file : rendered.files)
    if (file.name.ends_with(".template.json"))
      found.push_back(parse_json(file.text, file.name));
  if (found.empty())
    ADD_FAILURE() << "no template among the files";
  return found;
}

/// The last of them, by name: others are deployed before it.
inline Value cloudformation(const Rendered& rendered) {
  const auto found = cloudformations(rendered);
  return found.empty() ? Value() : found.back();
}

inline std::string text_at(const Value& root, std::vector<std::string> path) {
  const Value* value = &root;
  for (const auto& key : path) {
    value = value->find(key);
    if (!value) {
      ADD_FAILURE() << "no " << key;
      return "";
    }
  }
  return value->is_string() ? value->string : to_json(*value);
}

inline const std::string k_head = "schema: mlopsctl.deploy/1\nname: signs\nregion: eu-west-1\n";
inline const std::string k_model =
    "model: {url: s3://models/signs/model.tar.gz, digest: \"sha256:" + std::string(64, 'a') +
    "\"}\n";
inline const std::string k_artifacts = "artifacts: {bucket: my-artifacts, prefix: m/, registry: "
                                       "123456789012.dkr.ecr.eu-west-1.amazonaws.com/signs}\n";
inline const std::string k_common = k_head + k_model + k_artifacts;
/// To be ended with an engine and "}".
inline const std::string k_fan_out =
    "fan_out: {shards: 4, input: s3://sets/v.manifest, output: s3://results/v, ";
inline const std::string k_pipeline =
    "account: \"123456789012\"\npipeline: {repository: o/r, image: \"r.example/m:1\", model: m, "
    "data: d, "
    "gates: [\"map_50>=0.9\"], deploy: [cloud-function, edge-group], deploy_role: "
    "\"arn:aws:iam::123456789012:role/d\", ";

} // namespace mlopsctl::templates
