// SPDX-License-Identifier: Apache-2.0
// How names with a scheme, such as "s3://bucket/a.jpg", come to their openers: core knows none;
// storage/ registers its own.
#pragma once

#include "core/io.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace mlopsctl {

/// What io.hpp's functions do for names of one scheme.
struct RemoteScheme {
  std::string_view prefix; ///< "s3://"
  std::unique_ptr<ByteSource> (*open_source)(const std::string& url);
  std::unique_ptr<ByteSink> (*create_sink)(const std::string& url, Existing existing);
  std::unique_ptr<Folder> (*open_folder)(const std::string& url);
  std::unique_ptr<FolderSink> (*create_folder)(const std::string& url, Existing existing);
  bool (*is_folder)(const std::string& url);
  bool (*is_file)(const std::string& url);
};

/// Before other threads run. \param scheme lives as long as the process.
void register_remote_scheme(const RemoteScheme& scheme);
/// Null pointer for names of this machine.
const RemoteScheme* remote_scheme_of(std::string_view name);

} // namespace mlopsctl
