// SPDX-License-Identifier: Apache-2.0
// GrowingFolder: a folder in a store to which several runs add files, and which one of them
// finishes. Readers refuse it until then.
#pragma once

#include "core/io.hpp"
#include "storage/written_object.hpp"

#include <memory>
#include <string>

namespace mlopsctl::storage {

enum class Growth {
  fresh,   ///< refuses a place where anything is
  replace, ///< removes what an earlier command of this program wrote
  resume   ///< goes on with what is there
};

class GrowingFolder {
public:
  virtual ~GrowingFolder() = default;
  /// Any thread. Stored if nothing of that name is there; the same bytes are as good.
  /// \throws Error(input) if others are there, or another process has taken the folder over;
  /// Error(remote) if the store cannot be reached.
  virtual WrittenObject put(const std::string& name, const std::string& bytes) = 0;
  /// In place of whatever is there; \p source may be of any size.
  virtual WrittenObject replace(const std::string& name, ByteSource& source) = 0;
  /// Exactly these files are the folder.
  virtual void finish(const WrittenFiles& files) = 0;
  virtual const std::string& name() const = 0;
};

/// \param url "s3://BUCKET[/PREFIX]". Takes the lock, which its finish() gives up and which another
/// run takes over when this process is gone. \throws Error(usage) if the place may not be used in
/// this way, or another process writes to it.
std::unique_ptr<GrowingFolder> grow_folder(const std::string& url, Growth growth);

struct FolderState {
  bool is_complete = false; ///< and nobody is at it
  std::string begun_by;     ///< who began it and has not finished, for messages; empty: nobody
  bool has_files = false;   ///< besides the marks
};
FolderState folder_state(const std::string& url);
/// "s3://b/p" -> "s3://b/p/".
std::string folder_url(const std::string& url);

} // namespace mlopsctl::storage
