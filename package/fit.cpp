// SPDX-License-Identifier: Apache-2.0
#include "package/fit.hpp"

#include "core/text.hpp"
#include "package/inspect.hpp"
#include "package/lambda_bundle.hpp"

#include <algorithm>

namespace mlopsctl::package {

void check_limit(Fit& fit, const std::string& what) {
  if (fit.bytes > fit.limit_bytes)
    fit.reasons.push_back(what + " " + bytes_for_people(fit.bytes) + ", over " +
                          bytes_for_people(fit.limit_bytes));
}

void add_refusals(const std::vector<Fit>& fits, const std::string& target, const std::string& place,
                  Problems& findings) {
  for (const auto& fit : fits)
    if (fit.target == target)
      for (const auto& reason : fit.reasons)
        findings.push_back({target, Severity::error, place, reason});
}

std::vector<Fit> fits_of(const Inspection& inspection) {
  std::uint64_t unpacked_bytes = 0;
  for (const auto& item : inspection.items)
    unpacked_bytes += item.size_bytes;
  // A model lies in the function as the archive that it is.
  const bool is_model = inspection.model_yaml && inspection.kind != "zip";
  Fit zip{
      "lambda-zip", is_model ? inspection.size_bytes : unpacked_bytes, k_lambda_unpacked_bytes, {}};
  check_limit(zip, is_model ? "is" : "unpacks to");
  if (is_model)
    return {std::move(zip)};
  const bool is_started =
      std::any_of(inspection.items.begin(), inspection.items.end(),
                  [](const PackageItem& item) { return item.name == k_bootstrap; });
  if (inspection.kind != "zip")
    zip.reasons.push_back("is no zip; 'mlopsctl package lambda' makes one");
  else if (!is_started)
    zip.reasons.push_back("has no program 'bootstrap' at its top");
  Fit upload{"lambda-upload", inspection.size_bytes, k_lambda_upload_bytes, {}};
  check_limit(upload, "is");
  return {std::move(zip), std::move(upload)};
}

} // namespace mlopsctl::package
