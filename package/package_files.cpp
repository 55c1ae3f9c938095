// SPDX-License-Identifier: Apache-2.0
#include "package/package_files.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/remote.hpp"

#include <filesystem>
#include <span>
#include <vector>

namespace mlopsctl::package {

namespace fs = std::filesystem;

std::string resolve_inside(const std::string& folder, const std::string& name) {
  if (remote_scheme_of(folder) != nullptr) { // has no links
    check_relative_name(name);
    return folder + (folder.ends_with('/') ? "" : "/") + name;
  }
  const fs::path root(folder);
  std::error_code error;
  const fs::path base = fs::canonical(root, error);
  const fs::path path = error ? fs::path{} : fs::canonical(base / name, error);
  if (error)
    throw Error(Fault::input, (root / name).string() + ": no such file, and model.yaml names it",
                "put it there or correct model.yaml");
  const auto relative = path.lexically_relative(base);
  if (relative.empty() || *relative.begin() == "..")
    throw Error(Fault::input, (root / name).string() + ": is a link that leaves the package",
                "copy the file itself into the package");
  return path.string();
}

std::string digest_of(ByteSource& source) {
  Sha256 hash;
  std::uint64_t offset = 0;
  std::vector<char> buffer(std::size_t{1} << 18);
  while (const std::size_t count = source.read(buffer)) {
    check_interrupt();
    hash.update({buffer.data(), count});
    source.drop_before(offset += count);
  }
  return hash.finish();
}

std::string listing_digest(const std::map<std::string, std::string>& digests) {
  Sha256 hash;
  for (const auto& [name, digest] : digests)
    hash.update(name + " " + digest + "\n");
  return hash.finish();
}

std::string head_of(const std::string& path) {
  const auto source = open_source(path);
  std::string head(512, '\0');
  std::size_t size = 0;
  while (const auto count = source->read(std::span(head).subspan(size)))
    size += count;
  head.resize(size);
  return head;
}

} // namespace mlopsctl::package
