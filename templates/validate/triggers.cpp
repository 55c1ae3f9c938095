// SPDX-License-Identifier: Apache-2.0
// Triggers that are not allowed to start their function, and functions that start themselves.
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/validate/rules.hpp"

#include <algorithm>
#include <map>

namespace mlopsctl::templates {
namespace {

struct Trigger {
  std::string function;  ///< logical id
  std::string principal; ///< of the service that calls
  const Resource* source;
  const Value* at;
  std::string path;
  std::string bucket; ///< as text_of(); empty if it is no bucket's
  std::string prefix;
  std::string suffix;
};

/// Functions of a template, and who may invoke them.
class Functions {
public:
  explicit Functions(const Stack& stack) : stack_(stack) {
    for (const auto* function : stack.of_type("AWS::Lambda::Function"))
      if (const Value* name = function->properties->find("FunctionName"))
        by_name_.emplace(text_of(*name), function->id);
    for (const auto* permission : stack.of_type("AWS::Lambda::Permission")) {
      const auto text = [&](const char* key) {
        const Value* value = permission->properties->find(key);
        return value ? text_of(*value) : "";
      };
      permissions_.emplace(id_of(permission->properties->find("FunctionName")),
                           Permission{permission->id, text("Principal"), text("Action")});
    }
  }

  /// By reference, or by its literal name or ARN; empty if it is none of the template's.
  std::string id_of(const Value* value) const {
    if (!value)
      return "";
    auto id = named_resource(*value);
    if (id.empty()) {
      const auto text = text_of(*value);
      const auto found = by_name_.find(text.substr(text.rfind(':') + 1));
      id = found == by_name_.end() ? "" : found->second;
    }
    const auto* function = stack_.find(id);
    return function && function->type == "AWS::Lambda::Function" ? id : "";
  }

  /// Ids of the permissions under which \p principal may do \p action with \p function.
  std::vector<std::string> permissions(const std::string& function, const std::string& principal,
                                       const std::string& action = "lambda:InvokeFunction") const {
    std::vector<std::string> out;
    const auto [first, last] = permissions_.equal_range(function);
    for (auto at = first; at != last; ++at) {
      const auto& [id, who, what] = at->second;
      const bool is_meant = who == principal || who == "*" || who.starts_with("${");
      if (is_meant && (what == action || what == "*" || what == "lambda:*"))
        out.push_back(id);
    }
    return out;
  }

private:
  struct Permission {
    std::string id;
    std::string principal;
    std::string action;
  };
  const Stack& stack_;
  std::map<std::string, std::string> by_name_;
  std::multimap<std::string, Permission> permissions_;
};

std::string filter_value(const Value* rules, std::string_view name) {
  for (const auto* rule : as_list(rules))
    if (const Value* own = rule->find("Name"); own && lower(own->string) == name)
      if (const Value* value = rule->find("Value"))
        return text_of(*value);
  return "";
}

void add_of_bucket(const Functions& functions, const Resource& bucket, std::vector<Trigger>& out) {
  const Value* list = look_up(*bucket.properties, "NotificationConfiguration.LambdaConfigurations");
  const Value* name = bucket.properties->find("BucketName");
  for (const auto* one : as_list(list)) {
    const auto function = functions.id_of(one->find("Function"));
    const Value* rules = look_up(*one, "Filter.S3Key.Rules");
    if (!function.empty())
      out.push_back({function, "s3.amazonaws.com", &bucket, one,
                     bucket.path + ".Properties.NotificationConfiguration",
                     name ? text_of(*name) : "${" + bucket.id + "}", filter_value(rules, "prefix"),
                     filter_value(rules, "suffix")});
  }
}

/// The first bucket and key condition of a rule for "Object Created".
void read_pattern(const Value& rule, Trigger& trigger) {
  const auto first = [&](const char* path) -> const Value* {
    const auto list = as_list(look_up(rule, path));
    return list.empty() ? nullptr : list.front();
  };
  if (const Value* bucket = first("EventPattern.detail.bucket.name"))
    trigger.bucket = text_of(*bucket);
  const Value* key = first("EventPattern.detail.object.key");
  if (!key)
    return;
  if (const Value* prefix = key->find("prefix"))
    trigger.prefix = text_of(*prefix);
  if (const Value* suffix = key->find("suffix"))
    trigger.suffix = text_of(*suffix);
  if (const Value* wildcard = key->find("wildcard")) {
    const auto text = text_of(*wildcard);
    trigger.prefix = text.substr(0, text.find('*'));
    trigger.suffix = text.substr(text.rfind('*') + 1);
  }
}

std::vector<Trigger> triggers_of(const Stack& stack, const Functions& functions) {
  std::vector<Trigger> out;
  for (const auto* bucket : stack.of_type("AWS::S3::Bucket"))
    add_of_bucket(functions, *bucket, out);
  for (const auto* rule : stack.of_type("AWS::Events::Rule"))
    for (const auto* target : as_list(rule->properties->find("Targets"))) {
      Trigger trigger{functions.id_of(target->find("Arn")),
                      "events.amazonaws.com",
                      rule,
                      target,
                      rule->path + ".Properties.Targets",
                      "",
                      "",
                      ""};
      read_pattern(*rule->properties, trigger);
      out.push_back(std::move(trigger));
    }
  for (const auto* subscription : stack.of_type("AWS::SNS::Subscription"))
    if (const Value* endpoint = subscription->properties->find("Endpoint"))
      out.push_back({functions.id_of(endpoint), "sns.amazonaws.com", subscription, endpoint,
                     subscription->path + ".Properties.Endpoint", "", "", ""});
  std::erase_if(out, [](const Trigger& trigger) { return trigger.function.empty(); });
  return out;
}

bool depends_on(const Resource& resource, const std::string& id) {
  const auto names = as_list(resource.body->find("DependsOn"));
  return std::any_of(names.begin(), names.end(),
                     [&](const Value* name) { return name->string == id; });
}

// --- functions that start themselves -----------------------------------------------------------

struct Written {
  std::string bucket;
  std::string prefix; ///< text before the first wildcard
  std::string suffix; ///< text after the last one
  const Value* at;
  std::string path;
};

bool is_same_bucket(const Stack& stack, const std::string& a, const std::string& b) {
  const auto plain = [&](std::string text) { // "${Pictures}" is the name of that bucket
    const auto id =
        text.starts_with("${") && text.ends_with('}') ? text.substr(2, text.size() - 3) : "";
    const auto* bucket = stack.find(id);
    const Value* name = bucket ? bucket->properties->find("BucketName") : nullptr;
    return name ? text_of(*name) : text;
  };
  return plain(a) == plain(b);
}

/// "arn:...:::bucket/prefix*" or "${Bucket.Arn}/prefix*"
Written place_of(const std::string& arn, const Value& at, const std::string& path) {
  auto rest = arn.starts_with("${") ? arn : arn.substr(std::min(arn.size(), arn.find(":::") + 3));
  if (const auto attribute = rest.find(".Arn}"); attribute != std::string::npos)
    rest.erase(attribute, 4);
  const auto slash = rest.find('/');
  const auto key = slash == std::string::npos ? "" : rest.substr(slash + 1);
  const auto star = key.find('*');
  return {rest.substr(0, slash), key.substr(0, star),
          star == std::string::npos ? key : key.substr(key.rfind('*') + 1), &at, path};
}

bool may_put(const Value& statement) {
  const Value* effect = statement.find("Effect");
  if (!effect || effect->string != "Allow")
    return false;
  for (const auto* action : as_list(statement.find("Action")))
    if (action->string == "*" || action->string == "s3:*" ||
        action->string.starts_with("s3:Put*") || action->string == "s3:PutObject")
      return true;
  return false;
}

/// What the role's policies let it write.
void add_allowed(const Stack& stack, const std::string& role, std::vector<Written>& out) {
  const auto add = [&](const Value* document, const std::string& path) {
    for (const auto* statement : as_list(document ? document->find("Statement") : nullptr))
      for (const auto* resource :
           as_list(may_put(*statement) ? statement->find("Resource") : nullptr))
        out.push_back(place_of(text_of(*resource), *resource, path));
  };
  if (const auto* own = stack.find(role))
    for (const auto* policy : as_list(own->properties->find("Policies")))
      add(policy->find("PolicyDocument"), own->path + ".Properties.Policies");
  for (const auto* type : {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"})
    for (const auto* policy : stack.of_type(type))
      for (const auto* user : as_list(policy->properties->find("Roles")))
        if (named_resource(*user) == role)
          add(policy->properties->find("PolicyDocument"), policy->path + ".Properties");
}

bool has_word(const std::string& name, std::initializer_list<std::string_view> words) {
  const auto text = lower(name);
  return std::any_of(words.begin(), words.end(),
                     [&](auto word) { return text.find(word) != std::string::npos; });
}

/// OUTPUT=s3://bucket/prefix, or OUTPUT_BUCKET and OUTPUT_PREFIX; the bucket is the trigger's own
/// where none is named.
void add_told(const Resource& function, const std::string& own_bucket, std::vector<Written>& out) {
  const Value* variables = look_up(*function.properties, "Environment.Variables");
  const auto path = function.path + ".Properties.Environment.Variables.";
  std::string bucket = own_bucket;
  std::vector<Written> prefixes;
  for (std::size_t i = 0; variables && i < variables->members.size(); ++i) {
    const auto& [name, value] = variables->members[i];
    if (!has_word(name, {"output", "out_", "dest", "result", "target"}))
      continue;
    const auto text = text_of(value);
    if (text.starts_with("s3://")) {
      out.push_back(place_of(":::" + text.substr(5), value, path + name));
      out.back().suffix.clear(); // a folder, whatever is put in it
    } else if (has_word(name, {"bucket"}))
      bucket = text;
    else if (has_word(name, {"prefix", "path", "folder", "dir"}))
      prefixes.push_back({"", text, "", &value, path + name});
  }
  for (auto& prefix : prefixes) {
    prefix.bucket = bucket;
    out.push_back(std::move(prefix));
  }
}

void check_loop(const Stack& stack, const Trigger& trigger, Report& report) {
  const auto& function = *stack.find(trigger.function);
  std::vector<Written> written;
  if (const Value* role = function.properties->find("Role"))
    add_allowed(stack, named_resource(*role), written);
  add_told(function, trigger.bucket, written);
  for (const auto& place : written) {
    const bool is_inside = is_same_bucket(stack, place.bucket, trigger.bucket) &&
                           place.prefix.starts_with(trigger.prefix);
    const bool is_other_kind = !place.suffix.empty() && !place.suffix.ends_with(trigger.suffix);
    if (is_inside && !is_other_kind)
      report.add("bucket-loop", *place.at, place.path,
                 "what " + shown(function.id) + " writes to '" + shown(place.prefix) +
                     "' starts it again: " + shown(trigger.source->id) +
                     " starts it for everything under '" + shown(trigger.prefix) + "'");
  }
}

/// An address that is open to all lets nobody in without being told so, twice.
/// (Lambda developer guide, "Control access to Lambda function URLs", since October 2025)
void check_addresses(const Stack& stack, const Functions& functions, Report& report) {
  for (const auto* url : stack.of_type("AWS::Lambda::Url")) {
    const Value* auth = url->properties->find("AuthType");
    const auto function = functions.id_of(url->properties->find("TargetFunctionArn"));
    if (!auth || auth->string != "NONE" || function.empty())
      continue;
    for (const std::string action : {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"})
      if (functions.permissions(function, "*", action).empty())
        report.add("trigger-without-permission", *auth, url->path + ".Properties.AuthType",
                   "nobody may call " + shown(function) + " by its address: no " +
                       "AWS::Lambda::Permission has " + action + " for everybody");
  }
}

} // namespace

void check_triggers(const Stack& stack, Report& report) {
  const Functions functions(stack);
  check_addresses(stack, functions, report);
  for (const auto& trigger : triggers_of(stack, functions)) {
    check_interrupt();
    const auto permissions = functions.permissions(trigger.function, trigger.principal);
    if (permissions.empty())
      report.add("trigger-without-permission", *trigger.at, trigger.path,
                 trigger.principal + " may not invoke " + shown(trigger.function) +
                     ": no AWS::Lambda::Permission says so");
    const bool is_ordered =
        std::any_of(permissions.begin(), permissions.end(),
                    [&](const std::string& id) { return depends_on(*trigger.source, id); });
    if (trigger.principal == "s3.amazonaws.com" && !permissions.empty() && !is_ordered)
      report.add("bucket-before-permission", *trigger.at, trigger.source->path,
                 "does not wait for " + shown(permissions.front()) +
                     ": S3 refuses a notification to a function that it may not call yet");
    if (!trigger.bucket.empty())
      check_loop(stack, trigger, report);
  }
}

} // namespace mlopsctl::templates
