// SPDX-License-Identifier: Apache-2.0
#include "inference/optimized_graph.hpp"

#include "core/cache.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace mlopsctl::inference {
namespace {

constexpr std::uintmax_t k_most_bytes = std::uintmax_t{4} << 30;
constexpr const char* k_layout = "1"; ///< of these files and of the options they are made with

/// The kernels that a graph is made ready for depend on the instructions there are: the first
/// processor of /proc/cpuinfo without what changes from moment to moment. Empty: unknown.
std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  std::string text;
  for (std::string line; std::getline(file, line) && !line.empty();)
    for (const char* key : {"vendor_id", "cpu family", "model", "flags"})
      if (line.starts_with(std::string(key) + "\t"))
        text += line + "\n";
  return text;
}

bool is_on_disk(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  const bool is_done = ::fsync(file) == 0;
  ::close(file);
  return is_done;
}

} // namespace

OptimizedGraph::OptimizedGraph(const std::string& model_digest, const std::string& runtime) {
  const std::string cpu = processor();
  if (model_digest.empty() || cpu.empty())
    return;
  folder_ = cache_folder("onnxruntime");
  if (folder_.empty())
    return;
  const std::string key = sha256(join({k_layout, model_digest, runtime, cpu}, "\n"));
  path_ = folder_ + "/" + key.substr(key.find(':') + 1) + ".ort";
  draft_ = path_ + "." + std::to_string(::getpid()) + ".draft";
}

OptimizedGraph::~OptimizedGraph() {
  std::error_code ignored;
  if (!draft_.empty())
    std::filesystem::remove(draft_, ignored);
}

std::unique_ptr<ByteSource> OptimizedGraph::open() const {
  if (path_.empty() || !is_own_file(path_))
    return nullptr;
  try {
    auto source = open_source(path_);
    if (!source->mapped())
      return nullptr;
    touch_file(path_);
    return source;
  } catch (const Error&) { // another process has just trimmed the cache
    return nullptr;
  }
}

void OptimizedGraph::keep() {
  std::error_code error;
  std::filesystem::permissions(
      draft_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
  if (error || !is_on_disk(draft_)) // a file that a power cut tears must not get its name
    return;
  std::filesystem::rename(draft_, path_, error);
  trim_cache(folder_, k_most_bytes);
}

void OptimizedGraph::forget() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

} // namespace mlopsctl::inference
