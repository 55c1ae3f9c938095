// SPDX-License-Identifier: Apache-2.0
// Looking at every picture of a data set on all cores: fingerprints and digests of the files.
#pragma once

#include "commands/command.hpp"
#include "imaging/hash.hpp"

#include <functional>
#include <optional>
#include <string>

namespace mlopsctl::commands {

struct PictureJob {
  std::optional<std::string> path; ///< nothing: the file was not found
  std::string ref;
  std::string place; ///< for messages
};

struct PictureFacts {
  imaging::Look look;
  std::string digest;             ///< "sha256:..." of the file, if asked for
  std::optional<Problem> problem; ///< why there is neither
};

struct ScanOptions {
  bool with_digests = false;
  int scale = 8; ///< of the decode: for fingerprints alone an eighth of a side is enough
};

/// \param next the pictures in order, until nothing; called on this thread.
/// \param take what is known of each, in the same order; called on this thread.
void scan_pictures(const Context& ctx, const ScanOptions& options,
                   const std::function<std::optional<PictureJob>()>& next,
                   const std::function<void(PictureFacts&&)>& take);

/// Lists \p problems and \throws Error(input) if a picture was not found or not readable: what
/// looks alike is not told from a part of the pictures. \param hint what to do about it.
void refuse_unread_pictures(const Context& ctx, const Problems& problems, const std::string& hint);

/// --distance, the same words in each command. \throws Error(usage) by check_distance().
void add_distance_option(Args& args, int& distance);
void check_distance(int distance);

} // namespace mlopsctl::commands
