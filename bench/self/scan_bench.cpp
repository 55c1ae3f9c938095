// SPDX-License-Identifier: Apache-2.0
// Speed of the two parts of finding near-duplicates, as a program of its own so that a script can
// run it beside another:
//   bench_scan make DIR COUNT JOBS                 JPEGs of 1280x720: shapes with the grain of a
//   camera bench_scan pictures DIR SCALE JOBS             sharpness and fingerprint of every
//   picture of DIR bench_scan pairs COUNT uniform|clustered JOBS  clusters of COUNT fingerprints at
//   distance 10
#include "core/io.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "dataset/near_duplicates.hpp"
#include "imaging/codecs.hpp"
#include "imaging/hash.hpp"
#include "imaging/pattern.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace mlopsctl;

/// Grain of about 1.6 grey values: without it the pictures would be far smaller than photographs.
void add_grain(imaging::Image& image, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < image.pixels.size();) {
    std::uint64_t word = random();
    for (int k = 0; k < 8 && i < image.pixels.size(); ++k, word >>= 8, ++i) {
      const int grain = static_cast<int>(word & 3) + static_cast<int>(word >> 2 & 3) - 3;
      image.pixels[i] = static_cast<std::uint8_t>(std::clamp(image.pixels[i] + grain, 0, 255));
    }
  }
}

int make_pictures(const std::string& folder, int count, int jobs) {
  constexpr int k_frames_a_scene = 20;
  const auto sink = create_folder(folder, Existing::refuse);
  int next = 0;
  ordered_parallel<int, std::pair<int, std::string>>(
      jobs, [&]() { return next < count ? std::optional(next++) : std::nullopt; },
      [](int&& i) {
        imaging::PatternOptions options;
        options.seed = static_cast<std::uint64_t>(i / k_frames_a_scene);
        options.width = 1280;
        options.height = 720;
        auto image = imaging::Pattern(options).frame(i % k_frames_a_scene).image;
        add_grain(image, static_cast<std::uint64_t>(i));
        return std::pair(i, imaging::encode_jpeg(image, 85));
      },
      [&](std::pair<int, std::string>&& made) {
        std::array<char, 32> name;
        std::snprintf(name.data(), name.size(), "%05d.jpg", made.first);
        sink->write(name.data(), made.second);
      });
  sink->finish();
  return 0;
}

int scan_pictures(const std::string& folder, int scale, int jobs) {
  const auto files = open_folder(folder)->list();
  const Stopwatch watch;
  std::size_t next = 0;
  double sum = 0;
  std::uint64_t mixed = 0;
  ordered_parallel<std::size_t, imaging::Look>(
      jobs,
      [&]() -> std::optional<std::size_t> {
        return next < files.size() ? std::optional(next++) : std::nullopt;
      },
      [&](std::size_t&& i) { return imaging::look_at_file(folder + "/" + files[i].name, scale); },
      [&](imaging::Look&& look) {
        sum += look.sharpness;
        mixed = mixed * 31 + look.fingerprint.across;
      });
  std::printf("%zu pictures, mean sharpness %.3f, hashes %016llx: %.3f s\n", files.size(),
              sum / static_cast<double>(files.size()), static_cast<unsigned long long>(mixed),
              watch.milliseconds() / 1000);
  return 0;
}

/// uniform: 64 random bits. clustered: around 1 in 100 of them as centres, up to 6 bits turned.
std::vector<dataset::Fingerprint> fingerprints(std::size_t count, bool is_clustered) {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> centres(count / 100 + 1);
  for (auto& centre : centres)
    centre = random();
  std::vector<dataset::Fingerprint> made(count);
  for (auto& fingerprint : made) {
    std::uint64_t word = random();
    if (is_clustered) {
      word = centres[word % centres.size()];
      for (int i = 0; i < 6; ++i)
        word ^= std::uint64_t{1} << random() % 64;
    }
    fingerprint = {word, 0}; // one half decides: the most pairs that there can be
  }
  return made;
}

int find_pairs(std::size_t count, bool is_clustered, int jobs) {
  const auto made = fingerprints(count, is_clustered);
  const Stopwatch watch;
  const auto clusters = dataset::near_clusters(made, dataset::k_default_distance, jobs);
  std::size_t heads = 0;
  for (std::size_t i = 0; i < clusters.size(); ++i)
    heads += clusters[i] == i ? 1U : 0U;
  std::printf("%zu fingerprints, %zu clusters: %.3f s\n", count, heads,
              watch.milliseconds() / 1000);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> args(argv + 1, argv + argc);
    const auto integer = [&](std::size_t i) {
      return static_cast<int>(parse_int(args[i]).value_or(1));
    };
    if (args.size() == 4 && args[0] == "make")
      return make_pictures(args[1], integer(2), integer(3));
    if (args.size() == 4 && args[0] == "pictures")
      return scan_pictures(args[1], integer(2), integer(3));
    if (args.size() == 4 && args[0] == "pairs")
      return find_pairs(static_cast<std::size_t>(integer(1)), args[2] == "clustered", integer(3));
    std::fprintf(stderr, "bench_scan make DIR COUNT JOBS | pictures DIR SCALE JOBS | pairs COUNT "
                         "uniform|clustered JOBS\n");
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_scan: %s\n", error.what());
    return 1;
  }
}
