// SPDX-License-Identifier: Apache-2.0
// ONNX Runtime's shared library, found and opened at run time: nothing of it is needed to build.
// For onnxruntime*.cpp and engines.cpp only.
#pragma once

#include <cstdint>
#include <string>

namespace mlopsctl::inference {

/// What we call of the C interface, by the position in its function table, which is only ever
/// appended to. Source: onnxruntime_c_api.h, struct OrtApi. Every pointer is opaque to us; a
/// function that returns a status returns null for success.
struct OrtFunctions {
  using Opaque = void*;
  using Status = void*;

  const char* (*error_message)(const void* status);
  Status (*create_env)(int log_level, const char* id, Opaque* env);
  Status (*create_session_from_array)(const void* env, const void* model, std::size_t bytes,
                                      const void* options, Opaque* session);
  Status (*run)(Opaque session, const void* run_options, const char* const* input_names,
                const void* const* inputs, std::size_t input_count, const char* const* output_names,
                std::size_t output_count, Opaque* outputs);
  Status (*create_session_options)(Opaque* options);
  Status (*set_optimized_model_path)(Opaque options, const char* path);
  Status (*set_log_severity)(Opaque options, int level);
  Status (*set_optimization_level)(Opaque options, int level);
  Status (*set_intra_threads)(Opaque options, int threads);
  Status (*set_inter_threads)(Opaque options, int threads);
  Status (*create_tensor)(const void* memory_info, void* data, std::size_t bytes,
                          const std::int64_t* shape, std::size_t rank, int element_type,
                          Opaque* value);
  Status (*is_tensor)(const void* value, int* out);
  Status (*tensor_data)(Opaque value, void** out);
  Status (*element_type)(const void* info, int* out);
  Status (*dimension_count)(const void* info, std::size_t* out);
  Status (*dimensions)(const void* info, std::int64_t* out, std::size_t count);
  Status (*element_count)(const void* info, std::size_t* out);
  Status (*type_and_shape)(const void* value, Opaque* info);
  Status (*create_cpu_memory_info)(int allocator, int memory, Opaque* info);
  Status (*add_config_entry)(Opaque options, const char* key, const char* value);
  void (*release_status)(Opaque);
  void (*release_memory_info)(Opaque);
  void (*release_session)(Opaque);
  void (*release_value)(Opaque);
  void (*release_type_and_shape)(Opaque);
  void (*release_session_options)(Opaque);
};

struct OnnxRuntime {
  OrtFunctions api;
  std::string version; ///< "1.30.0"
  std::string path;    ///< of the library
  void* env = nullptr; ///< one a process, never released: its threads outlive main's objects
};

/// Since 1.29 ONNX Runtime on Linux, too, tells its makers of every model it loads, keeps a device
/// identifier under ~/.cache/Microsoft and writes to /tmp, unless the environment forbids it before
/// the library is opened. What a user's model is stays with the user. Before the first thread:
/// the environment is not safe to change later.
void keep_onnxruntime_quiet();

/// Opened by the first call and never closed. \throws Error(input) if there is none, or it is not
/// ONNX Runtime, or too old; Error(usage) if the user named it.
const OnnxRuntime& onnxruntime();

} // namespace mlopsctl::inference
