// SPDX-License-Identifier: Apache-2.0
// References that point nowhere, circles, and parameters that nothing uses.
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/validate/rules.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace mlopsctl::templates {
namespace {

// (CloudFormation user guide, "Pseudo parameters reference")
const std::vector<std::string> k_pseudo{"AWS::AccountId", "AWS::NoValue",  "AWS::NotificationARNs",
                                        "AWS::Partition", "AWS::Region",   "AWS::StackId",
                                        "AWS::StackName", "AWS::URLSuffix"};

/// Names to look up and to suggest.
struct Names {
  std::vector<std::string> all;
  std::unordered_set<std::string> known;

  void add(const std::string& name) {
    all.push_back(name);
    known.insert(name);
  }
  /// Every name is compared: more than a template may have are not.
  std::string like(const std::string& word) const {
    constexpr std::size_t k_most_compared = 1000;
    return all.size() <= k_most_compared ? did_you_mean(word, all) : "";
  }
};

class ReferenceCheck {
public:
  ReferenceCheck(const Stack& stack, Report& report) : stack_(stack), report_(report) {
    for (const auto& resource : stack.resources()) {
      targets_.add(resource.id);
      referable_.add(resource.id);
    }
    names_of("Parameters", referable_);
    names_of("Conditions", conditions_);
    names_of("Mappings", maps_);
    for (const auto& name : k_pseudo)
      referable_.add(name);
  }

  void run() {
    for (const auto& resource : stack_.resources()) {
      look_at(*resource.properties, resource.path + ".Properties");
      for (const auto* key : {"Metadata", "UpdatePolicy", "CreationPolicy", "DeletionPolicy"})
        if (const Value* value = resource.body->find(key))
          look_at(*value, resource.path + "." + key);
      look_at_dependencies(resource);
      if (const Value* condition = resource.body->find("Condition"))
        look_for_condition(*condition, resource.path + ".Condition");
    }
    for (const auto* name : {"Conditions", "Rules"})
      if (const Value* section = stack_.section(name)) {
        look_at(*section, name);
        look_for_conditions(*section, name);
      }
    look_at_outputs();
    look_for_unused();
  }

private:
  void names_of(std::string_view section, Names& out) const {
    if (const Value* found = stack_.section(section))
      for (const auto& [name, member] : found->members)
        out.add(name);
  }

  void look_at(const Value& value, const std::string& path) {
    for_each_reference(value, path, [&](const Reference& reference) { check(reference); });
  }

  void check(const Reference& reference) {
    used_.insert(reference.target);
    switch (reference.kind) {
    case Reference::Kind::ref:
      if (!referable_.known.contains(reference.target))
        missing(reference, "Ref", referable_);
      return;
    case Reference::Kind::attribute:
      if (!stack_.find(reference.target))
        missing(reference, "Fn::GetAtt", targets_);
      else if (reference.attribute.empty())
        report_.add("unknown-attribute", *reference.at, reference.path,
                    "Fn::GetAtt of '" + shown(reference.target) + "' names no attribute");
      return;
    case Reference::Kind::condition: find_or_miss(conditions_, reference, "condition"); return;
    case Reference::Kind::map: find_or_miss(maps_, reference, "mapping"); return;
    }
  }

  void find_or_miss(const Names& names, const Reference& reference, const std::string& what) {
    if (!names.known.contains(reference.target))
      missing(reference, what, names);
  }

  void missing(const Reference& reference, const std::string& what, const Names& names) {
    if (stack_.has_transform())
      return; // what a macro adds cannot be seen
    report_.add("reference-to-nothing", *reference.at, reference.path,
                what + " of '" + shown(reference.target) + "', which the template does not have" +
                    names.like(reference.target));
  }

  void look_at_dependencies(const Resource& resource) {
    const auto path = resource.path + ".DependsOn";
    for (const auto* name : as_list(resource.body->find("DependsOn")))
      if (!stack_.find(name->string))
        missing({Reference::Kind::ref, name->string, "", name, path}, "DependsOn", targets_);
  }

  void look_for_condition(const Value& name, const std::string& path) {
    check({Reference::Kind::condition, name.string, "", &name, path});
  }

  /// {"Condition": name} inside of conditions.
  void look_for_conditions(const Value& value, const std::string& path) {
    for (const auto& item : value.items)
      look_for_conditions(item, path);
    for (const auto& [key, member] : value.members) {
      if (key == "Condition" && member.is_string() && value.members.size() == 1)
        look_for_condition(member, path);
      look_for_conditions(member, path + "." + key);
    }
  }

  void look_at_outputs() {
    const Value* outputs = stack_.section("Outputs");
    if (!outputs)
      return;
    look_at(*outputs, "Outputs");
    for (const auto& [name, output] : outputs->members)
      if (const Value* condition = output.find("Condition"); condition && condition->is_string())
        look_for_condition(*condition, "Outputs." + name + ".Condition");
  }

  void look_for_unused() {
    const Value* section = stack_.section("Parameters");
    if (!section || stack_.has_transform())
      return;
    for (const auto& [name, parameter] : section->members)
      if (!used_.contains(name))
        report_.add("unused-parameter", parameter, "Parameters." + name, "nothing uses it");
  }

  const Stack& stack_;
  Report& report_;
  Names targets_, referable_, conditions_, maps_;
  std::set<std::string> used_;
};

/// A walk without recursion: a chain of references may be as long as the file.
class CircleSearch {
public:
  CircleSearch(const Stack& stack, Report& report) : stack_(stack), report_(report) {
    for (const auto& resource : stack.resources())
      edges_.push_back(needs_of(resource));
    colors_.resize(edges_.size());
  }

  void run() {
    for (std::size_t start = 0; start < edges_.size(); ++start)
      if (colors_[start] == Color::unseen)
        walk_from(start);
  }

private:
  enum class Color { unseen, open, done };
  struct Step {
    std::size_t node;
    std::size_t next_edge = 0;
  };

  std::vector<std::size_t> needs_of(const Resource& resource) const {
    std::set<std::size_t> out;
    const auto add = [&](std::string_view id) {
      if (const auto* needed = stack_.find(id))
        out.insert(static_cast<std::size_t>(needed - stack_.resources().data()));
    };
    for_each_reference(*resource.properties, "",
                       [&](const Reference& reference) { add(reference.target); });
    for (const auto* name : as_list(resource.body->find("DependsOn")))
      add(name->string);
    return {out.begin(), out.end()};
  }

  void walk_from(std::size_t start) {
    stack_of_steps_ = {{start}};
    colors_[start] = Color::open;
    while (!stack_of_steps_.empty()) {
      Step& step = stack_of_steps_.back();
      if (step.next_edge == edges_[step.node].size()) {
        colors_[step.node] = Color::done;
        stack_of_steps_.pop_back();
        continue;
      }
      const auto next = edges_[step.node][step.next_edge++];
      if (colors_[next] == Color::open)
        tell(next);
      else if (colors_[next] == Color::unseen) {
        colors_[next] = Color::open;
        stack_of_steps_.push_back({next});
      }
    }
  }

  void tell(std::size_t first) {
    constexpr std::size_t k_most_shown = 10;
    std::vector<std::string> ids;
    auto at = std::find_if(stack_of_steps_.begin(), stack_of_steps_.end(),
                           [&](const Step& step) { return step.node == first; });
    for (; at != stack_of_steps_.end() && ids.size() < k_most_shown; ++at)
      ids.push_back(stack_.resources()[at->node].id);
    if (at != stack_of_steps_.end())
      ids.emplace_back("...");
    const auto& resource = stack_.resources()[first];
    ids.push_back(resource.id);
    report_.add("circular-dependency", *resource.body, resource.path, shown_all(ids));
  }

  static std::string shown_all(const std::vector<std::string>& ids) {
    std::string out = "needs itself: ";
    for (std::size_t i = 0; i < ids.size(); ++i)
      out += (i > 0 ? " -> " : "") + shown(ids[i]);
    return out;
  }

  const Stack& stack_;
  Report& report_;
  std::vector<std::vector<std::size_t>> edges_;
  std::vector<Color> colors_;
  std::vector<Step> stack_of_steps_;
};

} // namespace

void check_references(const Stack& stack, Report& report) {
  ReferenceCheck(stack, report).run();
  CircleSearch(stack, report).run();
}

} // namespace mlopsctl::templates
