// SPDX-License-Identifier: Apache-2.0
// Complaints: what libav says in its log, kept for the video that it is about instead of printed.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

namespace mlopsctl::media {

/// Of one opened video. Decoders complain from threads of their own: give them this as their
/// AVCodecContext::opaque.
class Complaints {
public:
  void forget();
  std::string first() const; ///< since forget(); empty: none
  std::int64_t count() const;
  /// The log is the only place where some demuxers say that a file ends early.
  bool tell_of_early_end() const;
  /// libav's words for an error code, and what it complained of.
  std::string explain(int code) const;
  void add(std::string text);

private:
  mutable std::mutex mutex_;
  std::string first_;
  std::int64_t count_ = 0;
  bool ends_early_ = false;
};

/// While it lives, what this thread's calls of libav complain of goes to one video's complaints.
/// What nobody listens to is dropped.
class Listening {
public:
  explicit Listening(Complaints& complaints);
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

private:
  Complaints* before_;
};

/// From here on libav prints nothing.
void silence_log();

} // namespace mlopsctl::media
