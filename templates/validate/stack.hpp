// SPDX-License-Identifier: Apache-2.0
// A CloudFormation template as its rules see it: resources by id, references, and values as text.
#pragma once

#include "core/value.hpp"
#include "templates/validate/document.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mlopsctl::templates {

struct Resource {
  std::string id;
  std::string type; ///< empty if it has none
  const Value* body;
  const Value* properties; ///< an empty mapping if it has none
  std::string path;        ///< "Resources.<id>"
};

/// A view of \p document, which must outlive it.
class Stack {
public:
  explicit Stack(const Document& document);
  Stack(const Stack&) = delete; // ids are looked up by views of it
  Stack& operator=(const Stack&) = delete;

  const Value& root() const { return *root_; }
  const std::vector<Resource>& resources() const { return resources_; }
  const Resource* find(std::string_view id) const;
  std::vector<const Resource*> of_type(std::string_view type) const;
  const Value* section(std::string_view name) const { return root_->find(name); }
  /// A macro makes what cannot be seen here: other resources, other properties.
  bool has_transform() const { return root_->find("Transform") != nullptr; }

private:
  const Value* root_;
  std::vector<Resource> resources_;
  std::unordered_map<std::string_view, std::size_t> by_id_;
};

/// {"Ref": ...} or {"Fn::...": ...}: a value that only the deployment knows.
bool is_function(const Value& value);
bool is_no_value(const Value& value); ///< {"Ref": "AWS::NoValue"}: as if it were not written

struct Reference {
  enum class Kind { ref, attribute, condition, map };
  Kind kind;
  std::string target;    ///< logical id, condition or mapping
  std::string attribute; ///< of Kind::attribute
  const Value* at;
  std::string path;
};

/// Every Ref, Fn::GetAtt, ${} of Fn::Sub, condition and mapping in \p value, in their order.
void for_each_reference(const Value& value, const std::string& path,
                        const std::function<void(const Reference&)>& visit);

/// A value as text, what only the deployment knows as "${Id}" or "${Id.Attribute}" or "${}".
std::string text_of(const Value& value);

/// The resource that a value names: by Ref, by Fn::GetAtt, or as the only word of a Fn::Sub; empty
/// if it is anything else.
std::string named_resource(const Value& value);

/// "A.B" from "A" and "B"; "B" at the top.
std::string below(const std::string& path, std::string_view key);

/// Looks up "A.B" in \p value; null if it is not there.
const Value* look_up(const Value& value, std::string_view path);

/// What \p value may be, as far as the template says it: itself, the sides of Fn::If, a parameter's
/// default.
std::vector<const Value*> literals_of(const Stack& stack, const Value* value);

/// One value as a list of one: AWS takes both in policies.
std::vector<const Value*> as_list(const Value* value);

} // namespace mlopsctl::templates
