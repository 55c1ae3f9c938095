// SPDX-License-Identifier: Apache-2.0
#include "package/image_files.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/spool.hpp"
#include "package/package_files.hpp"

#include <array>

namespace mlopsctl::package {
namespace {

using formats::PackItem;

constexpr unsigned k_execute_bits = 0111;

std::vector<PackItem> folder_items(const std::string& path, const std::string& prefix,
                                   const std::set<std::string>& left_out) {
  std::vector<PackItem> items;
  for (const auto& entry : open_folder(path)->list()) {
    if (left_out.contains(entry.name))
      continue;
    const auto file = resolve_inside(path, entry.name);
    items.push_back({prefix + entry.name, entry.size_bytes, [file] { return open_source(file); }});
  }
  return items;
}

std::vector<PackItem> archive_items(const std::string& path, const std::string& prefix,
                                    const std::set<std::string>& left_out) {
  const auto source = open_source(path);
  const auto reader = formats::open_archive(*source);
  const std::shared_ptr<Spool> spool = create_spool();
  std::vector<char> buffer(std::size_t{1} << 18);
  std::vector<PackItem> items;
  while (const auto member = reader->next()) {
    if (left_out.contains(member->name))
      continue;
    const auto begin = spool->size_bytes();
    while (const auto count = reader->bytes().read(buffer)) {
      check_interrupt();
      spool->write({buffer.data(), count});
    }
    const auto size = spool->size_bytes() - begin;
    items.push_back({prefix + member->name, size,
                     [spool, begin, size, name = path + ": " + member->name] {
                       return source_from_spool(spool, begin, size, name);
                     },
                     (member->mode & k_execute_bits) != 0});
  }
  return items;
}

} // namespace

std::vector<PackItem> image_items(const std::string& path, const std::string& prefix,
                                  const std::set<std::string>& left_out) {
  return is_folder(path) ? folder_items(path, prefix, left_out)
                         : archive_items(path, prefix, left_out);
}

std::string elf_architecture(ByteSource& program) {
  std::array<char, 20> head{};
  const auto count = program.read(head);
  const std::string_view bytes(head.data(), count);
  // System V ABI, ELF header: e_ident, then e_type and e_machine, 16 bits each.
  constexpr std::size_t k_machine_at = 18;
  if (count == head.size() && bytes.starts_with("\x7f"
                                                "ELF\x02\x01")) {
    if (bytes.substr(k_machine_at) == std::string_view("\x3e\x00", 2))
      return "amd64";
    if (bytes.substr(k_machine_at) == std::string_view("\xb7\x00", 2))
      return "arm64";
  }
  throw Error(Fault::input, program.name() + ": is no program for Linux on amd64 or arm64",
              "make the bundle with 'mlopsctl package runtime'");
}

} // namespace mlopsctl::package
