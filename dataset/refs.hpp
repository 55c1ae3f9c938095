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

/// One name for an image, whichever file mentions it: to find it again in another data set.
class ImageKeys {
public:
  /// \param folder where the references stand.
  explicit ImageKeys(const std::string& folder);
  /// The whole path of a file that is there; else the reference itself, without "./" and "a/../".
  std::string key_of(const std::string& ref) const;

private:
  std::string folder_; ///< absolute
};

} // namespace mlopsctl::dataset
