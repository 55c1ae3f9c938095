// SPDX-License-Identifier: Apache-2.0
// The short way to a small grey picture gives the pixels of libjpeg-turbo, or nothing.
#include "core/io.hpp"
#include "imaging/jpeg_reduced.hpp"
#include "imaging/pattern.hpp"

#include <gtest/gtest.h>
#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

namespace mlopsctl::imaging {
namespace {

struct Handle {
  explicit Handle(tjhandle handle) : value(handle) {}
  ~Handle() { tjDestroy(value); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  tjhandle value;
};

/// What libjpeg-turbo's encoder takes from the environment ("TJ_RESTART" is in MCUs with a B).
class Setting {
public:
  Setting(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Setting() { ::unsetenv(name_); }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

private:
  const char* name_;
};

std::string encoded(const Image& image, TJSAMP sampling, int quality, int flags = 0) {
  const Handle handle(tjInitCompress());
  unsigned char* data = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(tjCompress2(handle.value, image.pixels.data(), image.width, 0, image.height,
                        image.channels == 1 ? TJPF_GRAY : TJPF_RGB, &data, &size, sampling, quality,
                        flags),
            0);
  std::string bytes(reinterpret_cast<char*>(data), size);
  tjFree(data);
  return bytes;
}

struct Decoded {
  bool is_sound = false; ///< without a warning
  std::string text;
  Image image;
};

/// libjpeg-turbo's picture.
Decoded reference(const std::string& bytes, int scale) {
  const Handle handle(tjInitDecompress());
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  int width = 0, height = 0, sampling = 0, colour = 0;
  Decoded result;
  if (tjDecompressHeader3(handle.value, data, bytes.size(), &width, &height, &sampling, &colour) !=
      0) {
    result.text = tjGetErrorStr2(handle.value);
    return result;
  }
  const tjscalingfactor factor{1, scale};
  result.image = Image(TJSCALED(width, factor), TJSCALED(height, factor), 1);
  result.is_sound =
      tjDecompress2(handle.value, data, bytes.size(), result.image.pixels.data(),
                    result.image.width, 0, result.image.height, TJPF_GRAY, TJFLAG_LIMITSCANS) == 0;
  result.text = tjGetErrorStr2(handle.value);
  return result;
}

/// \param roughness 0: a pattern; 255: grain with no picture left.
Image picture(int width, int height, int roughness, std::uint64_t seed) {
  Image image = Pattern({7, std::max(width, 64), std::max(height, 64), 30, 1, 5}).frame(3).image;
  Image cut(width, height, 3);
  std::mt19937_64 random(seed);
  for (int y = 0; y < height; ++y)
    for (std::size_t i = 0; i < cut.stride(); ++i) {
      const int grain = static_cast<int>(random() % 511) - 255;
      cut.row(y)[i] =
          static_cast<std::uint8_t>(std::clamp(image.row(y)[i] + grain * roughness / 255, 0, 255));
    }
  return cut;
}

/// Squares of black and white: the largest coefficients there are.
Image checks(int width, int height, int square) {
  Image image(width, height, 3);
  for (int y = 0; y < height; ++y)
    for (std::size_t i = 0; i < image.stride(); ++i)
      image.row(y)[i] = (static_cast<int>(i) / 3 / square + y / square) % 2 == 0 ? 255 : 0;
  return image;
}

void expect_same(const std::string& bytes, const std::string& what) {
  for (const int scale : {4, 8}) {
    const auto expected = reference(bytes, scale);
    ASSERT_TRUE(expected.is_sound) << what << ": " << expected.text;
    const auto reduced = reduced_grey_jpeg(bytes, scale);
    ASSERT_TRUE(reduced) << what << " at 1/" << scale;
    EXPECT_EQ(reduced->width, expected.image.width) << what;
    EXPECT_EQ(reduced->height, expected.image.height) << what;
    EXPECT_EQ(reduced->channels, 1);
    EXPECT_TRUE(reduced->pixels == expected.image.pixels) << what << " at 1/" << scale;
  }
}

constexpr std::array<TJSAMP, 5> k_samplings{TJSAMP_444, TJSAMP_422, TJSAMP_420, TJSAMP_440,
                                            TJSAMP_GRAY};

TEST(ReducedJpeg, IsWhatLibjpegTurboDecodes) {
  for (const auto sampling : k_samplings)
    for (const int quality : {1, 30, 50, 75, 85, 95, 100})
      for (const int roughness : {0, 8, 60, 255})
        expect_same(encoded(picture(150, 93, roughness, 3), sampling, quality),
                    "sampling " + std::to_string(sampling) + ", quality " +
                        std::to_string(quality) + ", grain " + std::to_string(roughness));
}

TEST(ReducedJpeg, TakesTheLargestCoefficients) {
  for (const auto sampling : k_samplings)
    for (const int quality : {2, 40, 90, 100})
      for (const int square : {1, 2, 3, 4, 5, 8, 16})
        expect_same(encoded(checks(97, 65, square), sampling, quality),
                    "squares of " + std::to_string(square) + ", quality " +
                        std::to_string(quality));
}

TEST(ReducedJpeg, TakesEverySize) {
  for (const auto sampling : k_samplings)
    for (int size = 1; size <= 70; ++size) {
      const int other = std::max(size > 8 ? 1 : 9, 1 + size * 37 % 70);
      expect_same(encoded(picture(size, other, 20, 5), sampling, 85),
                  std::to_string(size) + "x" + std::to_string(other));
    }
  expect_same(encoded(picture(1500, 9, 20, 5), TJSAMP_420, 99), "wide");
}

TEST(ReducedJpeg, TakesGreyPixels) {
  Image grey(77, 41, 1);
  for (std::size_t i = 0; i < grey.pixels.size(); ++i)
    grey.pixels[i] = static_cast<std::uint8_t>(i * i / 7);
  expect_same(encoded(grey, TJSAMP_GRAY, 90), "grey");
}

TEST(ReducedJpeg, TakesTablesOfItsOwnAndRestarts) {
  const Setting tables("TJ_OPTIMIZE", "1");
  for (const char* interval : {"0B", "1B", "3B", "7B", "1000B"}) {
    const Setting restart("TJ_RESTART", interval);
    for (const auto sampling : k_samplings)
      for (const int quality : {40, 85, 98}) {
        const auto bytes = encoded(picture(130, 75, 30, 9), sampling, quality);
        EXPECT_EQ(bytes.find("\xFF\xDD") != bytes.npos, interval[0] != '0');
        expect_same(bytes,
                    std::string("restart ") + interval + ", sampling " + std::to_string(sampling));
      }
  }
}

TEST(ReducedJpeg, LeavesOtherKindsToLibjpegTurbo) {
  const Image image = picture(80, 60, 20, 1);
  const auto plain = encoded(image, TJSAMP_420, 85);
  ASSERT_TRUE(reduced_grey_jpeg(plain, 4));
  EXPECT_FALSE(reduced_grey_jpeg(plain, 1));
  EXPECT_FALSE(reduced_grey_jpeg(plain, 2));
  EXPECT_FALSE(reduced_grey_jpeg(encoded(image, TJSAMP_420, 85, TJFLAG_PROGRESSIVE), 4));
  EXPECT_FALSE(reduced_grey_jpeg(encoded(image, TJSAMP_411, 85), 4));
  EXPECT_FALSE(reduced_grey_jpeg(encoded(picture(8, 8, 0, 1), TJSAMP_420, 85), 4)); // or 3/8?
  EXPECT_FALSE(reduced_grey_jpeg("", 4));
  EXPECT_FALSE(reduced_grey_jpeg("\xFF\xD8", 4));
  {
    const Setting arithmetic("TJ_ARITHMETIC", "1");
    EXPECT_FALSE(reduced_grey_jpeg(encoded(image, TJSAMP_420, 85), 4));
  }
  auto rgb = encoded(image, TJSAMP_444, 85); // "Adobe", transform 0
  using namespace std::string_literals;
  rgb.insert(2, "\xFF\xEE\0\x0E"s + "Adobe\0\x64\0\0\0\0\0"s);
  EXPECT_FALSE(reduced_grey_jpeg(rgb, 4));
}

TEST(ReducedJpeg, LeavesWhatIsOddBehindTheDataToLibjpegTurbo) {
  const auto plain = encoded(picture(80, 60, 20, 1), TJSAMP_420, 85);
  const auto data = plain.substr(0, plain.size() - 2);
  EXPECT_FALSE(reduced_grey_jpeg(data, 4));
  EXPECT_FALSE(reduced_grey_jpeg(data + "\xFF", 4));
  EXPECT_FALSE(reduced_grey_jpeg(data + "rubbish\xFF\xD9", 4));
  EXPECT_FALSE(reduced_grey_jpeg(data + "\xFF\xD0\xFF\xD9", 4));
  EXPECT_TRUE(reduced_grey_jpeg(plain + "rubbish", 4)); // nobody reads that
}

/// Whatever is done to a file: a picture is given only where libjpeg-turbo gives the same without a
/// complaint.
void expect_same_or_nothing(const std::string& bytes, const std::string& what, int& given) {
  for (const int scale : {4, 8}) {
    const auto reduced = reduced_grey_jpeg(bytes, scale);
    if (!reduced)
      continue;
    ++given;
    const auto expected = reference(bytes, scale);
    ASSERT_TRUE(expected.is_sound) << what << ": " << expected.text;
    ASSERT_TRUE(reduced->pixels == expected.image.pixels) << what;
  }
}

TEST(ReducedJpeg, NeverMakesUpPixelsOfADamagedFile) {
  const Setting restart("TJ_RESTART", "5B");
  const auto whole = encoded(picture(120, 70, 40, 2), TJSAMP_420, 80);
  int given = 0;
  for (std::size_t size = 0; size < whole.size(); ++size)
    expect_same_or_nothing(whole.substr(0, size), "cut at " + std::to_string(size), given);
  EXPECT_EQ(given, 0);
  std::mt19937_64 random(4);
  for (int i = 0; i < 4000; ++i) {
    auto bytes = whole;
    for (auto changes = random() % 3 + 1; changes > 0; --changes)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    expect_same_or_nothing(bytes, "damage " + std::to_string(i), given);
    if (HasFatalFailure())
      return;
  }
  EXPECT_GT(given, 100); // some damage only makes another picture
}

TEST(ReducedJpeg, IsTheSameForPhotographs) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(MLOPSCTL_SHARED) / "data/real";
  if (!fs::exists(folder))
    GTEST_SKIP() << "needs " << folder;
  int given = 0, files = 0;
  for (const char* name : {"gt-bees", "faces-known", "voc-falcon", "label-studio", "odd-images"})
    for (const auto& entry : fs::recursive_directory_iterator(folder / name)) {
      if (entry.path().extension() != ".jpg")
        continue;
      ++files;
      expect_same_or_nothing(read_file(entry.path().string(), 1U << 28), entry.path().string(),
                             given);
    }
  RecordProperty("files", files);
  EXPECT_GT(given, files); // of 2 a file; some are progressive, or not JPEG
}

} // namespace
} // namespace mlopsctl::imaging
