// SPDX-License-Identifier: Apache-2.0
// PacketPlan: what is decoded for the frames that are wanted, and when everything must be.
#include "imaging/media/packet_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mlopsctl::media {
namespace {

using testing::ElementsAre;

constexpr PacketInfo entry(std::int64_t stamp) {
  return {stamp, true, true};
}
constexpr PacketInfo reference(std::int64_t stamp) {
  return {stamp, false, true};
}
constexpr PacketInfo unused(std::int64_t stamp) {
  return {stamp, false, false};
}

/// I P B P B | I P P: two closed groups, in the order of decoding.
const std::vector<PacketInfo> k_two_groups{entry(0),   reference(20), unused(10),    reference(40),
                                           unused(30), entry(50),     reference(60), reference(70)};

/// "x.x..x..": a letter a packet.
std::string needed(const std::vector<PacketInfo>& packets,
                   const std::vector<std::int64_t>& wanted) {
  int asked = 0;
  const auto plan = PacketPlan::make(packets, [&](std::int64_t index, std::int64_t) {
    ++asked;
    return std::find(wanted.begin(), wanted.end(), index) != wanted.end();
  });
  if (!plan)
    return asked == 0 ? "everything" : "everything, and was asked all the same";
  std::string text;
  for (std::size_t i = 0; i < plan->packet_count(); ++i)
    text += plan->is_needed(i) ? 'x' : '.';
  return text;
}

TEST(PacketPlan, DecodesWhatIsWantedAndWhatStandsBeforeIt) {
  EXPECT_EQ(needed(k_two_groups, {}), "........");
  EXPECT_EQ(needed(k_two_groups, {0}), "x.......");
  EXPECT_EQ(needed(k_two_groups, {1}), "xxx....."); // B at 10 needs both of its neighbours
  EXPECT_EQ(needed(k_two_groups, {2}), "xx......");
  EXPECT_EQ(needed(k_two_groups, {4}), "xx.x....");
  EXPECT_EQ(needed(k_two_groups, {7}), ".....xxx");
  EXPECT_EQ(needed(k_two_groups, {3, 5}), "xx.xxx..");
}

TEST(PacketPlan, AsksInTheOrderOfPresentation) {
  std::vector<std::int64_t> stamps;
  const auto plan = PacketPlan::make(k_two_groups, [&](std::int64_t index, std::int64_t stamp) {
    EXPECT_EQ(index, static_cast<std::int64_t>(stamps.size()));
    stamps.push_back(stamp);
    return index >= 6;
  });
  EXPECT_THAT(stamps, ElementsAre(0, 10, 20, 30, 40, 50, 60, 70));
  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->wanted().size(), 2U);
  EXPECT_EQ(plan->wanted()[0].stamp, 60);
  EXPECT_EQ(plan->wanted()[0].index, 6);
}

TEST(PacketPlan, OpenGroupsAndOddStampsNeedEverything) {
  EXPECT_EQ(needed({}, {0}), "everything");
  EXPECT_EQ(needed({reference(0), entry(10)}, {0}), "everything"); // begins in a group
  EXPECT_EQ(needed({entry(0), reference(20), unused(10), entry(40), unused(30)}, {0}),
            "everything"); // 30 is shown before the entry that it follows
  EXPECT_EQ(needed({entry(0), reference(50), entry(40), reference(60)}, {0}), "everything");
  EXPECT_EQ(needed({entry(0), reference(10), reference(10)}, {0}), "everything");
}

class Inspector {
public:
  Inspector(AVCodecID codec, std::vector<std::uint8_t> extra) : extra_(std::move(extra)) {
    parameters_.codec_id = codec;
    parameters_.extradata = extra_.data();
    parameters_.extradata_size = static_cast<int>(extra_.size());
    stream_.codecpar = &parameters_;
  }
  /// "entry", "reference", "unused", or "?" where everything must be decoded.
  std::string says(std::vector<std::uint8_t> bytes, int flags = 0) {
    AVPacket packet{};
    packet.data = bytes.data();
    packet.size = static_cast<int>(bytes.size());
    packet.pts = 7;
    packet.flags = flags;
    PacketInspector inspector(stream_);
    const auto info = inspector.inspect(packet);
    if (!info)
      return "?";
    EXPECT_EQ(info->stamp, 7);
    return info->is_entry ? "entry" : info->is_referred_to ? "reference" : "unused";
  }

private:
  std::vector<std::uint8_t> extra_;
  AVCodecParameters parameters_{};
  AVStream stream_{};
};

TEST(PacketInspector, ReadsH264WithStartCodesAndWithLengths) {
  Inspector codes(AV_CODEC_ID_H264, {});
  EXPECT_EQ(codes.says({0, 0, 0, 1, 9, 16, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 1}), "entry");
  EXPECT_EQ(codes.says({0, 0, 1, 0x41, 1}), "reference");
  EXPECT_EQ(codes.says({0, 0, 1, 6, 5, 0, 0, 1, 0x01, 1}), "unused");
  EXPECT_EQ(codes.says({0, 0, 1, 0x68, 1, 0, 0, 1, 0x41, 1}), "?"); // parameters within a group
  EXPECT_EQ(codes.says({0, 0, 1, 0x22, 1}), "?");                   // a partition
  EXPECT_EQ(codes.says({1, 2, 3, 4}), "?");
  EXPECT_EQ(codes.says({}), "?");
  EXPECT_EQ(codes.says({0, 0, 1, 0x41, 1}, AV_PKT_FLAG_CORRUPT), "?");
  EXPECT_EQ(codes.says({0, 0, 1, 0x41, 1}, AV_PKT_FLAG_DISCARD), "?");
  Inspector lengths(AV_CODEC_ID_H264, {1, 0, 0, 0, 0xFF, 0});
  EXPECT_EQ(lengths.says({0, 0, 0, 2, 0x65, 1}), "entry");
  EXPECT_EQ(lengths.says({0, 0, 0, 2, 6, 5, 0, 0, 0, 2, 0x41, 1}), "reference");
  EXPECT_EQ(lengths.says({0, 0, 0, 9, 0x65, 1}), "?"); // longer than the packet
  EXPECT_EQ(lengths.says({0xFF, 0xFF, 0xFF, 0xFF, 0x65}), "?");
}

TEST(PacketInspector, ReadsHevcOfOneLayer) {
  Inspector codes(AV_CODEC_ID_HEVC, {});
  const auto unit = [](int type, int temporal) {
    return std::vector<std::uint8_t>{0, 0, 1, static_cast<std::uint8_t>(type << 1),
                                     static_cast<std::uint8_t>(temporal)};
  };
  EXPECT_EQ(codes.says(unit(19, 1)), "entry");
  EXPECT_EQ(codes.says(unit(21, 1)), "reference"); // open groups begin with it: no entry
  EXPECT_EQ(codes.says(unit(1, 1)), "reference");
  EXPECT_EQ(codes.says(unit(0, 1)), "unused");
  EXPECT_EQ(codes.says(unit(0, 2)), "?"); // a higher temporal layer
}

TEST(PacketInspector, KnowsWhichCodecsItCannotJudge) {
  EXPECT_EQ(Inspector(AV_CODEC_ID_MJPEG, {}).says({1}), "entry");
  EXPECT_EQ(Inspector(AV_CODEC_ID_RAWVIDEO, {}).says({1}), "entry");
  EXPECT_EQ(Inspector(AV_CODEC_ID_VP9, {}).says({1}), "?");
  EXPECT_EQ(Inspector(AV_CODEC_ID_MPEG4, {}).says({1}), "?");
}

} // namespace
} // namespace mlopsctl::media
