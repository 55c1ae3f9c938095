// SPDX-License-Identifier: Apache-2.0
#include "serving/lambda/function_package.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "formats/archive/archive.hpp"
#include "package/lambda_bundle.hpp"
#include "package/package_files.hpp"

#include <fstream>
#include <sys/stat.h>

namespace fs = std::filesystem;

namespace mlopsctl::serving {
namespace {

constexpr std::size_t k_piece_bytes = 256 * 1024;
constexpr unsigned k_executable = 0111;
constexpr const char* k_hint = "'mlopsctl package lambda' makes the zip of a function";

void write_member(const formats::ArchiveMember& member, ByteSource& bytes, const fs::path& folder) {
  const auto path = folder / member.name;
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  std::vector<char> piece(k_piece_bytes);
  while (const auto count = bytes.read(piece)) {
    check_interrupt();
    file.write(piece.data(), static_cast<std::streamsize>(count));
  }
  file.close();
  if (!file || ::chmod(path.c_str(), member.mode & 0777) != 0)
    throw Error(Fault::input, path.string() + ": cannot be written: " + system_error_text(),
                "set TMPDIR to a folder with more room");
}

} // namespace

void unpack_function(const std::string& zip, const fs::path& folder) {
  const auto source = open_source(zip);
  if (formats::archive_kind(package::head_of(zip)) != "zip")
    throw Error(Fault::input, zip + ": is no zip", k_hint);
  formats::ArchiveLimits limits;
  limits.unpacked_bytes = package::k_lambda_unpacked_bytes;
  const auto reader = formats::open_archive(*source, limits);
  bool has_bootstrap = false;
  while (const auto member = reader->next()) {
    if (member->name == package::k_bootstrap && (member->mode & k_executable) == 0)
      throw Error(Fault::input, zip + ": 'bootstrap' is not executable",
                  "Lambda could not start it: chmod +x it before it is packed");
    has_bootstrap = has_bootstrap || member->name == package::k_bootstrap;
    write_member(*member, reader->bytes(), folder);
  }
  if (!has_bootstrap)
    throw Error(Fault::input, zip + ": has no 'bootstrap' at its top, which Lambda starts", k_hint);
}

} // namespace mlopsctl::serving
