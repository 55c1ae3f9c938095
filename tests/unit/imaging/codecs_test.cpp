// SPDX-License-Identifier: Apache-2.0
// Pictures in and out of bytes: what goes in comes out, and damaged data is an error, never half a
// picture.
#include "core/error.hpp"
#include "imaging/codecs.hpp"
#include "imaging/pattern.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>
#include <turbojpeg.h>
#include <webp/encode.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

namespace mlopsctl::imaging {
namespace {

using testing::HasSubstr;

Image picture(int width = 96, int height = 64) {
  return Pattern({7, width, height, 30, 1, 5}).frame(3).image;
}

Image grey_picture() {
  Image image(31, 17, 1);
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<std::uint8_t>(i * 7);
  return image;
}

std::string webp(const Image& image, bool lossless) {
  std::uint8_t* data = nullptr;
  const int stride = static_cast<int>(image.stride());
  const std::size_t size =
      lossless
          ? WebPEncodeLosslessRGB(image.pixels.data(), image.width, image.height, stride, &data)
          : WebPEncodeRGB(image.pixels.data(), image.width, image.height, stride, 90, &data);
  std::string bytes(reinterpret_cast<char*>(data), size);
  WebPFree(data);
  return bytes;
}

std::string jpeg(const std::vector<std::uint8_t>& pixels, int width, int height, TJPF format,
                 TJSAMP subsampling, int flags) {
  const tjhandle handle = tjInitCompress();
  unsigned char* data = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(tjCompress2(handle, pixels.data(), width, 0, height, format, &data, &size, subsampling,
                        95, flags),
            0);
  std::string bytes(reinterpret_cast<char*>(data), size);
  tjFree(data);
  tjDestroy(handle);
  return bytes;
}

/// A PNG of any kind: rows as they go into the file.
std::string png(int width, int height, int depth, int type, const std::string& row,
                int interlace = PNG_INTERLACE_NONE) {
  std::string bytes;
  png_structp out = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(out);
  png_set_write_fn(
      out, &bytes,
      [](png_structp p, png_bytep data, png_size_t count) {
        static_cast<std::string*>(png_get_io_ptr(p))
            ->append(reinterpret_cast<const char*>(data), count);
      },
      nullptr);
  png_set_IHDR(out, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), depth,
               type, interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  std::array<png_color, 2> palette{{{1, 2, 3}, {200, 100, 50}}};
  if (type == PNG_COLOR_TYPE_PALETTE)
    png_set_PLTE(out, info, palette.data(), 2);
  png_write_info(out, info);
  std::string copy = row;
  const int passes = png_set_interlace_handling(out);
  for (int y = 0; y < height * passes; ++y)
    png_write_row(out, reinterpret_cast<png_bytep>(copy.data()));
  png_write_end(out, nullptr);
  png_destroy_write_struct(&out, &info);
  return bytes;
}

double mean_difference(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i)
    sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.pixels.size());
}

TEST(Codecs, PngGivesTheSamePixelsAndTheSameBytes) {
  for (const Image& image : {picture(), grey_picture()}) {
    const std::string bytes = encode_png(image);
    EXPECT_EQ(bytes, encode_png(image));
    const Image back = decode(bytes, "a.png");
    EXPECT_EQ(back.width, image.width);
    EXPECT_EQ(back.channels, image.channels);
    EXPECT_EQ(back.pixels, image.pixels);
  }
}

TEST(Codecs, JpegComesNearAtHighQualityAndKeepsGrey) {
  const Image image = picture();
  const Image back = decode(encode_jpeg(image, 95), "a.jpg");
  ASSERT_EQ(back.pixels.size(), image.pixels.size());
  EXPECT_LT(mean_difference(image, back), 3);
  EXPECT_LT(encode_jpeg(image, 40).size(), encode_jpeg(image, 95).size());
  const Image grey = decode(encode_jpeg(grey_picture()), "grey.jpg");
  EXPECT_EQ(grey.channels, 1);
  EXPECT_EQ(grey.width, 31);
}

TEST(Codecs, WebpIsFoundByContentWhateverTheName) {
  const Image image = picture();
  const std::string bytes = webp(image, true);
  EXPECT_EQ(probe(bytes, "webp-bytes.jpg").codec, Codec::webp);
  EXPECT_EQ(decode(bytes, "webp-bytes.jpg").pixels, image.pixels);
  EXPECT_LT(mean_difference(decode(webp(image, false), "lossy.webp"), image), 8);
}

TEST(Codecs, HeaderSaysSizeChannelsAndKind) {
  const ImageInfo grey = probe(encode_jpeg(grey_picture()), "a");
  EXPECT_EQ(grey.codec, Codec::jpeg);
  EXPECT_EQ(grey.width, 31);
  EXPECT_EQ(grey.height, 17);
  EXPECT_EQ(grey.channels, 1);
  EXPECT_EQ(grey.exif_orientation, 1);
  const ImageInfo colour = probe(encode_png(picture(120, 40)), "a");
  EXPECT_EQ(colour.codec, Codec::png);
  EXPECT_EQ(colour.width, 120);
  EXPECT_EQ(colour.height, 40);
  EXPECT_EQ(colour.channels, 3);
}

TEST(Codecs, ExifOrientationIsReadInBothByteOrders) {
  using namespace std::string_literals;
  const std::string plain = encode_jpeg(picture());
  const auto with_exif = [&](const std::string& tiff) {
    const std::string body = "Exif\0\0"s + tiff;
    const auto length = body.size() + 2;
    return plain.substr(0, 2) + "\xFF\xE1" + static_cast<char>(length >> 8) +
           static_cast<char>(length & 255) + body + plain.substr(2);
  };
  const std::string big = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"s;
  const std::string little = "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0"s;
  EXPECT_EQ(probe(with_exif(big), "a").exif_orientation, 6);
  EXPECT_EQ(probe(with_exif(little), "a").exif_orientation, 8);
  EXPECT_EQ(probe(with_exif(little.substr(0, 13)), "a").exif_orientation, 1); // ends in the entry
  EXPECT_EQ(probe(with_exif("MM\0*\xFF\xFF\xFF\xFF"s), "a").exif_orientation, 1); // points outside
  EXPECT_EQ(decode(with_exif(big), "a").width, 96); // pixels as stored
}

TEST(Codecs, CutAnywhereIsAnError) {
  const Image image = picture();
  const std::string progressive =
      jpeg(image.pixels, image.width, image.height, TJPF_RGB, TJSAMP_420, TJFLAG_PROGRESSIVE);
  for (const std::string& whole : {encode_jpeg(image), progressive, encode_png(image),
                                   webp(image, true), webp(image, false)}) {
    ASSERT_NO_THROW(decode(whole, "whole"));
    for (std::size_t size = 0; size < whole.size(); size += 97)
      EXPECT_THROW(decode(whole.substr(0, size), "cut"), Error) << size << " of " << whole.size();
    EXPECT_THROW(decode(whole.substr(0, whole.size() - 2), "cut"), Error);
  }
}

TEST(Codecs, ChangedBytesNeverCrash) {
  const Image image = picture();
  for (const std::string& whole : {encode_jpeg(image), encode_png(image), webp(image, true)})
    for (std::size_t at = 0; at < whole.size(); at += 31) {
      std::string broken = whole;
      broken[at] = static_cast<char>(broken[at] ^ 0x5A);
      try {
        const Image back = decode(broken, "broken");
        EXPECT_EQ(back.pixels.size(), back.stride() * static_cast<std::size_t>(back.height));
      } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("broken: "));
      }
    }
}

TEST(Codecs, RubbishAfterTheEndIsNoDamage) {
  const std::string bytes = encode_jpeg(picture());
  EXPECT_EQ(decode(bytes + "trailing", "a").pixels, decode(bytes, "a").pixels);
}

TEST(Codecs, SaysWhatItIsInstead) {
  const auto said = [](const std::string& bytes) {
    return error_of([&] { decode(bytes, "dir/x.jpg"); });
  };
  EXPECT_EQ(said(""), "dir/x.jpg: the file is empty, a picture was expected");
  EXPECT_EQ(said("hello\n, world"),
            "dir/x.jpg: is not a JPEG, PNG or WebP (it begins with 'hello\\x0a, ')");
  EXPECT_THAT(said("GIF89a......"), HasSubstr("is a GIF picture"));
  EXPECT_THAT(said("\xFF\xD8\xFF"), HasSubstr("the JPEG data is cut off or damaged"));
}

TEST(Codecs, RefusesMorePixelsThanTheLimitBeforeTakingMemory) {
  std::string bytes = encode_png(picture());
  bytes[16] = 0x00; // width 16,777,215
  bytes[17] = static_cast<char>(0xFF);
  bytes[18] = bytes[19] = static_cast<char>(0xFF);
  EXPECT_THAT(error_of([&] { decode(bytes, "big.png"); }),
              HasSubstr("16777215x64 is over the limit of 200000000 pixels"));
  bytes[17] = bytes[18] = bytes[19] = 0;
  EXPECT_THAT(error_of([&] { probe(bytes, "big.png"); }), HasSubstr("the header says 0x64 pixels"));
}

TEST(Codecs, EveryKindOfPngBecomesEightBitGreyOrColour) {
  using namespace std::string_literals;
  const Image deep =
      decode(png(2, 3, 16, PNG_COLOR_TYPE_RGB, "\x10\xF0\x20\xF0\x30\xF0\xFF\xFF\x80\x00\x01\x02"s),
             "16 bit");
  EXPECT_THAT(std::vector<int>(deep.pixels.begin(), deep.pixels.begin() + 6),
              testing::ElementsAre(16, 32, 48, 255, 128, 1));
  const Image palette = decode(png(8, 2, 1, PNG_COLOR_TYPE_PALETTE, "\x40"s), "palette");
  EXPECT_THAT(std::vector<int>(palette.pixels.begin(), palette.pixels.begin() + 6),
              testing::ElementsAre(1, 2, 3, 200, 100, 50));
  const Image alpha = decode(png(1, 1, 8, PNG_COLOR_TYPE_RGB_ALPHA, "\x09\x08\x07\x00"s), "alpha");
  EXPECT_THAT(std::vector<int>(alpha.pixels.begin(), alpha.pixels.end()),
              testing::ElementsAre(9, 8, 7));
  const Image grey =
      decode(png(2, 1, 8, PNG_COLOR_TYPE_GRAY_ALPHA, "\x21\x00\x22\xFF"s), "grey alpha");
  EXPECT_EQ(grey.channels, 1);
  EXPECT_THAT(std::vector<int>(grey.pixels.begin(), grey.pixels.end()),
              testing::ElementsAre(0x21, 0x22));
  const Image bits = decode(png(4, 1, 2, PNG_COLOR_TYPE_GRAY, "\x1B"s), "2 bit");
  EXPECT_THAT(std::vector<int>(bits.pixels.begin(), bits.pixels.end()),
              testing::ElementsAre(0, 85, 170, 255));
  const Image woven =
      decode(png(5, 7, 8, PNG_COLOR_TYPE_GRAY, "abcde", PNG_INTERLACE_ADAM7), "interlaced");
  EXPECT_EQ(std::string(woven.pixels.begin(), woven.pixels.end() - 30), "abcde");
}

TEST(Codecs, CmykJpegBecomesRgb) {
  // As Adobe stores it, inverted: no ink is 255. Half black over full magenta.
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < 16 * 16; ++i)
    pixels.insert(pixels.end(), {255, 0, 255, 128});
  const Image image = decode(jpeg(pixels, 16, 16, TJPF_CMYK, TJSAMP_444, 0), "cmyk.jpg");
  ASSERT_EQ(image.channels, 3);
  EXPECT_NEAR(image.pixels[0], 128, 3);
  EXPECT_NEAR(image.pixels[1], 0, 3);
  EXPECT_NEAR(image.pixels[2], 128, 3);
}

TEST(Codecs, RefusesWhatJpegCannotHold) {
  EXPECT_THAT(error_of([] { encode_jpeg(Image(65536, 1, 1)); }),
              HasSubstr("65536x1 cannot be a JPEG"));
  EXPECT_THAT(error_of([] { encode_jpeg(Image()); }), HasSubstr("0x0 cannot be a JPEG"));
}

TEST(Codecs, RealWebpWithJpegName) {
  const std::string path = MLOPSCTL_SHARED "/data/real/odd-images/webp-bytes.jpg";
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << path << " is not here";
  const ImageInfo info = probe_file(path);
  EXPECT_EQ(info.codec, Codec::webp);
  EXPECT_EQ(info.width, 800);
  EXPECT_EQ(decode_file(path).height, 514);
}

} // namespace
} // namespace mlopsctl::imaging
