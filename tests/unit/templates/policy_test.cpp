// SPDX-License-Identifier: Apache-2.0
// Least privilege: what a rendered policy allows is exact.
#include "fixture.hpp"

#include <functional>

namespace mlopsctl::templates {
namespace {

// Every variant of what a policy may be made for.
const std::vector<std::pair<std::string, std::string>> k_variants{
    {"cloud-function", std::string(example_spec())},
    {"edge-group", std::string(example_spec())},
    {"instance", std::string(example_spec())},
    {"fan-out", k_common + k_fan_out +
                    "engine: batch, image: \"r.example/m:1\", subnets: [subnet-1], "
                    "security_groups: [sg-1]}\n"},
    {"fan-out", k_common + "functions: [{name: f, images: s3://sets/i/}]\n" + k_fan_out +
                    "engine: step-functions, function: f}\n"},
    {"pipeline", k_common + k_pipeline + "ci: github}\n"},
    {"pipeline", k_common + k_pipeline + "ci: codebuild}\n"},
    {"cloud-function", k_common + "retention_days: 7\nfunctions:\n"
                                  "  - {name: a, images: s3://sets/i, data: s3://sets/d.manifest, "
                                  "triggers: [{s3: {bucket: fresh}}]}\n"},
};

std::vector<std::string> strings_of(const Value& value) {
  if (value.is_array()) {
    std::vector<std::string> out;
    for (const auto& item : value.items)
      for (auto& text : strings_of(item))
        out.push_back(std::move(text));
    return out;
  }
  if (value.is_object()) {
    const Value* sub = value.find("Fn::Sub");
    return {sub ? sub->string : to_json(value)};
  }
  return {value.string};
}

void for_each_statement(const Value& value, const std::function<void(const Value&)>& visit) {
  if (value.find("Effect") && value.find("Action"))
    visit(value);
  for (const auto& item : value.items)
    for_each_statement(item, visit);
  for (const auto& [key, member] : value.members)
    for_each_statement(member, visit);
}

void for_each_statement(const std::vector<Value>& documents,
                        const std::function<void(const Value&)>& visit) {
  for (const auto& document : documents)
    for_each_statement(document, visit);
}

TEST(Policy, NothingIsAllowedOnEverything) {
  int statements = 0;
  for (const auto& [kind, text] : k_variants)
    for_each_statement(cloudformations(render_text(kind, text)), [&](const Value& statement) {
      ++statements;
      const bool is_deny = statement.find("Effect")->string == "Deny";
      if (is_deny) { // TlsOnly: forbids everything to everybody who comes without TLS
        EXPECT_TRUE(statement.find("Condition"));
        return;
      }
      for (const auto& action : strings_of(*statement.find("Action"))) {
        EXPECT_EQ(action.find('*'), std::string::npos) << action;
        EXPECT_NE(action.find(':'), std::string::npos) << action;
      }
      const Value* resource = statement.find("Resource");
      if (!resource) { // a trust policy: one service, or one branch of one repository
        const Value* condition = statement.find("Condition");
        EXPECT_TRUE(statement.find("Principal")->find("Service") ||
                    (condition && to_json(*condition).find("repo:o/r:ref:refs/heads/main") !=
                                      std::string::npos));
        return;
      }
      for (const auto& name : strings_of(*resource)) {
        if (text_at(statement, {"Action"}).find("\"ssmmessages:") != std::string::npos)
          continue; // Session Manager's channels have no names
        EXPECT_NE(name, "*");
        // A wildcard stands for keys below a bucket's name, for the streams of one log group, and
        // for executions of one state machine, for versions of one stack.
        const auto star = name.find('*');
        const auto group = name.find(":log-group:/aws/");
        if (name.ends_with(":${AWS::AccountId}:instance/*"))
          continue; // an instance says of itself that it is there
        if (name.ends_with(":execution:signs-fan-out:*") ||
            (name.find(":stack/signs") != std::string::npos && name.find('*') == name.size() - 1))
          continue;
        if (group != std::string::npos) {
          EXPECT_EQ(name.substr(name.find(':', group + 11)), ":*");
        } else if (star != std::string::npos) {
          const auto bucket = name.find(":s3:::");
          ASSERT_NE(bucket, std::string::npos) << name;
          EXPECT_LT(name.find('/', bucket), star) << name;
        }
      }
    });
  EXPECT_GT(statements, 15);
}

TEST(Policy, ReadsExactlyTheTriggersObjectsTheModelAndTheData) {
  const auto document = cloudformation(render_text(
      "cloud-function", k_common +
                            "functions:\n  - {name: f, data: s3://sets/d.manifest, triggers: "
                            "[{s3: {bucket: pics, existing: true, prefix: i/, suffix: .jpg}}]}\n"));
  std::vector<std::string> readable;
  for_each_statement(document, [&](const Value& statement) {
    if (statement.find("Action")->string == "s3:GetObject")
      readable = strings_of(*statement.find("Resource"));
  });
  EXPECT_EQ(readable,
            (std::vector<std::string>{"arn:${AWS::Partition}:s3:::models/signs/model.tar.gz",
                                      "arn:${AWS::Partition}:s3:::pics/i/*.jpg",
                                      "arn:${AWS::Partition}:s3:::sets/d.manifest"}));
}

TEST(Policy, ListsThePicturesOfTheDataAndNothingElse) {
  const auto document = cloudformation(render_text(
      "cloud-function",
      k_common + "functions: [{name: f, data: s3://sets/d.manifest, images: s3://sets/a/b}]\n"));
  int statements = 0;
  for_each_statement(document, [&](const Value& statement) {
    if (statement.find("Action")->string != "s3:ListBucket")
      return;
    ++statements;
    EXPECT_EQ(strings_of(*statement.find("Resource")),
              std::vector<std::string>{"arn:${AWS::Partition}:s3:::sets"});
    EXPECT_EQ(to_json(*statement.find("Condition")), R"({"StringEquals":{"s3:prefix":"a/b/"}})");
  });
  EXPECT_EQ(statements, 1);
}

TEST(Policy, AGivenRoleIsUsedAndNoneIsRendered) {
  const auto document = cloudformation(render_text(
      "cloud-function",
      k_common + "functions: [{name: f, role: \"arn:aws:iam::123456789012:role/mine\"}]\n"));
  EXPECT_EQ(text_at(document, {"Resources", "FFunction", "Properties", "Role"}),
            "arn:aws:iam::123456789012:role/mine");
  EXPECT_FALSE(document.find("Resources")->find("FRole"));
}

TEST(Policy, WithoutIamNoRoleIsMadeAndItsPolicyIsWrittenOut) {
  RenderOptions options;
  options.no_iam = true;
  const auto spec = parse_spec(std::string(example_spec()), "d.yaml");
  const auto rendered = render_kind(find_kind("cloud-function"), spec, options);
  const auto document = cloudformation(rendered);
  for (const auto& [id, resource] : document.find("Resources")->members)
    EXPECT_FALSE(text_at(resource, {"Type"}).starts_with("AWS::IAM::")) << id;
  EXPECT_EQ(text_at(document, {"Resources", "InferImagesFunction", "Properties", "Role", "Ref"}),
            "InferImagesRoleArn");
  EXPECT_EQ(text_at(document, {"Parameters", "InferImagesRoleArn", "Type"}), "String");

  // What is asked for is what the role would have had, with this account's names in it.
  const auto own = cloudformation(render_kind(find_kind("cloud-function"), spec));
  std::string policy = to_json(*own.find("Resources")
                                    ->find("InferImagesRole")
                                    ->find("Properties")
                                    ->find("Policies")
                                    ->items[0]
                                    .find("PolicyDocument"));
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"{\"Fn::Sub\":", ""},
                                                        {"\"}", "\""},
                                                        {"${AWS::Partition}", "aws"},
                                                        {"${AWS::Region}", "eu-west-1"},
                                                        {"${AWS::AccountId}", "123456789012"}})
    for (auto at = policy.find(from); at != std::string::npos; at = policy.find(from, at + 1))
      policy.replace(at, from.size(), to);
  const auto asked = parse_json(text_of(rendered, "policy-infer-images.json"), "policy");
  int statements = 0;
  for_each_statement(asked, [&](const Value& statement) {
    ++statements;
    for (const auto& name : strings_of(*statement.find("Resource")))
      EXPECT_NE(policy.find('"' + name + '"'), std::string::npos) << name << "\n" << policy;
  });
  EXPECT_EQ(statements, 4);
  EXPECT_NE(text_of(rendered, "trust-policy.json").find("lambda.amazonaws.com"), std::string::npos);
}

TEST(Policy, WithoutIamAGivenRoleIsTakenAndItsPolicyIsWrittenAllTheSame) {
  RenderOptions options;
  options.no_iam = true;
  const auto spec = parse_spec(
      k_common + "functions: [{name: f, role: \"arn:aws:iam::123456789012:role/mine\"}]\n",
      "d.yaml");
  const auto rendered = render_kind(find_kind("cloud-function"), spec, options);
  const auto document = cloudformation(rendered);
  EXPECT_FALSE(document.find("Parameters"));
  EXPECT_EQ(text_at(document, {"Resources", "FFunction", "Properties", "Role"}),
            "arn:aws:iam::123456789012:role/mine");
  EXPECT_NE(text_of(rendered, "policy-f.json").find("s3:GetObject"), std::string::npos);
  for (const auto& step : rendered.next)
    EXPECT_EQ(step.find("CAPABILITY_IAM"), std::string::npos) << step;
}

TEST(Policy, WithoutIamTheAccountMustBeKnown) {
  RenderOptions options;
  options.no_iam = true;
  const auto spec = parse_spec(k_head + k_model +
                                   "artifacts: {bucket: my-artifacts}\n"
                                   "functions: [{name: f}]\n",
                               "d.yaml");
  const auto what =
      error_and_hint_of([&] { render_kind(find_kind("cloud-function"), spec, options); });
  EXPECT_NE(what.find("account: is missing"), std::string::npos) << what;
}

TEST(Policy, AnAddressIsForTheAccountUnlessItIsSaidToBeForAll) {
  const auto document = cloudformation(render_text(
      "cloud-function", k_common + "functions: [{name: f, url: {}}, {name: g, url: {auth: none}}, "
                                   "{name: h}]\n"));
  const auto at = [&](const std::string& id, std::vector<std::string> path) {
    path.insert(path.begin(), {"Resources", id, "Properties"});
    return text_at(document, path);
  };
  EXPECT_EQ(at("FUrl", {"AuthType"}), "AWS_IAM");
  for (const std::string id : {"FUrlPermission", "FUrlInvokePermission"})
    EXPECT_EQ(at(id, {"Principal", "Ref"}), "AWS::AccountId");
  EXPECT_EQ(at("FUrlPermission", {"Action"}), "lambda:InvokeFunctionUrl");
  EXPECT_EQ(at("FUrlPermission", {"FunctionUrlAuthType"}), "AWS_IAM");
  EXPECT_EQ(at("FUrlInvokePermission", {"Action"}), "lambda:InvokeFunction");
  EXPECT_EQ(at("GUrl", {"AuthType"}), "NONE");
  EXPECT_EQ(at("GUrlPermission", {"Principal"}), "*");
  EXPECT_EQ(at("GUrlInvokePermission", {"Principal"}), "*");
  EXPECT_EQ(at("GUrlInvokePermission", {"InvokedViaFunctionUrl"}), "true"); // not by its name
  EXPECT_FALSE(document.find("Resources")->find("HUrl"));
}

TEST(Policy, TheRegistryIsClosedToAllButLambda) {
  const auto documents =
      cloudformations(render_text("cloud-function", std::string(example_spec())));
  ASSERT_EQ(documents.size(), 2U);
  const Value& registry = *documents[0].find("Resources")->find("Registry");
  EXPECT_EQ(text_at(registry, {"Properties", "RepositoryName"}), "sign-language");
  EXPECT_EQ(text_at(registry, {"Properties", "ImageTagMutability"}), "IMMUTABLE");
  EXPECT_EQ(text_at(registry, {"Properties", "ImageScanningConfiguration", "ScanOnPush"}), "true");
  EXPECT_NE(text_at(registry, {"Properties", "LifecyclePolicy", "LifecyclePolicyText"})
                .find("\"tagStatus\":\"untagged\""),
            std::string::npos);
  int statements = 0;
  for_each_statement(registry, [&](const Value& statement) {
    ++statements;
    EXPECT_EQ(text_at(statement, {"Principal", "Service"}), "lambda.amazonaws.com");
    EXPECT_TRUE(statement.find("Condition"));
  });
  EXPECT_EQ(statements, 1);
}

TEST(Policy, ADevicesClientConnectsUnderItsOwnIdOnly) {
  const auto document = cloudformation(render_text("edge-group", std::string(example_spec())));
  const Value* policy = document.find("Resources")->find("FrontDeskTopics");
  ASSERT_TRUE(policy);
  for_each_statement(*policy, [&](const Value& statement) {
    if (statement.find("Action")->string == "iot:Connect") {
      EXPECT_EQ(strings_of(*statement.find("Resource")),
                std::vector<std::string>{"arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::"
                                         "AccountId}:client/front-desk-mlopsctl"});
    }
  });
}

TEST(Policy, ANewBucketIsClosed) {
  const auto document = cloudformation(render_text("cloud-function", k_variants.back().second));
  const std::vector<std::string> at{"Resources", "FreshBucket", "Properties"};
  auto path = at;
  path.insert(path.end(), {"PublicAccessBlockConfiguration", "BlockPublicPolicy"});
  EXPECT_EQ(text_at(document, path), "true");
  path = at;
  path.push_back("LifecycleConfiguration");
  EXPECT_NE(text_at(document, path).find("\"ExpirationInDays\":7"), std::string::npos)
      << text_at(document, path);
  EXPECT_EQ(text_at(document, {"Resources", "FreshBucket", "DependsOn"}), "[\"AFreshPermission\"]");
  EXPECT_EQ(
      text_at(document, {"Resources", "AFreshPermission", "Properties", "SourceArn", "Fn::Sub"}),
      "arn:${AWS::Partition}:s3:::fresh");
}

} // namespace
} // namespace mlopsctl::templates
