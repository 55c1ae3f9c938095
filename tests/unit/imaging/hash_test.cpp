// SPDX-License-Identifier: Apache-2.0
// Sharpness and fingerprints: against the definition written down plainly, and on what happens to
// pictures on their way.
#include "core/error.hpp"
#include "imaging/codecs.hpp"
#include "imaging/hash.hpp"
#include "imaging/pattern.hpp"
#include "imaging/quality.hpp"
#include "imaging/transform.hpp"

#include <gtest/gtest.h>

#include <random>

namespace mlopsctl::imaging {
namespace {

Image noise(int width, int height, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  Image image(width, height, 1);
  for (auto& pixel : image.pixels)
    pixel = static_cast<std::uint8_t>(random());
  return image;
}

Image shapes(std::uint64_t seed, int width = 640, int height = 480) {
  return Pattern({seed, width, height, 30, 1, 5}).frame(3).image;
}

/// cv2.Laplacian(grey, cv2.CV_64F).var() in the plainest way.
double plain_sharpness(const Image& grey) {
  const auto at = [&](int x, int y) {
    const auto mirror = [](int v, int n) {
      return n == 1 ? 0 : v < 0 ? -v : v >= n ? 2 * n - 2 - v : v;
    };
    return static_cast<double>(grey.row(mirror(y, grey.height))[mirror(x, grey.width)]);
  };
  double sum = 0, squares = 0;
  for (int y = 0; y < grey.height; ++y)
    for (int x = 0; x < grey.width; ++x) {
      const double l = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * at(x, y);
      sum += l;
      squares += l * l;
    }
  const double n = static_cast<double>(grey.pixels.size());
  return squares / n - sum / n * (sum / n);
}

TEST(Sharpness, IsTheVarianceOfTheLaplacian) {
  for (const auto& [width, height] :
       {std::pair{1, 1}, {2, 1}, {1, 5}, {3, 3}, {64, 48}, {1027, 5}, {2051, 3}})
    EXPECT_NEAR(sharpness(noise(width, height)), plain_sharpness(noise(width, height)), 1e-6)
        << width << "x" << height;
  EXPECT_EQ(sharpness(Image(40, 30, 1, 90)), 0);
  EXPECT_EQ(sharpness(Image{}), 0);
  // The extreme: every pixel the opposite of its neighbours.
  Image board(3000, 20, 1);
  for (int y = 0; y < 20; ++y)
    for (int x = 0; x < 3000; ++x)
      board.row(y)[x] = (x + y) % 2 ? 255 : 0;
  EXPECT_DOUBLE_EQ(sharpness(board), 1020.0 * 1020.0);
}

TEST(Sharpness, FallsWhenAPictureIsBlurred) {
  const Image sharp = to_grey(shapes(3));
  const Image blurred =
      resize(resize(sharp, 160, 120, Interpolation::area), 640, 480, Interpolation::linear);
  EXPECT_LT(sharpness(blurred), sharpness(sharp) / 4);
}

/// The average of each cell by numbers with fractions.
double cell(const Image& grey, int index_x, int index_y, int columns, int rows) {
  const auto part = [](int pixel, int index, int cells, int size) {
    const double from = double(index) * size / cells, to = double(index + 1) * size / cells;
    return std::max(0.0, std::min(to, pixel + 1.0) - std::max(from, double(pixel)));
  };
  double sum = 0;
  for (int y = 0; y < grey.height; ++y)
    for (int x = 0; x < grey.width; ++x)
      sum += grey.row(y)[x] * part(x, index_x, columns, grey.width) *
             part(y, index_y, rows, grey.height);
  return sum;
}

TEST(Fingerprint, ComparesExactAverages) {
  for (const auto& [width, height] :
       {std::pair{9, 8}, {8, 9}, {72, 72}, {61, 47}, {3, 2}, {1, 1}}) {
    const Image grey = noise(width, height, 5);
    const auto bits = fingerprint(grey);
    for (int i = 0; i < 64; ++i) {
      const int x = i % 8, y = i / 8;
      const double step = cell(grey, x + 1, y, 9, 8) - cell(grey, x, y, 9, 8);
      if (std::abs(step) > 1e-9) {
        EXPECT_EQ(bits.across >> (63 - i) & 1, step > 0 ? 1U : 0U)
            << width << "x" << height << " " << i;
      }
      const double fall = cell(grey, x, y + 1, 8, 9) - cell(grey, x, y, 8, 9);
      if (std::abs(fall) > 1e-9) {
        EXPECT_EQ(bits.down >> (63 - i) & 1, fall > 0 ? 1U : 0U)
            << width << "x" << height << " " << i;
      }
    }
  }
}

TEST(Fingerprint, OfAFlatPictureIsNothing) {
  EXPECT_EQ(fingerprint(Image(640, 480, 1, 200)), dataset::Fingerprint{});
  EXPECT_EQ(fingerprint(Image{}), dataset::Fingerprint{});
  Image ramp(90, 80, 1); // brighter to the right, the same from top to bottom
  for (int y = 0; y < 80; ++y)
    for (int x = 0; x < 90; ++x)
      ramp.row(y)[x] = static_cast<std::uint8_t>(2 * x);
  EXPECT_EQ(fingerprint(ramp), (dataset::Fingerprint{~std::uint64_t{0}, 0}));
}

TEST(Fingerprint, SurvivesSizeQualityAndCodec) {
  const Image image = shapes(1);
  const auto original = look_at(encode_png(image), "a.png").fingerprint;
  const auto near = [&](const std::string& bytes, int scale = 1) {
    return dataset::distance(original, look_at(bytes, "b", scale).fingerprint);
  };
  EXPECT_LE(near(encode_jpeg(image, 95)), 2);
  EXPECT_LE(near(encode_jpeg(image, 40)), 6);
  EXPECT_LE(near(encode_jpeg(resize(image, 320, 240, Interpolation::area))), 6);
  for (const int scale : {2, 4, 8})
    EXPECT_LE(near(encode_jpeg(image, 95), scale), 3) << scale;
  for (std::uint64_t seed = 2; seed < 12; ++seed)
    EXPECT_GT(near(encode_png(shapes(seed))), dataset::k_default_distance) << seed;
}

TEST(Look, ScalesOnlyWhatIsLargeEnough) {
  const std::string small = encode_jpeg(shapes(2, 100, 80));
  EXPECT_EQ(look_at(small, "s", 8).fingerprint, look_at(small, "s", 1).fingerprint);
  EXPECT_EQ(look_at(small, "s", 8).sharpness, look_at(small, "s", 1).sharpness);
  const std::string large = encode_jpeg(shapes(2));
  EXPECT_NE(look_at(large, "s", 4).sharpness, look_at(large, "s", 1).sharpness);
  EXPECT_THROW(look_at("no picture", "x.jpg"), Error);
  EXPECT_THROW(look_at(large.substr(0, large.size() / 2), "cut.jpg", 4), Error);
}

TEST(Look, IsOfThePictureAsAViewerShowsIt) {
  const Image image = shapes(5);
  // EXIF orientation 6: the viewer turns by 90 degrees clockwise.
  using namespace std::string_literals;
  const std::string exif = "\xFF\xE1\x00\x22"s + "Exif\0\0MM\0*\0\0\0\x08\0\x01"s +
                           "\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"s;
  std::string turned = encode_jpeg(rotate270(image));
  turned.insert(2, exif);
  ASSERT_EQ(probe(turned, "t").exif_orientation, 6);
  const auto upright = look_at(encode_jpeg(image), "u").fingerprint;
  EXPECT_LE(dataset::distance(look_at(turned, "t").fingerprint, upright), 3);
  turned.erase(2, exif.size());
  EXPECT_GT(dataset::distance(look_at(turned, "t").fingerprint, upright), 10);
}

TEST(DecodeGrey, IsTheLumaAtEveryScale) {
  const Image image = shapes(4, 645, 483);
  const std::string bytes = encode_jpeg(image, 95);
  const Image grey = decode_grey(bytes, "g");
  ASSERT_EQ(grey.channels, 1);
  const Image expected = to_grey(decode(bytes, "g"));
  int largest = 0;
  for (std::size_t i = 0; i < grey.pixels.size(); ++i)
    largest = std::max(largest, std::abs(int(grey.pixels[i]) - int(expected.pixels[i])));
  EXPECT_LE(largest, 6); // colours that RGB cannot hold are cut there
  for (const int scale : {2, 4, 8})
    for (const auto& data : {bytes, encode_png(image)}) {
      const Image scaled = decode_grey(data, "g", scale);
      EXPECT_EQ(scaled.width, (645 + scale - 1) / scale);
      EXPECT_EQ(scaled.height, (483 + scale - 1) / scale);
    }
}

} // namespace
} // namespace mlopsctl::imaging
