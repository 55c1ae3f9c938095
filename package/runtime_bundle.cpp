// SPDX-License-Identifier: Apache-2.0
#include "package/runtime_bundle.hpp"

#include "core/error.hpp"
#include "core/percent.hpp"
#include "core/program.hpp"
#include "core/text.hpp"
#include "core/version.hpp"
#include "package/debian.hpp"
#include "package/package_files.hpp"
#include "package/sbom.hpp"
#include "package/shared_libraries.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>

namespace mlopsctl::package {

std::string_view embedded_licence(std::string_view name); // made by mlopsctl_embed

namespace {

namespace fs = std::filesystem;

constexpr const char* k_licence = "Apache-2.0";
constexpr const char* k_certificates = "ca-certificates"; ///< Debian's package
constexpr std::uint64_t k_copyright_limit_bytes = std::uint64_t{4} << 20;

/// Collects the files and the bill of materials.
class Bundle {
public:
  /// \return what the bill says of the file.
  SbomFile add(const std::string& name, const std::string& path, bool is_executable) {
    if (path.empty() || !fs::is_regular_file(path))
      throw Error(Fault::input, (path.empty() ? name : path) + ": is missing",
                  "build or install mlopsctl as a whole");
    items_.push_back(
        {name, fs::file_size(path), [path] { return open_source(path); }, is_executable});
    return {name, digest_of(*open_source(path))};
  }
  void add_text(const std::string& name, std::string text) {
    const auto size = text.size();
    items_.push_back(
        {name, size, [text = std::move(text), name] { return source_from_text(text, name); }});
  }
  void add_component(SbomComponent component) { components_.push_back(std::move(component)); }
  std::vector<formats::PackItem> finish(const SbomComponent& subject) {
    std::sort(components_.begin(), components_.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    add_text(k_sbom, to_json(sbom_document(subject, components_), 2) + "\n");
    return std::move(items_);
  }

private:
  std::vector<formats::PackItem> items_;
  std::vector<SbomComponent> components_;
};

SbomComponent ourselves(const std::string& type, const std::string& name) {
  return {type, name, k_version, "", {k_licence}, "", {}};
}

void add_programs(Bundle& bundle, const RuntimeParts& parts) {
  auto ours = ourselves("application", "mlopsctl");
  ours.files.push_back(
      bundle.add(std::string("bin/") + k_runtime_program, parts.program, /*is_executable=*/true));
  ours.files.push_back(
      bundle.add(std::string("bin/") + k_bundle_launcher, parts.launcher, /*is_executable=*/true));
  for (const auto& module : parts.modules)
    ours.files.push_back(bundle.add("lib/mlopsctl/" + fs::path(module).filename().string(), module,
                                    /*is_executable=*/false));
  bundle.add_component(std::move(ours));
  bundle.add_text("share/doc/mlopsctl/copyright", std::string(embedded_licence("LICENSE")));
}

std::string onnxruntime_licence(const RuntimeParts& parts, const std::string& name) {
  std::vector<fs::path> folders{parts.onnxruntime_licences};
  if (parts.onnxruntime_licences.empty()) {
    const auto beside = fs::canonical(parts.onnxruntime).parent_path();
    folders = {beside, beside.parent_path()};
  }
  for (const auto& folder : folders)
    if (fs::is_regular_file(folder / name))
      return (folder / name).string();
  throw Error(Fault::input,
              folders.front().string() + ": has no " + name +
                  ", and ONNX Runtime is bundled only with its licence and notices",
              "take LICENSE and ThirdPartyNotices.txt from ONNX Runtime's release and name their "
              "folder with --onnxruntime-licences");
}

void add_onnxruntime(Bundle& bundle, const RuntimeParts& parts) {
  SbomComponent component{"library",
                          "onnxruntime",
                          parts.onnxruntime_version,
                          "pkg:github/microsoft/onnxruntime@v" + parts.onnxruntime_version,
                          {"MIT"},
                          "https://github.com/microsoft/onnxruntime",
                          {}};
  component.files.push_back(bundle.add("lib/mlopsctl/libonnxruntime.so", parts.onnxruntime,
                                       /*is_executable=*/false));
  for (const char* name : {"LICENSE", "ThirdPartyNotices.txt"})
    bundle.add(std::string("share/doc/onnxruntime/") + name, onnxruntime_licence(parts, name),
               /*is_executable=*/false);
  bundle.add_component(std::move(component));
}

/// Name in the bundle -> file: the libraries, and the certificates.
std::map<std::string, std::string> system_files(const RuntimeParts& parts) {
  std::vector<std::string> loaded{parts.program};
  loaded.insert(loaded.end(), parts.modules.begin(), parts.modules.end());
  if (!parts.onnxruntime.empty())
    loaded.push_back(parts.onnxruntime);
  std::map<std::string, std::string> files;
  for (const auto& [name, path] : shared_libraries(loaded))
    files["lib/" + name] = path;
  return files;
}

void add_package(Bundle& bundle, const DebianPackage& package, std::vector<SbomFile> files) {
  const auto path = copyright_file(package.name);
  auto copyright = read_file(path, k_copyright_limit_bytes);
  bundle.add_component({"library", package.name, package.version,
                        "pkg:deb/debian/" + percent_encode(package.name, false) + "@" +
                            percent_encode(package.version, false) + "?arch=amd64",
                        licence_names(copyright), source_url(package), std::move(files)});
  bundle.add_text("share/doc/" + package.name + "/copyright", std::move(copyright));
}

void add_system_files(Bundle& bundle, const RuntimeParts& parts) {
  const auto files = system_files(parts);
  std::vector<std::string> paths{"/usr/share/doc/ca-certificates/copyright"}; // for its version
  for (const auto& [name, path] : files)
    paths.push_back(path);
  const auto owners = debian_packages(paths);
  std::map<std::string, std::pair<DebianPackage, std::vector<SbomFile>>> packages;
  const auto add = [&](const std::string& owned, const SbomFile& file) {
    const auto& package = owners.at(owned);
    packages[package.name].first = package;
    packages[package.name].second.push_back(file);
  };
  for (const auto& [name, path] : files)
    add(path, bundle.add(name, path, name.ends_with(k_dynamic_loader)));
  add(paths.front(), bundle.add("etc/ssl/certs/ca-certificates.crt", parts.certificates,
                                /*is_executable=*/false));
  std::string sources = "Where the source of each Debian package in this bundle is kept:\n\n";
  for (auto& [name, entry] : packages) {
    sources += name + " " + entry.first.version + "  " + source_url(entry.first) + "\n";
    add_package(bundle, entry.first, std::move(entry.second));
  }
  bundle.add_text("share/doc/SOURCES", std::move(sources));
}

} // namespace

std::string installed_file(const std::string& name) {
  const auto folder = program_path().parent_path();
  for (const auto& path : {folder / name, folder.parent_path() / "lib" / "mlopsctl" / name})
    if (std::error_code ignored; fs::is_regular_file(path, ignored))
      return path.string();
  return {};
}

PackedRuntime pack_runtime(const RuntimeParts& parts, const std::string& output, Existing existing,
                           int jobs) {
  Bundle bundle;
  add_programs(bundle, parts);
  if (!parts.onnxruntime.empty())
    add_onnxruntime(bundle, parts);
  add_system_files(bundle, parts);
  auto items = bundle.finish(ourselves("application", k_runtime_program));
  PackedRuntime packed;
  for (const auto& item : items) {
    packed.unpacked_bytes += item.size_bytes;
    packed.libraries += item.name.starts_with("lib/") ? 1U : 0U;
  }
  const auto sink = create_sink(output, existing);
  packed.archive = formats::write_tar_gz(*sink, std::move(items), jobs);
  sink->finish();
  return packed;
}

} // namespace mlopsctl::package
