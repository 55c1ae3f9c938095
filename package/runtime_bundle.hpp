// SPDX-License-Identifier: Apache-2.0
// The runtime bundle: the program with every library it loads, its engines, the C library's loader,
// CA certificates, licences and a bill of materials. It runs on any Linux of its architecture.
//   bin/mlopsctl-runtime  bin/launch  lib/*  lib/mlopsctl/* (what is loaded when it is needed)
//   etc/ssl/certs/ca-certificates.crt  share/doc/PACKAGE/*  sbom.json
#pragma once

#include "formats/archive/archive.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mlopsctl::package {

inline constexpr const char* k_runtime_platform = "linux/amd64";
inline constexpr const char* k_runtime_program = "mlopsctl-runtime"; ///< in bin/
inline constexpr const char* k_launcher = "mlopsctl-launch";         ///< as it is installed

struct RuntimeParts {
  std::string program;  ///< becomes bin/mlopsctl-runtime
  std::string launcher; ///< becomes bin/launch
  std::vector<std::string> modules;
  std::string onnxruntime; ///< its library; empty: none
  std::string onnxruntime_version;
  std::string onnxruntime_licences; ///< folder with LICENSE and ThirdPartyNotices.txt; empty: the
                                    ///< library's folder, or the one above
  std::string certificates = "/etc/ssl/certs/ca-certificates.crt";
};

struct PackedRuntime {
  formats::PackResult archive;
  std::uint64_t unpacked_bytes = 0;
  std::size_t libraries = 0;
};

/// \param output a file, or "-". Equal parts and Debian packages give equal bytes.
/// \throws Error(input) if a part is missing, a library is missing or of no Debian package, or a
/// licence is not there.
PackedRuntime pack_runtime(const RuntimeParts& parts, const std::string& output, Existing existing,
                           int jobs);

/// The installed file \p name: beside this program, or in ../lib/mlopsctl. Empty if there is none.
std::string installed_file(const std::string& name);

} // namespace mlopsctl::package
