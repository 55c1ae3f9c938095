// SPDX-License-Identifier: Apache-2.0
#include "serving/fetched_model.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/local_copy.hpp"
#include "core/text.hpp"
#include "package/package_files.hpp"

namespace mlopsctl::serving {

package::ModelPackage fetch_model(const std::string& url, const std::string& digest,
                                  const std::vector<std::string>& overrides) {
  const auto source = open_source(url);
  const LocalCopy copy(*source); // the bytes that are checked are the bytes that are parsed
  if (const auto found = package::digest_of(*open_source(copy.path())); found != digest)
    throw Error(Fault::input,
                url + ": has the digest " + found + ", " + printable(digest) + " was expected",
                "somebody changed it, or another model was meant");
  auto package = package::open_model(copy.path(), overrides);
  package.path = url;
  return package;
}

} // namespace mlopsctl::serving
