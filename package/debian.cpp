// SPDX-License-Identifier: Apache-2.0
#include "package/debian.hpp"

#include "core/io.hpp"
#include "core/percent.hpp"
#include "core/process.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace mlopsctl::package {
namespace {

namespace fs = std::filesystem;

constexpr const char* k_who = "dpkg-query";
constexpr const char* k_hint =
    "bundles are made on Debian or Ubuntu, whose packages name every library's version and licence";
constexpr const char* k_format =
    "${binary:Package}\\t${Version}\\t${source:Package}\\t${source:Version}\\n";
constexpr std::size_t k_columns = 4;
constexpr ProcessLimits k_limits{.is_quiet = true};

/// "libz1:amd64" -> "libz1"
std::string without_architecture(const std::string& name) {
  return name.substr(0, name.find(':'));
}

/// Since / and /usr were merged a file has two names, and the database knows one of them.
std::vector<std::string> names_of(const std::string& file) {
  const auto path = fs::canonical(file).string();
  if (path.starts_with("/usr/"))
    return {path, path.substr(4)};
  return {path, "/usr" + path};
}

std::map<std::string, DebianPackage> read_packages(const std::set<std::string>& names) {
  std::vector<std::string> words{k_who, "--show", std::string("--showformat=") + k_format};
  words.insert(words.end(), names.begin(), names.end());
  std::map<std::string, DebianPackage> packages;
  for (const auto& line : split(run_process(words, k_who, k_hint, k_limits).text, '\n')) {
    const auto columns = split(line, '\t');
    if (columns.size() == k_columns)
      packages[columns[0]] = {without_architecture(columns[0]), columns[1], columns[2], columns[3]};
  }
  return packages;
}

} // namespace

std::map<std::string, std::string> parse_owners(std::string_view text) {
  std::map<std::string, std::string> owners;
  for (const auto& line : split(text, '\n'))
    if (const auto colon = line.find(": /");
        colon != std::string::npos && !line.starts_with("diversion ")) // "... by x from: /"
      owners[line.substr(colon + 2)] = line.substr(0, std::min(colon, line.find(','))); // the first
  return owners;
}

std::map<std::string, DebianPackage> debian_packages(const std::vector<std::string>& files) {
  std::vector<std::string> words{k_who, "--search"};
  for (const auto& file : files)
    for (const auto& name : names_of(file))
      words.push_back(name);
  // Its exit status is 1 here: of a file's two names one is always unknown.
  const auto owners = parse_owners(run_process(words, k_who, k_hint, k_limits).text);
  std::map<std::string, std::string> owner_of;
  std::set<std::string> names;
  for (const auto& file : files) {
    for (const auto& name : names_of(file))
      if (const auto at = owners.find(name); at != owners.end())
        owner_of[file] = at->second;
    if (!owner_of.contains(file))
      throw Error(Fault::input,
                  file + ": belongs to no Debian package, so its version and licence are not known",
                  k_hint);
    names.insert(owner_of[file]);
  }
  const auto packages = read_packages(names);
  std::map<std::string, DebianPackage> found;
  for (const auto& [file, owner] : owner_of) {
    // "libz1:amd64" is shown without ":amd64" where only one architecture is possible.
    auto at = packages.find(owner);
    if (at == packages.end())
      at = packages.find(without_architecture(owner));
    if (at == packages.end())
      throw Error(Fault::input, "dpkg-query: knows no version of " + owner, k_hint);
    found[file] = at->second;
  }
  return found;
}

std::string copyright_file(const std::string& package) {
  auto path = "/usr/share/doc/" + package + "/copyright";
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored))
    throw Error(Fault::input, path + ": is missing, and a bundle names every library's licence",
                "apt-get install --reinstall " + package +
                    " (a container's dpkg may be told to leave out /usr/share/doc)");
  return path;
}

std::vector<std::string> licence_names(std::string_view copyright) {
  constexpr std::string_view k_key = "License:";
  std::set<std::string> names;
  if (copyright.substr(0, 2048).find("copyright-format/1.0") == std::string_view::npos)
    return {};
  for (const auto& line : split(copyright, '\n'))
    if (line.starts_with(k_key) && !trim(line.substr(k_key.size())).empty())
      names.emplace(printable(trim(std::string_view(line).substr(k_key.size()))));
  return {names.begin(), names.end()};
}

std::string source_url(const DebianPackage& package) {
  return "https://snapshot.debian.org/package/" + percent_encode(package.source, false) + "/" +
         percent_encode(package.source_version, false) + "/";
}

} // namespace mlopsctl::package
