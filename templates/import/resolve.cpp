// SPDX-License-Identifier: Apache-2.0
// (CloudFormation user guide, "Intrinsic function reference", "Pseudo parameters reference")
#include "templates/import/resolve.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "templates/checks.hpp"

namespace mlopsctl::templates {
namespace {

constexpr int k_max_depth = 100;
constexpr std::size_t k_max_steps = 200'000;
constexpr std::size_t k_max_text = 65'536;

std::string unknown(const std::string& name) {
  return "<" + name + ">";
}

bool is_function(const Value& value) {
  if (!value.is_object() || value.members.size() != 1)
    return false;
  const auto& key = value.members.front().first;
  return key == "Ref" || key.starts_with("Fn::");
}

std::string plain(const Value& value) {
  return value.is_string() ? value.string : value.is_null() ? "" : to_json(value);
}

const Value& item(const Value& list, std::size_t index) {
  static const Value nothing;
  return index < list.items.size() ? list.items[index] : nothing;
}

} // namespace

Resolver::Resolver(const Value& root, std::string path, ImportReport& report)
    : root_(&root), path_(std::move(path)), report_(&report) {}

const Value* Resolver::entry(std::string_view section, const std::string& name) const {
  const Value* found = root_->find(section);
  return found ? found->find(name) : nullptr;
}

Value Resolver::resolve(const Value& value) {
  if (++steps_ > k_max_steps || depth_ > k_max_depth)
    throw Error(Fault::input,
                path_ + ":" + std::to_string(value.line) + ": references go round or have no end");
  ++depth_;
  Value out;
  if (is_function(value)) {
    out = call(value.members.front().first, value.members.front().second);
  } else {
    out = value;
    out.items.clear();
    out.members.clear();
    for (const auto& entry : value.items)
      if (Value resolved = resolve(entry); !resolved.is_null())
        out.items.push_back(std::move(resolved));
    for (const auto& [key, member] : value.members)
      if (Value resolved = resolve(member); !resolved.is_null())
        out.members.emplace_back(key, std::move(resolved));
  }
  --depth_;
  if (out.string.size() > k_max_text)
    throw Error(Fault::input, path_ + ":" + std::to_string(value.line) +
                                  ": a text of more than 65536 bytes is put together");
  out.line = value.line;
  return out;
}

Value Resolver::call(const std::string& function, const Value& argument) {
  if (function == "Ref")
    return reference(argument.string);
  if (function == "Fn::GetAtt")
    return attribute(argument);
  if (function == "Fn::Join")
    return joined(argument);
  if (function == "Fn::Sub")
    return substituted(argument);
  if (function == "Fn::FindInMap")
    return found_in_map(argument);
  if (function == "Fn::Select")
    return selected(argument);
  if (function == "Fn::If")
    return chosen(argument);
  return unknown(function);
}

/// The name of a thing that the template makes.
std::string Resolver::thing(const std::string& name) {
  const Value* resource = entry("Resources", name);
  const Value* type = resource ? resource->find("Type") : nullptr;
  const Value* properties = resource ? resource->find("Properties") : nullptr;
  const Value* given = properties ? properties->find("ThingName") : nullptr;
  return type && given && type->string == "AWS::IoT::Thing" ? plain(resolve(*given)) : "";
}

Value Resolver::reference(const std::string& name) {
  if (name == "AWS::NoValue")
    return {};
  if (const Value* parameter = entry("Parameters", name)) {
    const Value* value = parameter->find("Default");
    if (!value)
      return unknown(name);
    if (reported_.insert(name).second)
      report_->add(path_, *value,
                   "Parameters." + shown(name) + ": its default '" + shown(plain(*value)) +
                       "' is taken",
                   "see in deploy.yaml whether the group was deployed with another");
    return *value;
  }
  const auto made = thing(name);
  return made.empty() ? unknown(name) : made;
}

Value Resolver::attribute(const Value& argument) {
  const auto name = item(argument, 0).string;
  const auto of = plain(item(argument, 1));
  const auto made = of == "Arn" ? thing(name) : "";
  return made.empty() ? unknown(name + "." + of)
                      : "arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:thing/" + made;
}

Value Resolver::joined(const Value& argument) {
  std::vector<std::string> parts;
  const Value list = resolve(item(argument, 1));
  if (!list.is_array())
    return unknown("Fn::Join");
  for (const auto& part : list.items)
    parts.push_back(plain(part));
  return join(parts, item(argument, 0).string);
}

Value Resolver::substituted(const Value& argument) {
  const auto& text = argument.is_array() ? item(argument, 0).string : argument.string;
  std::string out;
  std::size_t at = 0;
  for (auto open = text.find("${"); open != std::string::npos; open = text.find("${", at)) {
    const auto close = text.find('}', open);
    if (close == std::string::npos)
      break;
    out += text.substr(at, open - at);
    const auto name = text.substr(open + 2, close - open - 2);
    const Value* own = item(argument, 1).find(name);
    const auto dot = name.find('.');
    if (name.starts_with('!')) {
      out += "${" + name.substr(1) + "}";
    } else if (own) {
      out += plain(resolve(*own));
    } else if (dot != std::string::npos) {
      Value pair = Value::array();
      pair.push(name.substr(0, dot));
      pair.push(name.substr(dot + 1));
      out += plain(attribute(pair));
    } else {
      out += plain(reference(name));
    }
    at = close + 1;
  }
  return out + text.substr(at);
}

Value Resolver::found_in_map(const Value& argument) {
  const Value* found = entry("Mappings", plain(resolve(item(argument, 0))));
  for (const std::size_t key : {1U, 2U})
    found = found ? found->find(plain(resolve(item(argument, key)))) : nullptr;
  return found ? *found : Value(unknown("Fn::FindInMap"));
}

Value Resolver::selected(const Value& argument) {
  const auto index = parse_int(plain(resolve(item(argument, 0))));
  const Value list = resolve(item(argument, 1));
  if (!index || *index < 0 || static_cast<std::size_t>(*index) >= list.items.size())
    return unknown("Fn::Select");
  return list.items[static_cast<std::size_t>(*index)];
}

Value Resolver::chosen(const Value& argument) {
  const auto name = item(argument, 0).string;
  const auto is_met = condition(name);
  if (!is_met && reported_.insert("condition " + name).second)
    report_->add(path_, argument,
                 "Fn::If: whether condition '" + shown(name) +
                     "' holds is not said by the template; its first branch is taken",
                 "see whether it held where the group was deployed");
  const auto& other = item(argument, is_met.value_or(true) ? 2 : 1);
  if (reported_.insert("branch " + std::to_string(argument.line) + name).second)
    report_->add(path_, argument,
                 "Fn::If: the other branch of condition '" + shown(name) + "', " +
                     shown(plain(other)) + ", is left out",
                 "write it into deploy.yaml if the device needs it");
  return resolve(item(argument, is_met.value_or(true) ? 1 : 2));
}

std::optional<bool> Resolver::condition(const std::string& name) {
  const Value* expression = entry("Conditions", name);
  return expression ? holds(*expression) : std::nullopt;
}

std::optional<bool> Resolver::holds(const Value& expression) {
  if (++steps_ > k_max_steps || depth_ > k_max_depth)
    throw Error(Fault::input, path_ + ":" + std::to_string(expression.line) +
                                  ": conditions go round or have no end");
  if (!expression.is_object() || expression.members.size() != 1)
    return std::nullopt;
  const auto& [function, argument] = expression.members.front();
  ++depth_;
  std::optional<bool> out;
  if (function == "Condition") {
    out = condition(argument.string);
  } else if (function == "Fn::Equals") {
    const auto left = plain(resolve(item(argument, 0)));
    const auto right = plain(resolve(item(argument, 1)));
    if (!is_unknown(left) && !is_unknown(right))
      out = left == right;
  } else if (function == "Fn::Not") {
    if (const auto inner = holds(item(argument, 0)))
      out = !*inner;
  } else if (function == "Fn::And" || function == "Fn::Or") {
    const bool decides = function == "Fn::Or"; // one such decides, whatever the others are
    out = !decides;
    for (const auto& part : argument.items) {
      const auto inner = holds(part);
      if (inner && *inner == decides) {
        out = decides;
        break;
      }
      if (!inner)
        out = std::nullopt;
    }
  }
  --depth_;
  return out;
}

} // namespace mlopsctl::templates
