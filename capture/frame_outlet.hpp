// SPDX-License-Identifier: Apache-2.0
// FrameOutlet: where kept frames go on to from the folder that they were captured into.
#pragma once

#include <cstdint>
#include <string>

namespace mlopsctl::capture {

enum class FolderMode {
  fresh,   ///< refuses a folder that has anything in it
  replace, ///< removes what an earlier capture wrote
  resume   ///< goes on behind the last journalled frame
};

class FrameOutlet {
public:
  virtual ~FrameOutlet() = default;
  /// First of all; the folder is locked now. What earlier runs took is known then, or forgotten.
  virtual void open(FolderMode mode) = 0;
  /// Before a frame is written: waits until there is room. \throws Error, Interrupted.
  virtual void make_room(std::uint64_t size_bytes) = 0;
  /// The frame is in the folder and in the journal; its file goes when it is stored elsewhere.
  virtual void take(const std::string& name, std::uint64_t size_bytes) = 0;
  /// It was taken, and its file may be gone.
  virtual bool has_taken(const std::string& name) const = 0;
};

} // namespace mlopsctl::capture
