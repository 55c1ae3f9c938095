// SPDX-License-Identifier: Apache-2.0
// PacketPlan: which packets of a file must be decoded for the frames that are wanted. Made from the
// packets alone: a frame that nobody looks at and that no other refers to is never decoded.
#pragma once

#include "imaging/media/reader.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace mlopsctl::media {

/// What a packet of the stream says of itself.
struct PacketInfo {
  std::int64_t stamp = AV_NOPTS_VALUE; ///< of presentation, in the stream's time base
  bool is_entry = false;      ///< decoding may begin here, and nothing behind it looks back
  bool is_referred_to = true; ///< other frames may need it
};

/// Reads it from the head of each packet. A stream is told to be unsuitable where one packet is not
/// exactly one frame, or frames may refer to others across an entry.
class PacketInspector {
public:
  explicit PacketInspector(const AVStream& stream);
  /// \return nothing if decoding must see every packet.
  std::optional<PacketInfo> inspect(const AVPacket& packet);

private:
  enum class Kind { unsuitable, every_frame_alone, h264, hevc };
  std::optional<PacketInfo> inspect_units(const AVPacket& packet) const;

  Kind kind_ = Kind::unsuitable;
  int length_bytes_ = 0; ///< in front of a unit; 0: start codes
};

struct WantedFrame {
  std::int64_t stamp;
  std::int64_t index; ///< in the order of presentation
};

class PacketPlan {
public:
  /// \param packets in the order of decoding. \param takes asked in the order of presentation.
  /// \return nothing, and nobody was asked, if the packets are not those of closed groups of
  /// pictures.
  static std::optional<PacketPlan>
  make(const std::vector<PacketInfo>& packets,
       const std::function<bool(std::int64_t index, std::int64_t stamp)>& takes);

  std::size_t packet_count() const { return is_needed_.size(); }
  /// \param packet its number in the order of decoding.
  bool is_needed(std::size_t packet) const { return is_needed_[packet]; }
  const std::vector<WantedFrame>& wanted() const {
    return wanted_;
  } ///< in the order of presentation

private:
  std::vector<bool> is_needed_;
  std::vector<WantedFrame> wanted_;
};

} // namespace mlopsctl::media
