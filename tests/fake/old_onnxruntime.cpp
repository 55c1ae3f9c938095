// SPDX-License-Identifier: Apache-2.0
// A library that answers as an ONNX Runtime from before the function table that we need.
#include <cstdint>

namespace {
struct ApiBase {
  const void* (*get_api)(std::uint32_t version);
  const char* (*version)();
};
const void* no_table(std::uint32_t) {
  return nullptr;
}
const char* old_version() {
  return "1.8.1";
}
const ApiBase k_base{no_table, old_version};
} // namespace

extern "C" const ApiBase* OrtGetApiBase() {
  return &k_base;
}
