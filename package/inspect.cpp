// SPDX-License-Identifier: Apache-2.0
#include "package/inspect.hpp"

#include "core/digest.hpp"
#include "core/interrupt.hpp"
#include "core/remote.hpp"
#include "core/text.hpp"
#include "package/package_files.hpp"
#include "package/sbom.hpp"

#include <algorithm>
#include <filesystem>

namespace mlopsctl::package {
namespace {

namespace fs = std::filesystem;

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

/// Digest, head and, where wanted, the bytes of one file in one pass.
struct Passed {
  std::string digest;
  std::string head;
  std::string bytes;
  std::uint64_t size_bytes = 0;
};

Passed pass(ByteSource& source, bool keep, std::uint64_t limit_bytes) {
  Passed out;
  Sha256 hash;
  std::vector<char> buffer(std::size_t{1} << 18);
  while (const std::size_t count = source.read(buffer)) {
    check_interrupt();
    const std::string_view piece(buffer.data(), count);
    hash.update(piece);
    out.size_bytes += count;
    source.drop_before(out.size_bytes);
    if (out.head.size() < 512)
      out.head += piece.substr(0, 512 - out.head.size());
    if (keep && out.size_bytes > limit_bytes)
      throw Error(Fault::input,
                  source.name() + ": larger than the limit of " + bytes_for_people(limit_bytes));
    if (keep)
      out.bytes += piece;
  }
  out.digest = hash.finish();
  return out;
}

void warn(Inspection& inspection, const std::string& rule, const std::string& name,
          const std::string& text) {
  inspection.problems.push_back({rule, Severity::warning, printable(name), text});
}

void look_at(const PackageItem& item, ByteSource& source, const InspectLimits& limits,
             Inspection& inspection) {
  const bool is_spec = item.name == k_model_yaml;
  const bool is_manifest = item.name == k_mar_manifest;
  const bool is_bill = item.name == k_sbom && item.size_bytes <= limits.model_yaml_bytes;
  const bool is_document = is_spec || is_manifest || is_bill;
  const bool is_onnx = lower(item.name).ends_with(".onnx");
  const auto mapped = source.mapped();
  const bool keep = is_document || (is_onnx && !mapped);
  auto passed = pass(source, keep, is_document ? limits.model_yaml_bytes : limits.model_bytes);
  if (is_spec)
    inspection.model_yaml = passed.bytes;
  if (is_manifest)
    inspection.mar_manifest = passed.bytes;
  if (is_bill && is_own_sbom(passed.bytes))
    inspection.own_sbom = passed.bytes;
  if (is_onnx) {
    try {
      inspection.models[item.name] = formats::read_onnx(mapped ? *mapped : passed.bytes, item.name);
    } catch (const Error& error) {
      warn(inspection, "unreadable-model", item.name, error.what());
    }
  }
  if (const auto why = why_executable(item.name, passed.head); !why.empty())
    warn(inspection, "executable-content", item.name, why);
  inspection.items.push_back({item.name, passed.size_bytes, std::move(passed.digest)});
}

/// What a folder holds besides files and folders does not go into a package: it is told.
void look_for_others(const std::string& path, Inspection& inspection) {
  if (remote_scheme_of(path) != nullptr)
    return;
  std::map<std::string, std::string> others; // sorted: the order on disk is not told
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    const auto name = entry.path().lexically_relative(path).generic_string();
    std::error_code ignored;
    if (entry.is_symlink() && entry.is_directory(ignored))
      others[name] = "a link to a folder is left out; copy the folder itself into the package";
    else if (entry.is_symlink() && !entry.exists(ignored))
      others[name] = "a link to nothing is left out";
    else if (!entry.is_regular_file(ignored) && !entry.is_directory(ignored))
      others[name] = "a pipe, socket or device is left out";
  }
  for (const auto& [name, text] : others)
    warn(inspection, "left-out", name, text);
}

} // namespace

void visit_package(const std::string& path, const formats::ArchiveLimits& limits,
                   const std::function<void(const PackageItem&, ByteSource&)>& visit) {
  if (is_folder(path)) {
    std::uint64_t members = 0;
    for (const auto& entry : open_folder(path)->list()) {
      check_interrupt();
      if (++members > limits.members)
        throw Error(Fault::input,
                    path + ": holds more than " + std::to_string(limits.members) + " files",
                    "is this a package? raise --max-members if it is");
      const auto source = open_source(resolve_inside(path, entry.name));
      visit({entry.name, entry.size_bytes, ""}, *source);
    }
    return;
  }
  const auto source = open_source(path);
  const auto reader = formats::open_archive(*source, limits);
  while (const auto member = reader->next())
    visit({member->name, member->size_bytes, ""}, reader->bytes());
}

Inspection inspect_package(const std::string& path, const InspectLimits& limits) {
  Inspection inspection;
  const bool is_one = is_folder(path);
  inspection.kind = is_one ? "folder" : std::string(formats::archive_kind(head_of(path)));
  visit_package(path, limits.archive, [&](const PackageItem& item, ByteSource& source) {
    look_at(item, source, limits, inspection);
  });
  std::sort(inspection.items.begin(), inspection.items.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  std::map<std::string, std::string> digests;
  for (const auto& item : inspection.items)
    digests[item.name] = item.digest;
  if (is_one) {
    for (const auto& item : inspection.items)
      inspection.size_bytes += item.size_bytes;
    look_for_others(path, inspection);
    inspection.digest = listing_digest(digests);
  } else {
    const auto source = open_source(path);
    inspection.size_bytes = source->size_bytes().value_or(0);
    inspection.digest = digest_of(*source);
  }
  return inspection;
}

std::string why_pickle(std::string_view name, std::string_view head) {
  const auto small = lower(name);
  if (ends_with_any(small, {".pkl", ".pickle", ".joblib", ".dill"}))
    return "a pickle runs code when Python loads it";
  if (ends_with_any(small, {".pt", ".pth", ".ckpt", ".bin.index"}))
    return "PyTorch files hold pickles, which run code when Python loads them";
  if (head.size() > 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5)
    return "starts like a pickle, which runs code when Python loads it";
  return {};
}

std::string why_executable(std::string_view name, std::string_view head) {
  const auto small = lower(name);
  if (auto why = why_pickle(name, head); !why.empty())
    return why;
  if (head.starts_with("\x7f"
                       "ELF") ||
      head.starts_with("MZ"))
    return "a program or library";
  if (head.starts_with("#!") || ends_with_any(small, {".py", ".sh", ".bash", ".js", ".rb", ".pl",
                                                      ".lua", ".ps1", ".bat", ".cmd", ".ipynb"}))
    return "a script";
  if (ends_with_any(small, {".so", ".dll", ".dylib", ".exe", ".pyc", ".jar", ".class", ".whl"}))
    return "a program or library";
  return {};
}

} // namespace mlopsctl::package
