// SPDX-License-Identifier: Apache-2.0
// Image references: what they mean when the file they stand in moves.
#pragma once

#include <string>
#include <string_view>

namespace mlopsctl::dataset {

/// True for s3://bucket/key and other URLs: they mean the same wherever they stand.
bool is_remote_ref(std::string_view ref);

/// \param ref a reference in a file of \p from_folder. \return the same image seen from \p
/// to_folder. Remote and absolute references stay; so do relative ones that name no file from \p
/// from_folder (their images lie elsewhere, under --images).
std::string rebase_ref(const std::string& ref, const std::string& from_folder,
                       const std::string& to_folder);

} // namespace mlopsctl::dataset
