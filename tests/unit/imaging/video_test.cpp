// SPDX-License-Identifier: Apache-2.0
// VideoReader: what is no video says so; passwords stay out of messages; real clips give their
// frames and times.
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/io.hpp"
#include "imaging/codecs.hpp"
#include "imaging/video.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <utility>
#include <vector>

namespace mlopsctl::imaging {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string message(const std::string& url, VideoKind kind = VideoKind::file) {
  return error_and_hint_of([&] {
    VideoOptions options;
    options.kind = kind;
    VideoReader reader(url, options);
  });
}

fs::path file_with(const std::string& name, const std::string& text) {
  const auto path = fs::path(testing::TempDir()) / name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(Video, SaysWhatIsNoVideo) {
  EXPECT_THAT(message("/no/such.mp4"), HasSubstr("/no/such.mp4: no such file"));
  EXPECT_THAT(message("/tmp"), HasSubstr("is a folder"));
  EXPECT_THAT(message(file_with("empty.mp4", "").string()), HasSubstr("the file is empty"));
  EXPECT_THAT(message(file_with("text.mp4", "hello, this is a text\n").string()),
              HasSubstr("is not a video that can be read"));
  // A playlist would make us open other files.
  const auto target = file_with("target.txt", "secret");
  EXPECT_THAT(
      message(file_with("list.mp4", "#EXTM3U\n#EXTINF:1,\n" + target.string() + "\n").string()),
      HasSubstr("is not a video that can be read"));
}

/// A film of one colour, uncompressed (YUV4MPEG2): what any machine can make.
fs::path plain_film(const std::string& name, int width, int height, int fps, int frames,
                    std::array<int, 3> yuv, const std::string& more = "") {
  std::string bytes = "YUV4MPEG2 W" + std::to_string(width) + " H" + std::to_string(height) + " F" +
                      std::to_string(fps) + ":1 Ip A1:1 C420jpeg" + more + "\n";
  const auto pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  for (int i = 0; i < frames; ++i)
    bytes += "FRAME\n" + std::string(pixels, static_cast<char>(yuv[0])) +
             std::string(pixels / 4, static_cast<char>(yuv[1])) +
             std::string(pixels / 4, static_cast<char>(yuv[2]));
  return file_with(name, bytes);
}

std::vector<int> first_pixel(const fs::path& path) {
  VideoReader reader(path.string(), {});
  EXPECT_TRUE(reader.next().has_value());
  const Image image = reader.image();
  return {image.pixels[0], image.pixels[1], image.pixels[2]};
}

TEST(Video, ColoursFollowRangeAndMatrix) {
  using testing::ElementsAre;
  // Pure red in limited range: BT.601 for small pictures, BT.709 for high definition.
  EXPECT_THAT(first_pixel(plain_film("sd.y4m", 64, 48, 30, 1, {81, 90, 240})),
              ElementsAre(testing::Ge(253), testing::Le(2), testing::Le(2)));
  EXPECT_THAT(first_pixel(plain_film("hd.y4m", 1280, 720, 30, 1, {63, 102, 240})),
              ElementsAre(testing::Ge(253), testing::Le(2), testing::Le(2)));
  EXPECT_THAT(first_pixel(plain_film("white.y4m", 64, 48, 30, 1, {235, 128, 128})),
              ElementsAre(255, 255, 255));
  EXPECT_THAT(first_pixel(plain_film("black.y4m", 64, 48, 30, 1, {16, 128, 128})),
              ElementsAre(0, 0, 0));
  EXPECT_THAT(
      first_pixel(plain_film("full.y4m", 64, 48, 30, 1, {16, 128, 128}, " XCOLORRANGE=FULL")),
      ElementsAre(16, 16, 16));
}

TEST(Video, OddSizesAreWholePictures) {
  VideoReader reader(plain_film("odd.y4m", 50, 38, 25, 3, {126, 128, 128}).string(), {});
  int count = 0;
  while (const auto frame = reader.next()) {
    EXPECT_EQ(frame->width, 50);
    EXPECT_DOUBLE_EQ(frame->time_s.value(), count++ / 25.0);
    const Image image = reader.image();
    EXPECT_EQ(std::count(image.pixels.begin(), image.pixels.end(), image.pixels[0]), 50 * 38 * 3);
  }
  EXPECT_EQ(count, 3);
}

TEST(Video, NamesTheCameraThatIsNotThere) {
  EXPECT_THAT(message("/dev/video99", VideoKind::camera),
              HasSubstr("/dev/video99: No such file or directory"));
}

TEST(Video, PasswordsStayOutOfMessages) {
  EXPECT_EQ(without_secrets("rtsp://user:p@ss@host:554/a@b?token=c"), "rtsp://host:554/a@b");
  EXPECT_EQ(without_secrets("http://host/a@b#x?y"), "http://host/a@b");
  EXPECT_EQ(without_secrets("dir/a@b.mp4"), "dir/a@b.mp4");
  const auto said = message("rtsp://user:canary@127.0.0.1:1/x?key=canary", VideoKind::stream);
  EXPECT_THAT(said, HasSubstr("rtsp://127.0.0.1:1/x: cannot be opened"));
  EXPECT_THAT(said, testing::Not(HasSubstr("canary")));
}

struct Clip {
  const char* name;
  int frames;
  double last_s;
};

void PrintTo(const Clip& clip, std::ostream* out) {
  *out << clip.name;
}

class RealVideo : public testing::TestWithParam<Clip> {};

TEST_P(RealVideo, GivesAllItsFramesWithTheirTimes) {
  const std::string path = MLOPSCTL_SHARED "/data/real/video/" + std::string(GetParam().name);
  if (!fs::exists(path))
    GTEST_SKIP() << path << " is not here";
  VideoOptions options;
  options.jobs = 2;
  VideoReader reader(path, options);
  int frames = 0;
  double last_s = -1;
  while (const auto frame = reader.next()) {
    EXPECT_EQ(frame->index, frames++);
    EXPECT_GT(frame->time_s.value(), last_s);
    last_s = *frame->time_s;
  }
  EXPECT_EQ(frames, GetParam().frames);
  EXPECT_NEAR(last_s, GetParam().last_s, 1e-3);
  EXPECT_FALSE(reader.damage().any());
  EXPECT_NEAR(static_cast<double>(reader.scan_times().size()), frames, 1);
}

/// What is not chosen is not decoded; what is chosen has the pixels, the number and the time that
/// decoding everything gives.
TEST_P(RealVideo, ChosenFramesAreThoseOfDecodingEverything) {
  const std::string path = MLOPSCTL_SHARED "/data/real/video/" + std::string(GetParam().name);
  if (!fs::exists(path))
    GTEST_SKIP() << path << " is not here";
  const auto digest = [](const Image& image) {
    return sha256({reinterpret_cast<const char*>(image.pixels.data()), image.pixels.size()});
  };
  std::vector<std::pair<double, std::string>> all;
  VideoReader everything(path, {});
  while (const auto frame = everything.next())
    all.emplace_back(frame->time_s.value(), digest(everything.image()));
  for (const std::int64_t step : {7, 31, 100}) {
    VideoOptions options;
    options.jobs = 2;
    VideoReader reader(path, options);
    const auto takes = [&](const VideoFrame& frame) { return frame.index % step == step / 2; };
    ASSERT_EQ(reader.choose(takes), GetParam().frames);
    std::int64_t expected = step / 2;
    while (const auto frame = reader.next()) {
      ASSERT_EQ(frame->index, expected);
      EXPECT_EQ(frame->time_s.value(), all[static_cast<std::size_t>(expected)].first);
      EXPECT_EQ(digest(reader.image()), all[static_cast<std::size_t>(expected)].second);
      expected += step;
    }
    EXPECT_GE(expected, GetParam().frames); // none is missing
  }
}

/// \return of all samples of both pictures.
double mean_difference(const Image& a, const Image& b) {
  EXPECT_EQ(a.pixels.size(), b.pixels.size());
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i)
    sum += std::abs(int{a.pixels[i]} - int{b.pixels[i]});
  return sum / static_cast<double>(a.pixels.size());
}

/// The short way to a JPEG keeps the colours that swscale's way through RGB gives.
TEST_P(RealVideo, PlanesHaveTheColoursOfRgb) {
  const std::string path = MLOPSCTL_SHARED "/data/real/video/" + std::string(GetParam().name);
  if (!fs::exists(path))
    GTEST_SKIP() << path << " is not here";
  VideoReader reader(path, {});
  reader.choose([](const VideoFrame& frame) { return frame.index % 25 == 3; });
  while (reader.next()) {
    const auto planes = reader.planes();
    ASSERT_TRUE(planes.has_value());
    const Image rgb = reader.image();
    EXPECT_LE(mean_difference(to_rgb(*planes), rgb), 1.5);
    EXPECT_LE(mean_difference(decode(encode_jpeg(*planes, 95), "x"), rgb), 2.5); // JPEG's own loss
  }
}

std::vector<int> first_pixel_of_planes(const fs::path& path) {
  VideoReader reader(path.string(), {});
  EXPECT_TRUE(reader.next().has_value());
  const auto planes = reader.planes();
  EXPECT_TRUE(planes.has_value());
  const Image image = to_rgb(planes.value_or(YuvImage(2, 2)));
  return {image.pixels[0], image.pixels[1], image.pixels[2]};
}

TEST(Video, PlanesFollowRangeAndMatrix) {
  using testing::ElementsAre;
  const auto is = [](int value) {
    return testing::AllOf(testing::Ge(value - 2), testing::Le(value + 2));
  };
  // Red, green and blue of limited BT.601 and BT.709, white and black, and full range.
  const std::array<std::array<int, 3>, 3> sd{{{81, 90, 240}, {145, 54, 34}, {41, 240, 110}}};
  const std::array<std::array<int, 3>, 3> hd{{{63, 102, 240}, {173, 42, 26}, {32, 240, 118}}};
  for (int colour = 0; colour < 3; ++colour) {
    std::array<int, 3> expected{};
    expected.at(static_cast<std::size_t>(colour)) = 255;
    const auto same = ElementsAre(is(expected[0]), is(expected[1]), is(expected[2]));
    const auto at = static_cast<std::size_t>(colour);
    EXPECT_THAT(first_pixel_of_planes(plain_film("p.y4m", 64, 48, 30, 1, sd.at(at))), same);
    EXPECT_THAT(first_pixel_of_planes(plain_film("p.y4m", 1280, 720, 30, 1, hd.at(at))), same);
  }
  EXPECT_THAT(first_pixel_of_planes(plain_film("p.y4m", 64, 48, 30, 1, {235, 128, 128})),
              ElementsAre(255, 255, 255));
  EXPECT_THAT(first_pixel_of_planes(plain_film("p.y4m", 64, 48, 30, 1, {16, 128, 128})),
              ElementsAre(0, 0, 0));
  EXPECT_THAT(first_pixel_of_planes(
                  plain_film("p.y4m", 64, 48, 30, 1, {16, 128, 128}, " XCOLORRANGE=FULL")),
              ElementsAre(16, 16, 16));
}

TEST(Video, PlanesOfOddSizesRepeatTheirLastPixels) {
  // 7x5: luma of 35 bytes, chroma of 4x3.
  std::string bytes = "YUV4MPEG2 W7 H5 F25:1 Ip A1:1 C420jpeg XCOLORRANGE=FULL\nFRAME\n";
  for (int i = 0; i < 35; ++i)
    bytes += static_cast<char>(i);
  bytes += std::string(24, static_cast<char>(128));
  VideoReader reader(file_with("seven.y4m", bytes).string(), {});
  ASSERT_TRUE(reader.next().has_value());
  const auto planes = reader.planes();
  ASSERT_TRUE(planes.has_value());
  ASSERT_EQ(planes->y.size(), 8U * 6);
  EXPECT_EQ(planes->cb.size(), 4U * 3);
  EXPECT_EQ(planes->y[6], 6);
  EXPECT_EQ(planes->y[7], 6);      // the column
  EXPECT_EQ(planes->y[8 * 4], 28); // the last row, and its copy
  EXPECT_EQ(planes->y[8 * 5], 28);
  EXPECT_EQ(planes->y[8 * 5 + 7], 34);
  const Image grey = to_grey(*planes);
  EXPECT_EQ(grey.width, 7);
  EXPECT_EQ(grey.row(4)[6], 34);
  const Image decoded = decode(encode_jpeg(*planes, 100), "x");
  EXPECT_EQ(decoded.width, 7);
  EXPECT_EQ(decoded.height, 5);
}

TEST(Video, ChoosesOnlyWhereAllFramesAreKnownBeforehand) {
  VideoReader film(plain_film("choose.y4m", 64, 48, 25, 10, {126, 128, 128}).string(), {});
  EXPECT_EQ(film.choose([](const VideoFrame& frame) { return frame.index == 4; }), 10);
  const auto frame = film.next();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->index, 4);
  EXPECT_DOUBLE_EQ(frame->time_s.value(), 4 / 25.0);
  EXPECT_FALSE(film.next().has_value());
  VideoReader none(plain_film("none.y4m", 64, 48, 25, 10, {126, 128, 128}).string(), {});
  EXPECT_EQ(none.choose([](const VideoFrame&) { return false; }), 10);
  EXPECT_FALSE(none.next().has_value());
  VideoReader failing(plain_film("fail.y4m", 64, 48, 25, 10, {126, 128, 128}).string(), {});
  EXPECT_THROW(failing.choose([](const VideoFrame&) -> bool { throw Error(Fault::input, "x"); }),
               Error);
  const std::string bare = MLOPSCTL_SHARED "/data/real/video/count.h264";
  if (!fs::exists(bare))
    GTEST_SKIP() << bare << " is not here";
  VideoReader stream(bare, {}); // no stamps: which frame a packet is shows only when it is decoded
  EXPECT_FALSE(stream.choose([](const VideoFrame&) { return false; }).has_value());
  EXPECT_TRUE(stream.next().has_value());
}

INSTANTIATE_TEST_SUITE_P(Clips, RealVideo,
                         testing::Values(Clip{"car-detection.mp4", 377, 376 / 12.5},
                                         Clip{"asl_help.mkv", 58, 1.9},
                                         Clip{"asl_milk.mkv", 51, 1.667},
                                         Clip{"short_hamilton_clip.mp4", 275, 274 / 29.97}),
                         [](const auto& clip) {
                           std::string name = clip.param.name;
                           return name.substr(0, name.find_first_of("-."));
                         });

TEST(Video, BareStreamHasNoTimeUnlessOneIsAssumed) {
  const std::string path = MLOPSCTL_SHARED "/data/real/video/count.h264";
  if (!fs::exists(path))
    GTEST_SKIP() << path << " is not here";
  VideoReader without(path, {});
  EXPECT_FALSE(without.info().has_time);
  EXPECT_EQ(without.info().fps, 0); // not 1200000
  EXPECT_FALSE(without.next()->time_s.has_value());
  VideoOptions options;
  options.assume_fps = 25;
  VideoReader with(path, options);
  int frames = 0;
  double last_s = 0;
  while (const auto frame = with.next()) {
    ++frames;
    last_s = frame->time_s.value();
  }
  EXPECT_EQ(frames, 245);
  EXPECT_DOUBLE_EQ(last_s, 244 / 25.0);
}

TEST(Video, CutFilesGiveWhatIsThereAndSaySo) {
  const std::string path = MLOPSCTL_SHARED "/data/real/video/";
  if (!fs::exists(path))
    GTEST_SKIP() << path << " is not here";
  for (const auto& [name, kept] :
       {std::pair{"car-detection.mp4", 1500000}, {"asl_help.mkv", 100000}}) {
    const auto whole = read_file(path + name, 1 << 24);
    const auto cut = file_with(name, whole.substr(0, static_cast<std::size_t>(kept)));
    VideoReader reader(cut.string(), {});
    int frames = 0;
    while (reader.next())
      ++frames;
    EXPECT_GT(frames, 20) << name;
    EXPECT_TRUE(reader.damage().is_cut_off) << name;
  }
  const auto whole = read_file(path + "bottle-detection.mp4", 1 << 24);
  EXPECT_THAT(message(file_with("no-moov.mp4", whole.substr(0, 400000)).string()),
              HasSubstr("index (moov) is missing"));
}

} // namespace
} // namespace mlopsctl::imaging
