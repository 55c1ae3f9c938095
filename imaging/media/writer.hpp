// SPDX-License-Identifier: Apache-2.0
// Writer: one MP4 file that is being encoded inside the module. Nothing here is seen outside of
// media.so.
#pragma once

#include "imaging/media/reader.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace mlopsctl::media {

struct OutputCloser {
  void operator()(AVFormatContext* format) const;
};
using OutputPtr = std::unique_ptr<AVFormatContext, OutputCloser>;

} // namespace mlopsctl::media

/// H.264 without frames that refer to later ones: stamps need no edit list, and the first is 0.
struct MlopsctlMediaWriter {
  /// \throws mlopsctl::media::Failure, as all of these.
  explicit MlopsctlMediaWriter(const MlopsctlMediaWriterOptions& options);
  void add(const std::uint8_t* y, const std::uint8_t* cb, const std::uint8_t* cr,
           std::int64_t stamp);
  void finish(std::int64_t end);

private:
  void open_encoder(double rate_factor);
  void open_file(const std::string& path);
  void take_packets();
  void write_held(std::int64_t next_stamp);

  int width_;
  int height_;
  AVRational tick_;
  mlopsctl::media::OutputPtr format_;
  mlopsctl::media::CodecPtr codec_;
  mlopsctl::media::FramePtr frame_;
  mlopsctl::media::PacketPtr packet_;
  mlopsctl::media::PacketPtr held_; ///< how long it is shown is known when the next one comes
  bool is_holding_ = false;
};
