// SPDX-License-Identifier: Apache-2.0
#include "capture/keep_rules.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

namespace mlopsctl::capture {

KeepRules parse_keep(const std::vector<std::string>& names) {
  KeepRules rules;
  for (const auto& name : names) {
    if (name == "sharp")
      rules.sharp = true;
    else if (name == "distinct")
      rules.distinct = true;
    else if (name == "still")
      rules.still = true;
    else
      throw Error(Fault::usage,
                  "--keep: unknown rule '" + printable(name) + "'" +
                      did_you_mean(name, {"sharp", "distinct", "still"}),
                  "the rules are sharp, distinct and still");
  }
  return rules;
}

std::string to_text(const KeepRules& rules) {
  std::string text;
  const auto add = [&](bool is_asked, const char* name) {
    if (is_asked)
      text += (text.empty() ? "" : ",") + std::string(name);
  };
  add(rules.sharp, "sharp");
  add(rules.distinct, "distinct");
  add(rules.still, "still");
  return text;
}

} // namespace mlopsctl::capture
