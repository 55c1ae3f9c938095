// SPDX-License-Identifier: Apache-2.0
// Every rule, by id. Adding one: its line here, its check, its row in the mutation test.
#include "templates/validate/finding.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::templates {

const std::vector<Rule>& all_rules() {
  constexpr auto error = Severity::error;
  constexpr auto warning = Severity::warning;
  static const std::vector<Rule> table{
      {"bucket-before-permission", error,
       "a bucket that does not wait for its function's permission",
       "DependsOn: the AWS::Lambda::Permission"},
      {"bucket-loop", error, "a function that writes where its own trigger looks",
       "write to another bucket, or to a prefix outside of the trigger's"},
      {"circular-dependency", error, "resources need each other in a circle",
       "name one of them by text instead of a reference, or move what joins them out"},
      {"deployment-merge", error, "a component's merge that is not a JSON document as text",
       "write the mapping as JSON in one text"},
      {"greengrass-v1-ended", error, "a resource of Greengrass v1, which ended on 2026-10-07",
       "'mlopsctl template import' reads it, 'mlopsctl template migrate' makes Greengrass v2 of "
       "it"},
      {"handler-not-in-package", error, "a handler whose file is not in the package",
       "correct Handler, or pack the file at the top"},
      {"image-refused", error, "a container image that Lambda refuses",
       "build it with 'mlopsctl package image', or with docker buildx --provenance=false"},
      {"key-not-declared", error, "a table key without its attribute, or the other way round",
       "AttributeDefinitions holds the attributes of keys, and no others"},
      {"lambda-memory", error, "memory outside of what Lambda takes", "take 128 to 10240 MB"},
      {"lambda-timeout", error, "a timeout outside of what Lambda takes",
       "take 1 to 900 s; longer work goes to a container or in steps"},
      {"not-a-resource", error, "a resource without a type, or with a key that none has",
       "see 'Resource attribute reference' of CloudFormation"},
      {"open-port", error, "a port that is open to the whole world",
       "allow the addresses that need it, or another security group"},
      {"package-unreadable", error, "a package beside the template that cannot be read",
       "pack it again"},
      {"public-access", error, "everybody is allowed",
       "name who is, or add a condition; AuthType: AWS_IAM for a function URL"},
      {"recipe-lifecycle", error, "a component with both Run and Startup",
       "keep Run for what runs in the foreground, Startup for what returns"},
      {"recipe-too-large", error, "a recipe that Greengrass does not take inline",
       "shorten it, or move scripts to an artifact"},
      {"reference-to-nothing", error,
       "a reference, condition or mapping that the template does not have",
       "correct the name, or add what is named"},
      {"schema", error, "a property that AWS's published schema refuses (--schemas)",
       "see the page of the type in CloudFormation's template reference"},
      {"secret-in-environment", error, "a secret in an environment variable",
       "keep it in Secrets Manager and let the role read it; change it, for it is known now"},
      {"secret-in-text", error, "a key, token or password that was written down",
       "take it out and revoke it, for it is known now"},
      {"table-key-overwrites", error, "a table key under which one run overwrites another",
       "add a sort key that is a run's own, such as run_id; or layout: benchmark in deploy.yaml"},
      {"trigger-without-permission", error, "a trigger that may not invoke its function",
       "add an AWS::Lambda::Permission for the function and that principal"},
      {"unknown-attribute", error, "Fn::GetAtt of an attribute that the type does not have",
       "take one of those that the message names"},
      {"unknown-function", error, "a function that CloudFormation does not have",
       "see 'Intrinsic function reference' of CloudFormation"},
      {"unknown-section", error, "a section that a CloudFormation template does not have",
       "correct its name"},
      {"unused-parameter", warning, "a parameter that nothing uses", "remove it, or use it"},
      {"wildcard-action", error, "a policy that allows every action", "name the actions"},
      {"wildcard-resource", error, "a policy that allows an action on everything",
       "name the resources, by reference or ARN"},
      {"wrong-property", error, "a property that the resource type refuses, or lacks",
       "see the page of the type in CloudFormation's template reference"},
      {"zip-too-large", error, "a package over what Lambda unpacks",
       "leave out what is not needed, or use 'mlopsctl package image'"},
  };
  return table;
}

const Rule& find_rule(std::string_view id) {
  const auto& rules = all_rules();
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.id == id; });
  if (found == rules.end())
    throw Error(Fault::internal, "no rule '" + std::string(id) + "'");
  return *found;
}

void Report::add(std::string_view rule, const Value& at, const std::string& path,
                 const std::string& text) {
  const auto where = printable(path);
  const bool has_line = at.line > 0;
  findings_.push_back(
      {&find_rule(rule),
       has_line ? file_ + ":" + std::to_string(at.line)
                : file_ + (where.empty() ? "" : ": " + where),
       has_line && !where.empty() ? where + ": " + printable(text) : printable(text), at.line});
}

std::vector<Finding> Report::take() {
  std::stable_sort(findings_.begin(), findings_.end(),
                   [](const Finding& a, const Finding& b) { return a.line < b.line; });
  return std::move(findings_);
}

} // namespace mlopsctl::templates
