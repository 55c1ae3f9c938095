// SPDX-License-Identifier: Apache-2.0
#include "imaging/media/packet_plan.hpp"

#include <algorithm>
#include <numeric>
#include <span>

namespace mlopsctl::media {
namespace {

/// Annex B units, or those with a length in front; only their first bytes are looked at.
class Units {
public:
  Units(std::span<const std::uint8_t> bytes, int length_bytes)
      : rest_(bytes), length_bytes_(length_bytes) {}

  /// \return an empty span at the end, or where the packet is not built of units.
  std::span<const std::uint8_t> next() {
    return length_bytes_ > 0 ? next_by_length() : next_by_start_code();
  }

private:
  std::span<const std::uint8_t> next_by_length() {
    const auto header = static_cast<std::size_t>(length_bytes_);
    if (rest_.size() < header)
      return {};
    std::size_t size = 0;
    for (std::size_t i = 0; i < header; ++i)
      size = size << 8 | rest_[i];
    if (size > rest_.size() - header)
      return {};
    const auto unit = rest_.subspan(header, size);
    rest_ = rest_.subspan(header + size);
    return unit;
  }

  std::span<const std::uint8_t> next_by_start_code() {
    for (std::size_t i = 0; i + 3 < rest_.size(); ++i)
      if (rest_[i] == 0 && rest_[i + 1] == 0 && rest_[i + 2] == 1) {
        rest_ = rest_.subspan(i + 3); // up to the next start code, which is not looked for
        return rest_;
      }
    return {};
  }

  std::span<const std::uint8_t> rest_;
  int length_bytes_;
};

/// ITU-T H.264 (2021) 7.3.1, table 7-1. \return nothing for what is no slice.
std::optional<PacketInfo> h264_slice(std::uint8_t header) {
  constexpr int k_slice = 1, k_slice_of_idr = 5;
  const int type = header & 0x1F;
  if (type != k_slice && type != k_slice_of_idr)
    return std::nullopt;
  return PacketInfo{0, type == k_slice_of_idr, (header >> 5 & 3) != 0};
}
bool is_h264_parameter_set(std::uint8_t header) {
  const int type = header & 0x1F;
  return type == 7 || type == 8 || type == 13 || type == 15;
}
/// Slices in partitions (2..4) and of other views (14, 20).
bool is_h264_unsuitable(std::uint8_t header) {
  const int type = header & 0x1F;
  return (type >= 2 && type <= 4) || type == 14 || type >= 20;
}

/// ITU-T H.265 (2021) 7.3.1.2, table 7-1. In a stream of one temporal layer, the even types below
/// 16 are never referred to.
std::optional<PacketInfo> hevc_slice(std::uint8_t header) {
  constexpr int k_idr_with_radl = 19, k_idr_alone = 20, k_first_that_is_no_slice = 32;
  const int type = header >> 1 & 0x3F;
  if (type >= k_first_that_is_no_slice)
    return std::nullopt;
  const bool is_idr = type == k_idr_with_radl || type == k_idr_alone;
  return PacketInfo{0, is_idr, type >= 16 || type % 2 == 1};
}
bool is_hevc_parameter_set(std::uint8_t header) {
  const int type = header >> 1 & 0x3F;
  return type >= 32 && type <= 34;
}

} // namespace

PacketInspector::PacketInspector(const AVStream& stream) {
  const auto& parameters = *stream.codecpar;
  const AVCodecDescriptor* codec = avcodec_descriptor_get(parameters.codec_id);
  const bool is_progressive =
      parameters.field_order == AV_FIELD_PROGRESSIVE || parameters.field_order == AV_FIELD_UNKNOWN;
  const auto* extra = parameters.extradata;
  const int extra_bytes = parameters.extradata_size;
  if (codec && (codec->props & AV_CODEC_PROP_INTRA_ONLY) != 0) {
    kind_ = Kind::every_frame_alone;
  } else if (parameters.codec_id == AV_CODEC_ID_H264 && is_progressive) {
    kind_ = Kind::h264;
    if (extra_bytes > 4 && extra[0] == 1)
      length_bytes_ = (extra[4] & 3) + 1; // ISO/IEC 14496-15 5.3.3.1
  } else if (parameters.codec_id == AV_CODEC_ID_HEVC && is_progressive) {
    kind_ = Kind::hevc;
    if (extra_bytes > 21 && extra[0] == 1)
      length_bytes_ = (extra[21] & 3) + 1; // ISO/IEC 14496-15 8.3.3.1
  }
}

std::optional<PacketInfo> PacketInspector::inspect(const AVPacket& packet) {
  constexpr int k_unusual = AV_PKT_FLAG_CORRUPT | AV_PKT_FLAG_DISCARD;
  if (kind_ == Kind::unsuitable || packet.pts == AV_NOPTS_VALUE || (packet.flags & k_unusual) != 0)
    return std::nullopt;
  if (kind_ == Kind::every_frame_alone)
    return PacketInfo{packet.pts, true, false};
  auto info = inspect_units(packet);
  if (info)
    info->stamp = packet.pts;
  return info;
}

std::optional<PacketInfo> PacketInspector::inspect_units(const AVPacket& packet) const {
  Units units({packet.data, static_cast<std::size_t>(packet.size)}, length_bytes_);
  bool has_parameter_set = false;
  for (;;) {
    const auto unit = units.next();
    if (unit.size() < 2)
      return std::nullopt;
    std::optional<PacketInfo> slice;
    if (kind_ == Kind::h264) {
      has_parameter_set = has_parameter_set || is_h264_parameter_set(unit[0]);
      if (is_h264_unsuitable(unit[0]))
        return std::nullopt;
      slice = h264_slice(unit[0]);
    } else {
      has_parameter_set = has_parameter_set || is_hevc_parameter_set(unit[0]);
      constexpr int k_layer = 1, k_temporal = 7; // both 0 and 1 in a stream of one layer
      const bool is_only_layer = (unit[0] & k_layer) == 0 && unit[1] >> 3 == 0;
      slice = hevc_slice(unit[0]);
      if (slice && (!is_only_layer || (unit[1] & k_temporal) != 1))
        return std::nullopt;
    }
    if (!slice)
      continue;
    // New parameters in the middle of a group would be lost with the packet.
    return has_parameter_set && !slice->is_entry ? std::nullopt : slice;
  }
}

std::optional<PacketPlan>
PacketPlan::make(const std::vector<PacketInfo>& packets,
                 const std::function<bool(std::int64_t, std::int64_t)>& takes) {
  if (packets.empty() || !packets.front().is_entry)
    return std::nullopt;
  std::int64_t latest = packets.front().stamp; // before the current entry
  std::int64_t entry = packets.front().stamp;
  std::int64_t latest_of_group = entry;
  for (std::size_t i = 1; i < packets.size(); ++i) {
    const auto& packet = packets[i];
    if (packet.is_entry) {
      latest = latest_of_group;
      entry = packet.stamp;
      if (entry <= latest)
        return std::nullopt;
    } else if (packet.stamp < entry) {
      return std::nullopt; // shown before the entry: it looks back across it
    }
    latest_of_group = std::max(latest_of_group, packet.stamp);
  }

  std::vector<std::uint32_t> shown(packets.size());
  std::iota(shown.begin(), shown.end(), 0U);
  std::sort(shown.begin(), shown.end(),
            [&](auto a, auto b) { return packets[a].stamp < packets[b].stamp; });
  const auto twice = std::adjacent_find(shown.begin(), shown.end(), [&](auto a, auto b) {
    return packets[a].stamp == packets[b].stamp;
  });
  if (twice != shown.end())
    return std::nullopt; // before anybody is asked: who takes frames may count them

  PacketPlan plan;
  plan.is_needed_.resize(packets.size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::int64_t stamp = packets[shown[i]].stamp;
    if (takes(static_cast<std::int64_t>(i), stamp)) {
      plan.wanted_.push_back({stamp, static_cast<std::int64_t>(i)});
      plan.is_needed_[shown[i]] = true;
    }
  }
  bool is_before_wanted = false; // backwards: a wanted frame of this group comes later
  for (std::size_t i = packets.size(); i-- > 0;) {
    if (plan.is_needed_[i])
      is_before_wanted = true;
    else if (is_before_wanted && packets[i].is_referred_to)
      plan.is_needed_[i] = true;
    if (packets[i].is_entry)
      is_before_wanted = false;
  }
  return plan;
}

} // namespace mlopsctl::media
