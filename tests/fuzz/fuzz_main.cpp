// SPDX-License-Identifier: Apache-2.0
// libFuzzer's entry: MLOPSCTL_FUZZ_TARGET=coco mlopsctl_fuzz corpus/  (mlopsctl_fuzz --list names
// the targets)
#include "tests/fuzz/targets.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc > 1 && std::strcmp((*argv)[1], "--list") == 0) {
    for (const auto& target : mlopsctl::fuzz::targets())
      std::printf("%.*s\n", static_cast<int>(target.name.size()), target.name.data());
    std::exit(0); // NOLINT(concurrency-mt-unsafe): one thread
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const char* name =
      std::getenv("MLOPSCTL_FUZZ_TARGET"); // NOLINT(concurrency-mt-unsafe): one thread
  mlopsctl::fuzz::run_target(name ? name : "", {reinterpret_cast<const char*>(data), size});
  return 0;
}
