// SPDX-License-Identifier: Apache-2.0
// The table of engines. Adding one: its file and a line here.
#include "core/error.hpp"
#include "core/text.hpp"
#include "inference/engine.hpp"

#include <algorithm>

namespace mlopsctl::inference {

std::string opencv_version();
std::unique_ptr<Engine> open_opencv(std::string_view model, const std::string& place, int threads);

const std::vector<EngineEntry>& engine_table() {
  static const std::vector<EngineEntry> table{
      {"opencv",
       "OpenCV dnn on the processor, ONNX graphs up to about opset 13",
       {"onnx"},
       opencv_version,
       open_opencv},
  };
  return table;
}

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
  const auto found = std::find_if(table.begin(), table.end(), reads);
  if (found == table.end())
    throw Error(Fault::input, "model.yaml: format: no engine reads '" + format + "'",
                "see 'mlopsctl engines'");
  return *found;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::vector<std::string> sizes;
  for (const auto size : shape)
    sizes.push_back(size < 0 ? "?" : std::to_string(size));
  return sizes.empty() ? "a single value" : join(sizes, "x");
}

} // namespace mlopsctl::inference
