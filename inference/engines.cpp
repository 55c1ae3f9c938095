// SPDX-License-Identifier: Apache-2.0
// The table of engines. Adding one: its file and a line here.
#include "core/error.hpp"
#include "core/text.hpp"
#include "inference/engine.hpp"
#include "inference/onnxruntime_library.hpp"

#include <algorithm>

namespace mlopsctl::inference {

std::string onnxruntime_version();
std::unique_ptr<Engine> open_onnxruntime(const GraphFile& graph, int threads);
std::string opencv_version();
std::unique_ptr<Engine> open_opencv(const GraphFile& graph, int threads);

const std::vector<EngineEntry>& engine_table() {
  static const std::vector<EngineEntry> table{
      {"onnxruntime",
       "ONNX Runtime on the processor, found at run time",
       {"onnx"},
       onnxruntime_version,
       open_onnxruntime},
      {"opencv",
       "OpenCV dnn on the processor, ONNX graphs up to about opset 13",
       {"onnx"},
       opencv_version,
       open_opencv},
  };
  return table;
}

namespace {

bool is_here(const EngineEntry& entry) {
  try {
    entry.version();
    return true;
  } catch (const Error& error) {
    if (error.fault() == Fault::usage) // the user named a library: another engine is not meant
      throw;
    return false;
  }
}

} // namespace

const EngineEntry& find_engine(const std::string& name, const std::string& format) {
  const auto& table = engine_table();
  const auto reads = [&](const EngineEntry& entry) {
    return std::find(entry.formats.begin(), entry.formats.end(), format) != entry.formats.end();
  };
  std::vector<std::string> names;
  for (const auto& entry : table) {
    names.emplace_back(entry.name);
    if (entry.name == name && !reads(entry))
      throw Error(Fault::usage, "engine " + name + ": does not read the format '" + format + "'");
    if (entry.name == name)
      return entry;
  }
  if (!name.empty())
    throw Error(Fault::usage, "unknown engine '" + name + "'" + did_you_mean(name, names),
                "see 'mlopsctl engines'");
  const EngineEntry* last = nullptr;
  for (const auto& entry : table) {
    if (!reads(entry))
      continue;
    last = &entry;
    if (is_here(entry))
      return entry;
  }
  if (!last)
    throw Error(Fault::input, "model.yaml: format: no engine reads '" + format + "'",
                "see 'mlopsctl engines'");
  return *last; // says why it is not here when it is opened
}

std::future<void> preload_engine(const std::string& name) {
  keep_onnxruntime_quiet();
  return std::async(std::launch::async, [name] {
    for (const auto& entry : engine_table())
      if (name.empty() ? &entry == &engine_table().front() : entry.name == name) {
        try {
          entry.version();       // opens its library
        } catch (const Error&) { // said again by whoever needs it
        }
      }
  });
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::vector<std::string> sizes;
  for (const auto size : shape)
    sizes.push_back(size < 0 ? "?" : std::to_string(size));
  return sizes.empty() ? "a single value" : join(sizes, "x");
}

} // namespace mlopsctl::inference
