// SPDX-License-Identifier: Apache-2.0
// Names and links of layers. Links may be absolute, as they are followed inside the image; but what
// is written through a link of the same layer lands, with a careless program, outside of it.
#include "core/text.hpp"
#include "package/image_check.hpp"

namespace mlopsctl::package {
namespace {

using formats::MemberType;

constexpr std::string_view k_whiteout = ".wh.";
constexpr std::size_t k_most_findings = 100; // of a layer; more say no more

bool has_parent_part(std::string_view name) {
  for (const auto& part : split(name, '/'))
    if (part == "..")
      return true;
  return false;
}

/// Whether a link at \p name leads above the root. Absolute ones begin there.
bool climbs(const std::string& name, const std::string& target) {
  if (target.starts_with('/'))
    return false;
  auto depth = static_cast<int>(split(name, '/').size()) - 1;
  for (const auto& part : split(target, '/')) {
    depth += part == ".." ? -1 : part.empty() || part == "." ? 0 : 1;
    if (depth < 0)
      return true;
  }
  return false;
}

} // namespace

void LayerNames::add(const std::string& rule, Severity severity, const std::string& name,
                     const std::string& text) {
  if (findings_.size() < k_most_findings || severity == Severity::error)
    findings_.push_back({rule, severity, place_ + ": " + printable(name), text});
}

void LayerNames::look_at_ancestors(const std::string& name) {
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    const auto link = links_.find(name.substr(0, slash));
    if (link == links_.end())
      continue;
    const bool leads_out = link->second.starts_with('/') || climbs(link->first, link->second);
    add("layer-link", leads_out ? Severity::error : Severity::warning, name,
        "is below '" + printable(link->first) + "', a link of this layer to '" +
            printable(link->second) + "'" +
            (leads_out ? ": who unpacks it carelessly writes outside of the image" : ""));
    return;
  }
}

void LayerNames::look_at_link(const std::string& name, const formats::ArchiveMember& member) {
  if (member.type == MemberType::symlink) {
    links_[name] = member.target;
    if (climbs(name, member.target))
      add("layer-link", Severity::warning, name,
          "points above the root: '" + printable(member.target) + "'");
    return;
  }
  auto target = member.target;
  while (target.starts_with("./"))
    target.erase(0, 2);
  if (target.starts_with('/') || has_parent_part(target))
    add("layer-link", Severity::error, name,
        "is a hard link to '" + printable(target) + "', outside of the image");
  else if (!files_.contains(target))
    add("layer-link", Severity::warning, name,
        "is a hard link to '" + printable(target) + "', which is not before it in this layer");
  files_.insert(name);
}

void LayerNames::look(const formats::ArchiveMember& member) {
  std::string name = member.name;
  while (name.ends_with('/') && name.size() > 1)
    name.pop_back();
  if (name.starts_with('/') || has_parent_part(name))
    return add("layer-path", Severity::error, name,
               name.starts_with('/') ? "is an absolute name" : "has '..' in its name");
  look_at_ancestors(name);
  if (name.substr(name.rfind('/') + 1) == k_whiteout)
    add("layer-whiteout", Severity::error, name, "deletes a file without a name");
  links_.erase(name); // another member may stand in its place
  if (member.type == MemberType::symlink || member.type == MemberType::hard_link)
    look_at_link(name, member);
  else if (member.type == MemberType::file)
    files_.insert(name);
  else if (member.type == MemberType::other)
    add("layer-device", Severity::warning, name, "is a device, pipe or socket");
}

} // namespace mlopsctl::package
