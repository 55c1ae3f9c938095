// SPDX-License-Identifier: Apache-2.0
#include "templates/diff.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "templates/validate/rules.hpp"

#include <algorithm>
#include <map>

namespace mlopsctl::templates {
namespace {

/// Whatever the order of their members.
bool is_same(const Value& a, const Value& b) {
  if (a.kind != b.kind || a.items.size() != b.items.size() || a.members.size() != b.members.size())
    return false;
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!is_same(a.items[i], b.items[i]))
      return false;
  if (a.is_array() || a.is_object())
    return std::all_of(a.members.begin(), a.members.end(), [&](const auto& member) {
      const Value* other = b.find(member.first);
      return other && is_same(member.second, *other);
    });
  return to_json(a) == to_json(b);
}

/// A secret's text goes nowhere.
Value safe(const Value& value) {
  return secret_in(to_json(value)).empty() ? value : Value("(a secret)");
}

/// Leaves that differ. Lists of one length are compared item by item.
void compare(const Value& before, const Value& after, const std::string& path,
             std::vector<PropertyChange>& out) {
  const auto is_plain = [](const Value& value) { return !value.is_object() || is_function(value); };
  if (before.is_array() && after.is_array() && before.items.size() == after.items.size()) {
    for (std::size_t i = 0; i < before.items.size(); ++i)
      compare(before.items[i], after.items[i], path + "[" + std::to_string(i) + "]", out);
    return;
  }
  if (is_plain(before) || is_plain(after)) {
    if (!is_same(before, after))
      out.push_back({path, safe(before), safe(after)});
    return;
  }
  for (const auto& [key, member] : before.members) {
    const Value* other = after.find(key);
    if (other)
      compare(member, *other, below(path, key), out);
    else
      out.push_back({below(path, key), safe(member), std::nullopt});
  }
  for (const auto& [key, member] : after.members)
    if (!before.find(key))
      out.push_back({below(path, key), std::nullopt, safe(member)});
}

/// Whether \p path is \p property, or in it, or holds it.
bool touches(const std::string& path, const std::string& property) {
  const auto is_in = [](const std::string& inner, const std::string& outer) {
    return inner.starts_with(outer) && (inner.size() == outer.size() ||
                                        inner[outer.size()] == '.' || inner[outer.size()] == '[');
  };
  return is_in(path, property) || is_in(property, path);
}

/// \param type null if it is not known: then nothing can be said of properties
void mark_replacements(const ResourceType* type, ResourceChange& change) {
  constexpr std::string_view k_properties = "Properties.";
  bool is_replaced = false;
  bool is_open = false;
  for (auto& property : change.properties) {
    const bool is_property = property.path.starts_with(k_properties);
    property.replaces =
        property.path == "Type" ||
        (is_property && type &&
         std::any_of(type->replaces.begin(), type->replaces.end(),
                     [&](const std::string& replaces) {
                       return touches(property.path.substr(k_properties.size()), replaces);
                     }));
    is_replaced = is_replaced || property.replaces;
    is_open = is_open || (is_property && !type);
  }
  if (is_replaced || !is_open)
    change.is_replaced = is_replaced;
}

/// (CloudFormation user guide, "DeletionPolicy attribute": without one, the resource is deleted)
bool is_kept(const Value& body, std::string_view policy) {
  const Value* value = body.find(policy);
  return value && value->string != "Delete";
}

class Differ {
public:
  Differ(const Document& before, const Document& after, std::string file, ResourceTypes& types)
      : before_(before), after_(after), file_(std::move(file)), types_(types) {}

  std::vector<ResourceChange> run() {
    for (const auto& resource : before_.resources())
      if (const auto* other = after_.find(resource.id))
        add_changed(resource, *other);
      else
        add_removed(resource);
    for (const auto& resource : after_.resources())
      if (!before_.find(resource.id))
        add({ResourceChange::Kind::added, resource.id, resource.type, false, false, {}, file_});
    compare_sections();
    return std::move(out_);
  }

private:
  void add(ResourceChange change) { out_.push_back(std::move(change)); }

  void add_removed(const Resource& resource) {
    const auto* type = types_.find(resource.type);
    const bool loses_data = type && type->holds_data && !is_kept(*resource.body, "DeletionPolicy");
    add({ResourceChange::Kind::removed, resource.id, resource.type, false, loses_data, {}, file_});
  }

  void add_changed(const Resource& before, const Resource& after) {
    ResourceChange change{
        ResourceChange::Kind::changed, before.id, after.type, std::nullopt, false, {}, file_};
    compare(*before.body, *after.body, "", change.properties);
    if (change.properties.empty())
      return;
    const auto* type = types_.find(before.type);
    mark_replacements(type, change);
    change.loses_data = type && type->holds_data && change.is_replaced.value_or(false) &&
                        !is_kept(*after.body, "UpdateReplacePolicy");
    add(std::move(change));
  }

  /// What stands beside the resources.
  void compare_sections() {
    const auto without_resources = [](Value root) {
      std::erase_if(root.members, [](const auto& member) { return member.first == "Resources"; });
      return root;
    };
    std::vector<PropertyChange> changes;
    compare(without_resources(before_.root()), without_resources(after_.root()), "", changes);
    for (auto& one : changes) {
      const auto kind = !one.before  ? ResourceChange::Kind::added
                        : !one.after ? ResourceChange::Kind::removed
                                     : ResourceChange::Kind::changed;
      const auto path = one.path;
      add({kind, path, "", false, false, {std::move(one)}, file_});
    }
  }

  Stack before_, after_;
  std::string file_;
  ResourceTypes& types_;
  std::vector<ResourceChange> out_;
};

/// Templates by name; the only one of a file has none.
std::map<std::string, Document> read_templates(const std::string& path) {
  std::map<std::string, Document> out;
  const auto take = [&](const std::string& key, const std::string& name, const std::string& text) {
    for (auto& document : parse_documents(text, name))
      if (document.kind == DocumentKind::cloudformation)
        out.emplace(key, std::move(document));
  };
  if (is_folder(path)) {
    const auto folder = open_folder(path);
    for (const auto& entry : folder->list())
      if (is_template_name(entry.name))
        take(entry.name, path + "/" + entry.name,
             read_all(*folder->open(entry.name), k_max_document_bytes));
  } else {
    take("", path, read_file(path, k_max_document_bytes));
  }
  if (out.empty())
    throw Error(Fault::input, path + ": holds no CloudFormation template",
                "one has Resources at its top");
  return out;
}

} // namespace

std::string_view change_name(ResourceChange::Kind kind) {
  switch (kind) {
  case ResourceChange::Kind::added: return "added";
  case ResourceChange::Kind::removed: return "removed";
  case ResourceChange::Kind::changed: return "changed";
  }
  return "";
}

std::vector<ResourceChange> diff_templates(const std::string& before, const std::string& after,
                                           ResourceTypes& types) {
  auto old_ones = read_templates(before);
  auto new_ones = read_templates(after);
  static const Document empty;
  std::vector<ResourceChange> out;
  const auto add = [&](const Document& a, const Document& b, const std::string& file) {
    check_interrupt();
    for (auto& change : Differ(a, b, file, types).run())
      out.push_back(std::move(change));
  };
  // A file is compared with the only template of a folder, too.
  if (old_ones.size() == 1 && new_ones.size() == 1) {
    add(old_ones.begin()->second, new_ones.begin()->second, "");
    return out;
  }
  for (const auto& [name, document] : old_ones)
    add(document, new_ones.contains(name) ? new_ones.at(name) : empty, name);
  for (const auto& [name, document] : new_ones)
    if (!old_ones.contains(name))
      add(empty, document, name);
  return out;
}

} // namespace mlopsctl::templates
