// SPDX-License-Identifier: Apache-2.0
#include "inference/onnxruntime_library.hpp"

#include "core/error.hpp"
#include "core/program.hpp"
#include "core/text.hpp"
#include "inference/engine.hpp"

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>

namespace fs = std::filesystem;

namespace mlopsctl::inference {
namespace {

constexpr std::uint32_t k_api_version = 14; // the first whose table has all that we call
constexpr const char* k_oldest = "1.14";
constexpr const char* k_environment = "MLOPSCTL_ONNXRUNTIME";
constexpr const char* k_hint =
    "download onnxruntime-linux-x64 from its GitHub releases, or 'npm install --ignore-scripts "
    "onnxruntime-node', and set MLOPSCTL_ONNXRUNTIME=/path/to/libonnxruntime.so";
constexpr int k_warnings_off = 4; // OrtLoggingLevel: fatal errors only; ours are statuses

/// struct OrtApiBase of onnxruntime_c_api.h.
struct ApiBase {
  const void* const* (*get_api)(std::uint32_t version);
  const char* (*version)();
};

std::string& chosen_path() {
  static std::string path;
  return path;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing here sets it
  return value ? value : "";
}

/// What the user said, by option or environment; empty: nothing.
std::string named_path() {
  return chosen_path().empty() ? environment(k_environment) : chosen_path();
}

/// libonnxruntime.so, or one with a version behind it, the newest first.
void add_libraries_of(const fs::path& folder, std::vector<std::string>& paths) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->path().filename().string().starts_with("libonnxruntime.so"))
      found.push_back(at->path().string());
  std::sort(found.rbegin(), found.rend());
  paths.insert(paths.end(), found.begin(), found.end());
}

template <class Function>
void take(Function& function, const void* const* table, std::size_t slot) {
  function = reinterpret_cast<Function>(const_cast<void*>(table[slot]));
}

OrtFunctions functions_of(const void* const* table) {
  OrtFunctions api{};
  take(api.error_message, table, 2);
  take(api.create_env, table, 3);
  take(api.create_session_from_array, table, 8);
  take(api.run, table, 9);
  take(api.create_session_options, table, 10);
  take(api.set_optimized_model_path, table, 11);
  take(api.set_log_severity, table, 22);
  take(api.set_optimization_level, table, 23);
  take(api.set_intra_threads, table, 24);
  take(api.set_inter_threads, table, 25);
  take(api.create_tensor, table, 49);
  take(api.is_tensor, table, 50);
  take(api.tensor_data, table, 51);
  take(api.element_type, table, 60);
  take(api.dimension_count, table, 61);
  take(api.dimensions, table, 62);
  take(api.element_count, table, 64);
  take(api.type_and_shape, table, 65);
  take(api.create_cpu_memory_info, table, 69);
  take(api.release_status, table, 93);
  take(api.release_memory_info, table, 94);
  take(api.release_session, table, 95);
  take(api.release_value, table, 96);
  take(api.release_type_and_shape, table, 99);
  take(api.release_session_options, table, 100);
  take(api.add_config_entry, table, 130);
  return api;
}

/// \throws Error(input) with the loader's words.
const ApiBase* open_library(const std::string& path) {
  // Global symbols of the library stay its own; it is never unloaded, as its threads live on.
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!handle)
    throw Error(Fault::input,
                std::string("ONNX Runtime: ") + ::dlerror(), // NOLINT(concurrency-mt-unsafe)
                "is it built for this machine? (Linux, x86-64)");
  void* entry = ::dlsym(handle, "OrtGetApiBase");
  if (!entry)
    throw Error(Fault::input, path + ": is not ONNX Runtime (it has no 'OrtGetApiBase')", k_hint);
  return reinterpret_cast<const ApiBase* (*)()>(entry)();
}

OnnxRuntime load(const std::string& path) {
  keep_onnxruntime_quiet();
  const ApiBase* base = open_library(path);
  OnnxRuntime runtime;
  runtime.path = path;
  runtime.version = printable(base->version());
  const void* const* table = base->get_api(k_api_version);
  if (!table)
    throw Error(Fault::input,
                path + ": ONNX Runtime " + runtime.version + " is too old, " + k_oldest +
                    " or newer is needed",
                k_hint);
  runtime.api = functions_of(table);
  if (runtime.api.create_env(k_warnings_off, "mlopsctl", &runtime.env))
    throw Error(Fault::input, path + ": ONNX Runtime " + runtime.version + " does not start");
  return runtime;
}

/// The first of the candidates that is a file.
std::string find_library() {
  for (const auto& path : onnxruntime_candidates()) {
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored))
      return path;
  }
  const std::string named = named_path();
  if (named.empty())
    throw Error(
        Fault::input,
        "ONNX Runtime: no libonnxruntime.so in the places where it is looked for ('mlopsctl "
        "doctor' lists them)",
        k_hint);
  throw Error(Fault::usage,
              "ONNX Runtime: '" + printable(named) + "' is no such file" +
                  (fs::path(named).is_absolute() ? "" : ", or no absolute path"),
              k_hint);
}

} // namespace

void keep_onnxruntime_quiet() {
  for (const char* name : {"ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED"})
    if (environment(name) != "1")           // set once, by the first caller
      ::setenv(name, "1", /*overwrite=*/1); // NOLINT(concurrency-mt-unsafe): no other thread yet
}

void use_onnxruntime(const std::string& path) {
  keep_onnxruntime_quiet();
  chosen_path() = path.empty() ? path : fs::absolute(path).string();
}

std::vector<std::string> onnxruntime_candidates() {
  if (!chosen_path().empty())
    return {chosen_path()};
  const std::string named = environment(k_environment);
  if (!named.empty()) // relative paths would load from wherever the user happens to stand
    return fs::path(named).is_absolute() ? std::vector{named} : std::vector<std::string>{};
  std::vector<std::string> paths;
  const fs::path program = program_path().parent_path();
  if (!program.empty()) {
    add_libraries_of(program, paths);
    add_libraries_of(program.parent_path() / "lib" / "mlopsctl", paths);
  }
  for (const auto& folder : split(environment("LD_LIBRARY_PATH"), ':'))
    if (fs::path(folder).is_absolute())
      add_libraries_of(folder, paths);
  for (const char* folder : {"/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib64",
                             "/usr/lib", "/opt/onnxruntime/lib"})
    add_libraries_of(folder, paths);
  return paths;
}

const OnnxRuntime& onnxruntime() {
  static const OnnxRuntime runtime = [] {
    try {
      return load(find_library());
    } catch (const Error& error) { // of what the user named, it is a mistake to put right
      throw Error(named_path().empty() ? Fault::input : Fault::usage, error.what(), error.hint());
    }
  }();
  return runtime;
}

} // namespace mlopsctl::inference
