// SPDX-License-Identifier: Apache-2.0
// Manifests as the servers' own tests have them.
#include "core/io.hpp"
#include "core/value.hpp"
#include "package/mar.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace mlopsctl::package {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t k_limit_bytes = 1 << 20;

Problems check(const std::string& manifest, const std::vector<std::string>& files) {
  Inspection inspection;
  inspection.mar_manifest = manifest;
  for (const auto& file : files)
    inspection.items.push_back({file, 0, ""});
  return check_mar("a.mar", inspection);
}

TEST(MarReal, TheServersOwnArchivesPass) {
  const fs::path folder = fs::path(MLOPSCTL_SHARED) / "data/golden/mar";
  if (!fs::exists(folder))
    GTEST_SKIP() << "needs " << folder;
  int archives = 0;
  for (const auto& file : fs::directory_iterator(folder / "torchserve")) {
    const auto path = file.path().string();
    if (!path.ends_with(".entries.json"))
      continue;
    const auto archive = parse_json(read_file(path, k_limit_bytes), path);
    std::vector<std::string> names;
    for (const auto& entry : archive.find("entries")->items)
      names.push_back(entry.find("name")->string);
    EXPECT_TRUE(check(to_json(*archive.find("MAR-INF/MANIFEST.json")), names).empty()) << path;
    ++archives;
  }
  EXPECT_EQ(archives, 5);
  for (const auto& file : fs::directory_iterator(folder / "mms")) {
    const auto path = file.path().string();
    if (path.ends_with("v0.1.MANIFEST.json"))
      continue;
    const auto problems =
        check(read_file(path, k_limit_bytes), {"service.py", "invalid_service.py"});
    for (const auto& problem : problems)
      ADD_FAILURE() << path << ": " << problem.text;
    EXPECT_FALSE(check(read_file(path, k_limit_bytes), {}).empty()) << path;
  }
}

} // namespace
} // namespace mlopsctl::package
