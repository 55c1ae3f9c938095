// SPDX-License-Identifier: Apache-2.0
// What the manifest commands print the same way: their JSON document, and when problems end a run.
#pragma once

#include "commands/command.hpp"
#include "dataset/stream.hpp"

namespace mlopsctl::commands {

/// {"schema":"mlopsctl.manifest.<verb>/1","images_read","images_written","annotations_written","problems"}.
Value dataset_document(std::string_view verb, std::int64_t images_read, dataset::Written written,
                       const Problems& problems);

bool has_errors(const Problems& problems);

/// Lists \p problems on stderr. \throws Error(input) if one of them is an error: bad records end a
/// run before anything is visible, so that nobody trains on a part of a data set without knowing.
void refuse_bad_records(const Context& ctx, const Problems& problems);

/// The folder that references in the file \p path are relative to.
std::string folder_of(const std::string& path);

} // namespace mlopsctl::commands
