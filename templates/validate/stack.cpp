// SPDX-License-Identifier: Apache-2.0
#include "templates/validate/stack.hpp"

#include "core/text.hpp"

namespace mlopsctl::templates {
namespace {

const Value k_nothing = Value::object();

/// The names in ${...} of \p text; "${!Literal}" is none.
std::vector<std::string> substituted_names(std::string_view text) {
  std::vector<std::string> out;
  for (auto open = text.find("${"); open != std::string_view::npos; open = text.find("${", open)) {
    const auto close = text.find('}', open);
    if (close == std::string_view::npos)
      break;
    const auto name = trim(text.substr(open + 2, close - open - 2));
    if (!name.starts_with('!'))
      out.emplace_back(name);
    open = close;
  }
  return out;
}

Reference named(std::string_view name, const Value& at, const std::string& path) {
  const auto dot = name.find('.');
  if (dot == std::string_view::npos)
    return {Reference::Kind::ref, std::string(name), "", &at, path};
  return {Reference::Kind::attribute, std::string(name.substr(0, dot)),
          std::string(name.substr(dot + 1)), &at, path};
}

void visit_sub(const Value& argument, const std::string& path,
               const std::function<void(const Reference&)>& visit) {
  const bool is_list = argument.is_array() && !argument.items.empty();
  const Value& text = is_list ? argument.items.front() : argument;
  const Value* own = is_list && argument.items.size() > 1 ? &argument.items[1] : nullptr;
  if (text.is_string())
    for (const auto& name : substituted_names(text.string))
      if (!own || !own->find(name))
        visit(named(name, text, path));
}

void visit_member(const std::string& key, const Value& member, const std::string& path,
                  const std::function<void(const Reference&)>& visit) {
  using Kind = Reference::Kind;
  const bool is_list = member.is_array() && !member.items.empty();
  const Value* first = is_list ? &member.items.front() : nullptr;
  if (key == "Ref" && member.is_string())
    visit({Kind::ref, member.string, "", &member, path});
  else if (key == "Fn::GetAtt" && first && first->is_string() && member.items.size() > 1)
    visit({Kind::attribute, first->string, text_of(member.items[1]), &member, path});
  else if (key == "Fn::GetAtt" && member.is_string()) // no dot: no attribute
    visit({Kind::attribute, member.string, "", &member, path});
  else if (key == "Fn::Sub")
    visit_sub(member, path, visit);
  else if (key == "Fn::If" && first && first->is_string())
    visit({Kind::condition, first->string, "", &member, path});
  else if (key == "Fn::FindInMap" && first && first->is_string())
    visit({Kind::map, first->string, "", &member, path});
}

} // namespace

Stack::Stack(const Document& document) : root_(&document.root) {
  const Value* section = root_->find("Resources");
  if (!section || !section->is_object())
    return;
  for (const auto& [id, body] : section->members) {
    const Value* type = body.find("Type");
    const Value* properties = body.find("Properties");
    resources_.push_back({id, type && type->is_string() ? type->string : "", &body,
                          properties && properties->is_object() ? properties : &k_nothing,
                          below("Resources", id)});
  }
  for (std::size_t i = 0; i < resources_.size(); ++i)
    by_id_.emplace(resources_[i].id, i);
}

const Resource* Stack::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &resources_[found->second];
}

std::vector<const Resource*> Stack::of_type(std::string_view type) const {
  std::vector<const Resource*> out;
  for (const auto& resource : resources_)
    if (resource.type == type)
      out.push_back(&resource);
  return out;
}

bool is_function(const Value& value) {
  return value.is_object() && value.members.size() == 1 &&
         (value.members.front().first == "Ref" || value.members.front().first.starts_with("Fn::"));
}

bool is_no_value(const Value& value) {
  return is_function(value) && value.members.front().first == "Ref" &&
         value.members.front().second.string == "AWS::NoValue";
}

void for_each_reference(const Value& value, const std::string& path,
                        const std::function<void(const Reference&)>& visit) {
  for (std::size_t i = 0; i < value.items.size(); ++i)
    for_each_reference(value.items[i], path + "[" + std::to_string(i) + "]", visit);
  const bool is_one = is_function(value);
  for (const auto& [key, member] : value.members) {
    if (is_one)
      visit_member(key, member, path, visit);
    for_each_reference(member, is_one ? path : below(path, key), visit);
  }
}

std::string text_of(const Value& value) {
  if (value.is_string())
    return value.string;
  if (!is_function(value))
    return value.is_object() || value.is_array() || value.is_null() ? "" : to_json(value);
  const auto& [key, argument] = value.members.front();
  if (key == "Ref")
    return "${" + argument.string + "}";
  if (key == "Fn::GetAtt" && argument.items.size() == 2)
    return "${" + argument.items[0].string + "." + argument.items[1].string + "}";
  if (key == "Fn::Sub")
    return argument.is_array() && !argument.items.empty() ? text_of(argument.items.front())
                                                          : argument.string;
  if (key == "Fn::Join" && argument.items.size() == 2 && argument.items[1].is_array()) {
    std::vector<std::string> parts;
    for (const auto& part : argument.items[1].items)
      parts.push_back(text_of(part));
    return join(parts, argument.items[0].string);
  }
  return "${}";
}

std::string named_resource(const Value& value) {
  const auto text = is_function(value) ? text_of(value) : "";
  if (!text.starts_with("${") || text.find('}') != text.size() - 1)
    return "";
  const auto name = text.substr(2, text.size() - 3);
  return name.substr(0, name.find('.'));
}

std::string below(const std::string& path, std::string_view key) {
  constexpr std::size_t k_most_bytes = 300; // a path is built for every value
  std::string name(key.substr(0, k_most_bytes));
  if (key.size() > k_most_bytes)
    name += "...";
  return path.empty() ? name : path + "." + name;
}

const Value* look_up(const Value& value, std::string_view path) {
  const Value* found = &value;
  for (const auto& key : split(path, '.'))
    found = found ? found->find(key) : nullptr;
  return found;
}

std::vector<const Value*> literals_of(const Stack& stack, const Value* value) {
  if (!value || !is_function(*value))
    return value ? std::vector{value} : std::vector<const Value*>();
  const auto& [name, argument] = value->members.front();
  std::vector<const Value*> out;
  for (std::size_t i = 1; name == "Fn::If" && i < argument.items.size(); ++i)
    for (const auto* one : literals_of(stack, &argument.items[i]))
      out.push_back(one);
  const Value* parameters = name == "Ref" ? stack.section("Parameters") : nullptr;
  const Value* parameter = parameters ? parameters->find(argument.string) : nullptr;
  if (const Value* standard = parameter ? parameter->find("Default") : nullptr)
    out.push_back(standard);
  return out;
}

std::vector<const Value*> as_list(const Value* value) {
  std::vector<const Value*> out;
  if (!value)
    return out;
  if (!value->is_array())
    return {value};
  for (const auto& item : value->items)
    out.push_back(&item);
  return out;
}

} // namespace mlopsctl::templates
