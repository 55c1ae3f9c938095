// SPDX-License-Identifier: Apache-2.0
#include "imaging/media/complaints.hpp"

#include <cstdarg>
#include <cstdio>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/log.h>
}

namespace mlopsctl::media {
namespace {

thread_local Complaints* listener = nullptr;

/// Demuxers and protocols work on the thread that calls them, decoders also on others.
Complaints* listener_to(void* source) {
  if (source != nullptr && *static_cast<const AVClass**>(source) == avcodec_get_class())
    if (auto* owner = static_cast<const AVCodecContext*>(source)->opaque)
      return static_cast<Complaints*>(owner);
  return listener;
}

void keep_log(void* source, int level, const char* format, va_list arguments) {
  auto* const complaints = level > AV_LOG_ERROR ? nullptr : listener_to(source);
  if (complaints == nullptr)
    return;
  char line[400];
  std::vsnprintf(line, sizeof line, format, arguments);
  complaints->add(line);
}

} // namespace

void Complaints::add(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '.'))
    text.pop_back();
  if (text.find("should be 18446744073709551615") != text.npos)
    return; // the end of a stream whose length nobody said: no fault of the pictures
  const std::lock_guard lock(mutex_);
  ++count_;
  if (text.find("prematurely") != text.npos || text.find("partial file") != text.npos)
    ends_early_ = true;
  if (first_.empty())
    first_ = std::move(text);
}

void Complaints::forget() {
  const std::lock_guard lock(mutex_);
  first_.clear();
  count_ = 0;
  ends_early_ = false;
}

std::string Complaints::first() const {
  const std::lock_guard lock(mutex_);
  return first_;
}

std::int64_t Complaints::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

bool Complaints::tell_of_early_end() const {
  const std::lock_guard lock(mutex_);
  return ends_early_;
}

std::string Complaints::explain(int code) const {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  const std::string complaint = first();
  return complaint.empty() ? text : complaint + " (" + text + ")";
}

Listening::Listening(Complaints& complaints) : before_(std::exchange(listener, &complaints)) {}

Listening::~Listening() {
  listener = before_;
}

void silence_log() {
  static const bool is_silent = (av_log_set_callback(keep_log), true); // once: libav does not lock
  static_cast<void>(is_silent);
}

} // namespace mlopsctl::media
