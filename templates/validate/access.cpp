// SPDX-License-Identifier: Apache-2.0
// Who may do what: policies that allow everything, and doors that are open to everybody.
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/validate/rules.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::templates {
namespace {

// Actions on no resource in particular: their policies must say "*".
// (Service authorization reference, the tables of each service)
constexpr std::array<std::string_view, 20> k_without_resource{"cloudwatch:PutMetricData",
                                                              "cognito-identity:",
                                                              "ec2:AssignPrivateIpAddresses",
                                                              "ec2:CreateNetworkInterface",
                                                              "ec2:DeleteNetworkInterface",
                                                              "ec2:Describe",
                                                              "ec2:UnassignPrivateIpAddresses",
                                                              "ecr:GetAuthorizationToken",
                                                              "iot:DescribeEndpoint",
                                                              "logs:CreateLogDelivery",
                                                              "logs:DeleteLogDelivery",
                                                              "logs:DescribeLogGroups",
                                                              "logs:DescribeResourcePolicies",
                                                              "logs:GetLogDelivery",
                                                              "logs:ListLogDeliveries",
                                                              "logs:PutResourcePolicy",
                                                              "logs:UpdateLogDelivery",
                                                              "s3:ListAllMyBuckets",
                                                              "ssmmessages:",
                                                              "xray:"};

bool needs_no_resource(const Value* action) {
  return std::any_of(k_without_resource.begin(), k_without_resource.end(),
                     [&](auto known) { return action->string.starts_with(known); }) ||
         action->string == "sts:GetCallerIdentity" || action->string == "batch:DescribeJobs";
}

/// "*" or "arn:aws:s3:::*": everything there is of a service.
bool is_everything(const Value& resource) {
  const auto text = text_of(resource);
  return text == "*" || (text.starts_with("arn:") && text.ends_with(":*") &&
                         std::count(text.begin(), text.end(), ':') <= 5);
}

bool is_every_action(const std::string& action) {
  return action == "*" || action.ends_with(":*");
}

bool is_everybody(const Value* principal) {
  if (!principal)
    return false;
  const Value* account = principal->find("AWS");
  for (const auto* one : as_list(account ? account : principal))
    if (one->string == "*")
      return true;
  return false;
}

void check_statement(const Value& statement, const std::string& path, Report& report) {
  const Value* effect = statement.find("Effect");
  if (!effect || effect->string != "Allow")
    return;
  const Value* principal = statement.find("Principal");
  if (is_everybody(principal) && !statement.find("Condition"))
    report.add("public-access", *principal, path + ".Principal",
               "everybody is allowed, without a condition");
  const auto actions = as_list(statement.find("Action"));
  for (const auto* action : actions)
    if (is_every_action(action->string))
      report.add("wildcard-action", *action, path + ".Action",
                 "'" + shown(action->string) + "' allows everything" +
                     (action->string == "*" ? "" : " that the service can do"));
  for (const auto* key : {"NotAction", "NotResource"})
    if (const Value* excluded = statement.find(key))
      report.add(key == std::string_view("NotAction") ? "wildcard-action" : "wildcard-resource",
                 *excluded, path + "." + key, "allows everything but what it names");
  if (principal ||
      (!actions.empty() && std::all_of(actions.begin(), actions.end(), needs_no_resource)))
    return; // a resource's own policy: "*" is that resource
  for (const auto* resource : as_list(statement.find("Resource")))
    if (is_everything(*resource))
      report.add("wildcard-resource", *resource, path + ".Resource",
                 "'" + shown(text_of(*resource)) + "' allows it on everything");
}

void check_security_group_rule(const Stack& stack, const Value& rule, const std::string& path,
                               Report& report) {
  for (const auto* key : {"CidrIp", "CidrIpv6"})
    for (const auto* from : literals_of(stack, rule.find(key)))
      if (from->string == "0.0.0.0/0" || from->string == "::/0") {
        const Value* port = rule.find("FromPort");
        report.add("open-port", *rule.find(key), path + "." + key,
                   (port ? "port " + shown(text_of(*port)) : std::string("every port")) +
                       " is open to the whole world (" + from->string + ")");
      }
}

} // namespace

void check_policies(const Value& value, const std::string& path, Report& report) {
  if (const Value* statements = value.find("Statement"); statements && !is_function(*statements)) {
    const auto list = as_list(statements);
    for (std::size_t i = 0; i < list.size(); ++i)
      check_statement(*list[i],
                      below(path, "Statement") +
                          (statements->is_array() ? "[" + std::to_string(i) + "]" : ""),
                      report);
  }
  for (std::size_t i = 0; i < value.items.size(); ++i)
    check_policies(value.items[i], path + "[" + std::to_string(i) + "]", report);
  for (const auto& [key, member] : value.members)
    check_policies(member, below(path, key), report);
}

void check_access(const Stack& stack, Report& report) {
  for (const auto& resource : stack.resources()) {
    const auto path = resource.path + ".Properties";
    check_policies(*resource.properties, path, report);
    if (resource.type == "AWS::EC2::SecurityGroup")
      for (const auto* rule : as_list(resource.properties->find("SecurityGroupIngress")))
        check_security_group_rule(stack, *rule, path + ".SecurityGroupIngress", report);
    if (resource.type == "AWS::EC2::SecurityGroupIngress")
      check_security_group_rule(stack, *resource.properties, path, report);
    const Value* type = resource.properties->find("AuthType");
    if (resource.type == "AWS::Lambda::Url" && type && type->string == "NONE")
      report.add("public-access", *type, path + ".AuthType", "everybody may call the function");
  }
}

} // namespace mlopsctl::templates
