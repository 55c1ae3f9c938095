// SPDX-License-Identifier: Apache-2.0
// What libav complains of is told of the video that it is about, whatever else is open.
#include "core/io.hpp"
#include "imaging/video.hpp"
#include "imaging/video_writer.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace mlopsctl::imaging {
namespace {

constexpr int k_frames = 60;

/// A clip of noise, which has no long runs of bytes that mean nothing.
std::string noisy_clip(const std::string& name) {
  const auto path = testing::TempDir() + std::to_string(::getpid()) + "-" + name;
  VideoWriter writer(path, 64, 64, 80);
  std::minstd_rand random(1);
  YuvImage picture(64, 64);
  for (int i = 0; i < k_frames; ++i) {
    for (auto* plane : {&picture.y, &picture.cb, &picture.cr})
      for (auto& value : *plane)
        value = static_cast<std::uint8_t>(random() % 256);
    writer.add(picture, i * 3000);
  }
  writer.finish(k_frames * 3000);
  return path;
}

/// The same with zeros in the middle of its pictures.
std::string damaged_clip(const std::string& whole) {
  auto bytes = read_file(whole, 1 << 24);
  for (std::size_t at = bytes.size() / 4; at < bytes.size() / 2; at += 500)
    bytes.replace(at, 40, 40, '\0');
  std::ofstream(whole + ".damaged.mp4", std::ios::binary) << bytes;
  return whole + ".damaged.mp4";
}

VideoDamage damage_of(VideoReader& reader) {
  while (reader.next()) {
  }
  return reader.damage();
}

TEST(VideoComplaints, OfOneAreNotTheOthers) {
  const auto whole = noisy_clip("complaints.mp4");
  const auto damaged = damaged_clip(whole);
  VideoOptions options;
  options.jobs = 3; // decoders complain from threads of their own
  VideoReader bad(damaged, options);
  const auto found = damage_of(bad);
  ASSERT_GT(found.complaints, 0);
  VideoReader good(whole, options);
  EXPECT_EQ(damage_of(good).complaints, 0);
  EXPECT_EQ(bad.damage().complaints, found.complaints) << "opening another one forgot them";
  EXPECT_EQ(bad.damage().message, found.message);
}

TEST(VideoComplaints, StayApartAtTheSameTime) {
  const auto whole = noisy_clip("together.mp4");
  const auto damaged = damaged_clip(whole);
  std::vector<VideoDamage> damage(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < damage.size(); ++i)
    threads.emplace_back([&, i] {
      VideoOptions options;
      options.jobs = 2;
      for (int round = 0; round < 5; ++round) {
        VideoReader reader(i % 2 == 0 ? whole : damaged, options);
        damage[i] = damage_of(reader);
      }
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(damage[0].complaints, 0) << damage[0].message;
  EXPECT_EQ(damage[2].complaints, 0) << damage[2].message;
  EXPECT_GT(damage[1].complaints, 0);
  EXPECT_EQ(damage[1].complaints, damage[3].complaints);
}

} // namespace
} // namespace mlopsctl::imaging
