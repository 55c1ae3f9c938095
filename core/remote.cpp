// SPDX-License-Identifier: Apache-2.0
#include "core/remote.hpp"

#include <vector>

namespace mlopsctl {
namespace {

std::vector<const RemoteScheme*>& schemes() {
  static std::vector<const RemoteScheme*> table;
  return table;
}

} // namespace

void register_remote_scheme(const RemoteScheme& scheme) {
  schemes().push_back(&scheme);
}

const RemoteScheme* remote_scheme_of(std::string_view name) {
  for (const auto* scheme : schemes())
    if (name.starts_with(scheme->prefix))
      return scheme;
  return nullptr;
}

} // namespace mlopsctl
