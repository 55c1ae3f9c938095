// SPDX-License-Identifier: Apache-2.0
#include "dataset/refs.hpp"

#include <filesystem>

namespace fs = std::filesystem;

namespace mlopsctl::dataset {

bool is_remote_ref(std::string_view ref) {
  const auto colon = ref.find("://");
  return colon != std::string_view::npos && colon > 0 &&
         ref.substr(0, colon).find('/') == std::string_view::npos;
}

std::string rebase_ref(const std::string& ref, const std::string& from_folder,
                       const std::string& to_folder) {
  if (is_remote_ref(ref) || fs::path(ref).is_absolute())
    return ref;
  if (is_remote_ref(from_folder))
    return from_folder == to_folder ? ref : from_folder + "/" + ref;
  std::error_code error;
  // Absolute first: a folder that is yet to be made has no canonical form of its own.
  const auto resolved = [&error](const std::string& folder) {
    return fs::weakly_canonical(fs::absolute(folder.empty() ? "." : folder), error);
  };
  const fs::path from = resolved(from_folder);
  const fs::path to = resolved(to_folder);
  const fs::path image = from / ref;
  if (error || from == to || !fs::exists(image, error))
    return ref;
  return image.lexically_normal().lexically_relative(to).generic_string();
}

ImageKeys::ImageKeys(const std::string& folder) {
  std::error_code ignored;
  folder_ = folder;
  if (!is_remote_ref(folder))
    folder_ = fs::weakly_canonical(fs::absolute(folder.empty() ? "." : folder), ignored).string();
}

std::string ImageKeys::key_of(const std::string& ref) const {
  if (is_remote_ref(ref))
    return ref;
  if (is_remote_ref(folder_))
    return folder_ + "/" + ref;
  const fs::path image = fs::path(folder_) / ref; // an absolute reference stays what it is
  std::error_code ignored;
  if (fs::exists(image, ignored))
    return image.lexically_normal().string();
  return fs::path(ref).lexically_normal().string();
}

} // namespace mlopsctl::dataset
