// SPDX-License-Identifier: Apache-2.0
// What the package commands print alike.
#pragma once

#include "commands/command.hpp"
#include "formats/model/onnx.hpp"
#include "package/fit.hpp"
#include "package/inspect.hpp"

#include <string>
#include <vector>

namespace mlopsctl::commands {

/// --max-members, --max-unpacked, --max-ratio, --max-model.
struct LimitOptions {
  package::InspectLimits limits;
  std::string unpacked, model; ///< as typed, such as "4GiB"
};
void add_limit_options(Args& args, LimitOptions& options);
/// \throws Error(usage) for a size that is none.
package::InspectLimits limits_of(const LimitOptions& options);

/// \throws Error(usage) if \p output is named like an archive that is no .tar.gz.
void refuse_other_archive_names(const std::string& output);

/// SOURCE_DATE_EPOCH, seconds since 1970; 0 where it is not set. \throws Error(usage) if it is no
/// time.
std::int64_t created_s(const Context& ctx);

/// {"name","bytes","digest"} of each.
Value items_value(const std::vector<package::PackageItem>& items);
/// A document with "schema", "output", "bytes", "digest" and "items".
Value package_document(const std::string& verb, const std::string& output, std::uint64_t bytes,
                       const std::string& digest, Value items);
/// The same of an archive that was written.
Value package_document(const std::string& verb, const std::string& output,
                       const formats::PackResult& archive);
/// \throws Error(usage) if an archive and a document would both go to stdout.
void refuse_two_on_stdout(const Context& ctx, const std::string& output);
/// What it holds, for people.
void say_items(const formats::PackResult& archive, const Context& ctx);
Value texts_value(const std::vector<std::string>& texts);
/// Where it fits and where not, and why.
Value fits_value(const std::vector<package::Fit>& fits);
void say_fits(const std::vector<package::Fit>& fits, const Context& ctx);
/// Inputs, outputs, operators ... of a graph.
Value graph_value(const formats::OnnxModel& model);
/// "images float32 1x3x320x320, ..." for people.
std::string tensors_text(const std::vector<formats::OnnxTensor>& tensors);

/// Findings as a table; nothing if there are none.
void print_findings(const Problems& findings, const Context& ctx);

} // namespace mlopsctl::commands
