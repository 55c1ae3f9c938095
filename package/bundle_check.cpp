// SPDX-License-Identifier: Apache-2.0
#include "package/bundle_check.hpp"

#include "core/text.hpp"
#include "package/runtime_bundle.hpp"
#include "package/sbom.hpp"

#include <algorithm>

namespace mlopsctl::package {

bool is_runtime_bundle(const Inspection& inspection) {
  const std::string program = std::string("bin/") + k_runtime_program;
  return inspection.own_sbom &&
         std::any_of(inspection.items.begin(), inspection.items.end(),
                     [&](const PackageItem& item) { return item.name == program; });
}

Problems check_bundle(const std::string& path, const Inspection& inspection) {
  Problems problems;
  const auto add = [&](const std::string& place, const std::string& text) {
    problems.push_back({"sbom", Severity::error, place, text});
  };
  auto billed = files_of_sbom(parse_json(*inspection.own_sbom, path + "/" + k_sbom));
  for (const auto& problem : inspection.problems)
    if (problem.rule == "executable-content" && !billed.contains(problem.place))
      add(problem.place, problem.text + " that " + k_sbom + " does not name");
  for (const auto& item : inspection.items) {
    const auto found = billed.find(item.name);
    if (found == billed.end())
      continue;
    if (found->second != item.digest)
      add(item.name,
          "has the digest " + item.digest + ", " + k_sbom + " says " + printable(found->second));
    billed.erase(found);
  }
  for (const auto& [name, digest] : billed)
    add(printable(name), std::string("is in ") + k_sbom + " and not in the archive");
  return problems;
}

} // namespace mlopsctl::package
