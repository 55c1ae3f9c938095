// SPDX-License-Identifier: Apache-2.0
// without_metadata: the same pixels, and nothing else of the file.
#include "core/error.hpp"
#include "imaging/codecs.hpp"
#include "imaging/metadata.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mlopsctl::imaging {
namespace {

using namespace std::string_view_literals;
using testing::HasSubstr;
using testing::Not;

constexpr const char* k_secret = "CANARY-PLACE";

Image gradient() {
  Image image(64, 48, 3);
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<std::uint8_t>(i * 7 % 251);
  return image;
}

std::string segment(char marker, const std::string& content) {
  const auto size = content.size() + 2;
  return std::string("\xFF") + marker + static_cast<char>(size >> 8) +
         static_cast<char>(size & 255) + content;
}

/// Orientation 6 and a place, in TIFF of a given byte order.
std::string exif(bool is_big_endian) {
  const auto number = [&](unsigned value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i)
      text += static_cast<char>(value >> (8 * (is_big_endian ? bytes - 1 - i : i)) & 0xFF);
    return text;
  };
  return std::string("Exif\0\0"sv) + (is_big_endian ? "MM" : "II") + number(42, 2) + number(8, 4) +
         number(1, 2) + number(0x0112, 2) + number(3, 2) + number(1, 4) + number(6, 2) +
         number(0, 2) + number(0, 4) + k_secret;
}

TEST(Metadata, GoesFromJpegAndTheTurnStays) {
  const auto plain = encode_jpeg(gradient(), 92);
  for (const bool is_big_endian : {false, true}) {
    const auto marked =
        plain.substr(0, 2) + segment('\xE1', exif(is_big_endian)) +
        segment('\xE1', std::string("http://ns.adobe.com/xap/1.0/\0"sv) + k_secret) +
        segment('\xED', std::string("Photoshop 3.0\0"sv) + k_secret) +
        segment('\xE2', std::string("MPF\0"sv) + k_secret) + segment('\xFE', k_secret) +
        plain.substr(2) + plain.substr(0, 2) + segment('\xE1', k_secret) + plain.substr(2);
    ASSERT_EQ(probe(marked, "x").exif_orientation, 6);
    const auto bare = without_metadata(marked, "x");
    EXPECT_THAT(bare, Not(HasSubstr(k_secret)));
    EXPECT_EQ(probe(bare, "x").exif_orientation, 6);
    EXPECT_EQ(decode(bare, "x").pixels, decode(plain, "x").pixels);
    EXPECT_EQ(without_metadata(bare, "x"), bare) << "once more changes nothing";
  }
}

TEST(Metadata, APictureWithoutAnyStaysAsItIs) {
  const auto jpeg = encode_jpeg(gradient(), 80), png = encode_png(gradient());
  EXPECT_EQ(without_metadata(jpeg, "x"), jpeg);
  EXPECT_EQ(without_metadata(png, "x"), png);
}

TEST(Metadata, GoesFromPng) {
  const auto plain = encode_png(gradient());
  const std::size_t behind_header = 8 + 25;
  const auto chunk = [](const std::string& type) {
    const std::string content = k_secret;
    return std::string("\0\0\0"sv) + static_cast<char>(content.size()) + type + content + "crc.";
  };
  const auto marked = plain.substr(0, behind_header) + chunk("eXIf") + chunk("tEXt") +
                      chunk("iTXt") + plain.substr(behind_header) + k_secret;
  EXPECT_EQ(without_metadata(marked, "x"), plain);
}

TEST(Metadata, GoesFromWebp) {
  // A lossless picture of 1x1, in the extended form.
  const auto chunk = [](const std::string& type, std::string content) {
    std::string out = type + static_cast<char>(content.size()) + std::string(3, '\0') + content;
    return out + (content.size() % 2 != 0 ? std::string(1, '\0') : "");
  };
  const auto riff = [](const std::string& chunks) {
    const auto size = chunks.size() + 4;
    return "RIFF" + std::string{static_cast<char>(size & 255), static_cast<char>(size >> 8)} +
           std::string(2, '\0') + "WEBP" + chunks;
  };
  const std::string pixels = chunk("VP8L", std::string("\x2F\0\0\0\0\x88\x88\x08"sv));
  const auto extended = [](char flags) { return std::string{flags} + std::string(9, '\0'); };
  const auto marked = riff(chunk("VP8X", extended(0x0C)) + pixels + chunk("EXIF", k_secret) +
                           chunk("XMP ", std::string(k_secret) + "!"));
  EXPECT_EQ(without_metadata(marked, "x"), riff(chunk("VP8X", extended(0)) + pixels));
}

TEST(Metadata, RefusesWhatIsNoPicture) {
  EXPECT_THROW(without_metadata("hello", "x"), Error);
  const auto plain = encode_jpeg(gradient());
  EXPECT_THROW(without_metadata(plain.substr(0, 300), "x"), Error);
}

} // namespace
} // namespace mlopsctl::imaging
