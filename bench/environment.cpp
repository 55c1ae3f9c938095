// SPDX-License-Identifier: Apache-2.0
#include "bench/environment.hpp"

#include "core/parallel.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <sys/utsname.h>

namespace mlopsctl::bench {
namespace {

/// Value of the first line "<key> : <value>"; files of /proc have no size, so they are read by
/// lines.
std::string value_in(const char* path, std::string_view key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(key))
      if (const auto colon = line.find(':'); colon != std::string::npos)
        return std::string(trim(std::string_view(line).substr(colon + 1)));
  return {};
}

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::int64_t usable_memory_bytes() {
  const auto words = split(value_in("/proc/meminfo", "MemTotal"), ' ');
  std::int64_t bytes = parse_int(words.front()).value_or(0) * 1024;
  for (const char* limit :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"})
    if (const auto value = parse_int(first_line(limit)); value && *value > 0)
      bytes = std::min(bytes, *value);
  return bytes;
}

bool runs_in_container() {
  if (std::filesystem::exists("/.dockerenv") || std::filesystem::exists("/run/.containerenv"))
    return true;
  if (const char* kind = std::getenv("container"); kind != nullptr && *kind != '\0') // NOLINT
    return true;
  std::ifstream groups("/proc/1/cgroup");
  for (std::string line; std::getline(groups, line);)
    for (const char* word : {"docker", "kubepods", "containerd", "lxc", "libpod"})
      if (line.find(word) != std::string::npos)
        return true;
  return false;
}

} // namespace

Machine this_machine() {
  Machine machine;
  utsname name{};
  if (uname(&name) == 0)
    machine.kernel = std::string(name.sysname) + " " + name.release + " " + name.machine;
  machine.cpu = value_in("/proc/cpuinfo", "model name");
  if (machine.cpu.empty())
    machine.cpu = name.machine;
  machine.cores = default_jobs();
  machine.memory_bytes = usable_memory_bytes();
  machine.is_container = runs_in_container();
  return machine;
}

std::int64_t peak_memory_bytes() {
  rusage usage{};
  return getrusage(RUSAGE_SELF, &usage) == 0 ? std::int64_t{usage.ru_maxrss} * 1024 : 0;
}

} // namespace mlopsctl::bench
