/* SPDX-License-Identifier: Apache-2.0
 * What an engine module offers: a table of C functions behind one entry symbol. No C++ type and no
 * exception crosses it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MLOPSCTL_ENGINE_API_VERSION 1

/* 32-bit floats in row-major order. */
typedef struct mlopsctl_tensor {
  const char* name;
  const int64_t* shape;
  int32_t rank;
  const float* data;
} mlopsctl_tensor;

/* Functions return 0, or 1 with a text in error (always ended by 0, cut to error_bytes). */
typedef struct mlopsctl_engine_table {
  uint32_t api_version;       /* MLOPSCTL_ENGINE_API_VERSION */
  const char* engine;         /* "opencv" */
  const char* engine_version; /* "4.6.0" */

  /* model: an ONNX file's bytes, not kept. outputs: the names of the graph's outputs, in the order
   * in which run() hands them out. threads: > 0. */
  int (*open)(const char* model, size_t model_bytes, const char* const* outputs,
              size_t output_count, int threads, void** session, char* error, size_t error_bytes);
  /* results: output_count tensors, filled in; they stay the session's own until the next call. */
  int (*run)(void* session, const mlopsctl_tensor* inputs, size_t input_count,
             mlopsctl_tensor* results, char* error, size_t error_bytes);
  void (*close)(void* session);
} mlopsctl_engine_table;

/* The entry symbol of the module. */
typedef const mlopsctl_engine_table* (*mlopsctl_engine_entry)(void);
#define MLOPSCTL_ENGINE_ENTRY "mlopsctl_engine_api"

#ifdef __cplusplus
}
#endif
