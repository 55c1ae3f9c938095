// SPDX-License-Identifier: Apache-2.0
// Places that packages go to, and whether they take them.
#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mlopsctl::package {

struct Inspection;

struct Fit {
  std::string target; ///< "lambda-image", "lambda-zip", "lambda-upload"
  std::uint64_t bytes = 0;
  std::uint64_t limit_bytes = 0;
  std::vector<std::string> reasons; ///< why it refuses; empty: it does not
};

/// Of an archive or folder: as a function's zip, as a part of one, and sent to Lambda without a way
/// through S3.
std::vector<Fit> fits_of(const Inspection& inspection);

/// What \p target would refuse is an error of who meant the package for it.
void add_refusals(const std::vector<Fit>& fits, const std::string& target, const std::string& place,
                  Problems& findings);

/// Adds the reason if it is over its limit. \param what "unpacks to", "is".
void check_limit(Fit& fit, const std::string& what);

} // namespace mlopsctl::package
