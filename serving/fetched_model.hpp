// SPDX-License-Identifier: Apache-2.0
// A model that is fetched when the program starts, and taken only if it is the one that was meant.
#pragma once

#include "package/model_package.hpp"

#include <string>
#include <vector>

namespace mlopsctl::serving {

/// \param url an archive, such as "s3://models/m.tar.gz" or a file. \param digest of it,
/// "sha256:...". \throws Error(input) if it has another digest, before anything of it is looked at.
package::ModelPackage fetch_model(const std::string& url, const std::string& digest,
                                  const std::vector<std::string>& overrides);

} // namespace mlopsctl::serving
