// SPDX-License-Identifier: Apache-2.0
// Opening a model package: names, limits and digests are checked before anything is used.
#include "package/model_package.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "formats/archive/archive.hpp"
#include "package/package_files.hpp"
#include "package/ssd.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <future>
#include <set>

namespace mlopsctl::package {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_no_model_yaml(const std::string& path) {
  throw Error(Fault::input, path + ": there is no model.yaml in it",
              "write one with 'mlopsctl package describe MODEL.onnx -o model.yaml' beside the "
              "weights");
}

void check_digest(const ModelSpec& spec, const std::string& path, const std::string& name,
                  const std::string& found) {
  const auto stated = spec.digests.find(name);
  if (stated != spec.digests.end() && stated->second != found)
    throw Error(Fault::input,
                path + ": " + name + " has " + found + ", model.yaml says " + stated->second,
                "the file was changed or damaged; fetch the package again, or package it anew");
}

/// Every file that model.yaml needs or names.
std::set<std::string> wanted_files(const ModelSpec& spec) {
  std::set<std::string> wanted{spec.weights};
  if (spec.format == k_mxnet_ssd)
    wanted.insert(symbol_file(spec.weights));
  for (const auto& [name, digest] : spec.digests)
    wanted.insert(name);
  return wanted;
}

[[noreturn]] void fail_missing(const std::string& path, const std::string& name) {
  throw Error(Fault::input,
              path + ": '" + printable(name) + "' is not in the archive, and model.yaml names it",
              "pack it again with 'mlopsctl package model'");
}

void check_size(std::uint64_t bytes, const std::string& name, const OpenLimits& limits) {
  if (bytes > limits.weights_bytes)
    throw Error(Fault::input, name + ": " + bytes_for_people(bytes) + " is over the limit of " +
                                  bytes_for_people(limits.weights_bytes));
}

/// Copies \p from to \p to; another thread digests what is copied, as it comes: the digest is of
/// the copy, and a large model does not wait for one after the other.
std::string copy_and_digest(std::string_view from, std::string& to) {
  constexpr std::size_t k_piece_bytes = std::size_t{1} << 20;
  to.clear();
  to.reserve(from.size()); // stays where it is
  std::atomic<std::size_t> copied{0};
  auto digest = std::async(std::launch::async, [&, bytes = to.data(), size = from.size()] {
    Sha256 hash;
    for (std::size_t done = 0; done < size;) {
      copied.wait(done);
      const std::size_t end = copied.load();
      hash.update({bytes + done, end - done});
      done = end;
    }
    return hash.finish();
  });
  for (std::size_t at = 0; at < from.size(); at += k_piece_bytes) {
    to.append(from.substr(at, k_piece_bytes));
    copied.store(to.size());
    copied.notify_one();
  }
  return digest.get();
}

/// The digest of the weights; \p weights gets the very bytes that it is of, where they are wanted.
std::string take_weights(ByteSource& source, const OpenLimits& limits, std::string& weights) {
  const auto size = source.size_bytes().value_or(0);
  if (limits.keep_weights && !(source.mapped() && size <= limits.weights_bytes)) {
    weights = read_all(source, limits.weights_bytes);
    return sha256(weights);
  }
  if (limits.keep_weights)
    return copy_and_digest(*source.mapped(), weights);
  check_size(size, source.name(), limits);
  return digest_of(source);
}

ModelPackage open_model_folder(const std::string& path, const std::vector<std::string>& overrides,
                               const OpenLimits& limits) {
  const fs::path root(path);
  std::error_code ignored;
  const bool is_here = fs::exists(fs::symlink_status(root / k_model_yaml, ignored));
  if (!is_here && !open_folder(path)->contains(k_model_yaml)) // which a remote one may be
    fail_no_model_yaml(path);
  const auto text = read_file(resolve_inside(path, k_model_yaml), limits.model_yaml_bytes);
  ModelPackage package;
  package.path = path;
  package.overrides = overrides;
  package.spec = parse_model_spec(text, (root / k_model_yaml).string(), overrides);
  const auto& spec = package.spec;
  const auto weights = open_source(resolve_inside(path, spec.weights));
  std::map<std::string, std::string> found{
      {k_model_yaml, sha256(text)},
      {spec.weights, take_weights(*weights, limits, package.weights)}};
  check_digest(spec, path, spec.weights, found[spec.weights]);
  if (spec.format == k_mxnet_ssd) {
    const auto name = symbol_file(spec.weights);
    package.symbol = read_file(resolve_inside(path, name), limits.symbol_bytes);
    found[name] = sha256(package.symbol);
    check_digest(spec, path, name, found[name]);
  }
  for (const auto& [name, stated] : spec.digests) {
    if (found.contains(name))
      continue;
    found[name] = digest_of(*open_source(resolve_inside(path, name)));
    check_digest(spec, path, name, found[name]);
  }
  package.weights_digest = found[spec.weights];
  package.digest = listing_digest(found);
  return package;
}

/// Pulls members until \p wanted; its bytes are next. \return false if it is not there.
bool seek_member(formats::ArchiveReader& reader, const std::string& wanted,
                 std::string* nested = nullptr) {
  while (const auto member = reader.next()) {
    if (member->name == wanted)
      return true;
    if (nested && nested->empty() && member->name.ends_with("/" + wanted))
      *nested = member->name;
  }
  return false;
}

std::string read_model_yaml(ByteSource& source, const std::string& path, const OpenLimits& limits) {
  const auto reader = formats::open_archive(source, limits.archive);
  std::string nested;
  if (seek_member(*reader, k_model_yaml, &nested))
    return read_all(reader->bytes(), limits.model_yaml_bytes);
  if (!nested.empty())
    throw Error(Fault::input,
                path + ": model.yaml stands in '" + printable(nested) +
                    "', it must be at the top of the archive",
                "pack it with 'mlopsctl package model FOLDER -o ARCHIVE'");
  fail_no_model_yaml(path);
}

/// Twice over the archive: model.yaml says which member is kept in memory, the others only pass
/// through the digest.
ModelPackage open_model_archive(const std::string& path, const std::vector<std::string>& overrides,
                                const OpenLimits& limits) {
  const auto source = open_source(path);
  const auto text = read_model_yaml(*source, path, limits);
  ModelPackage package;
  package.path = path;
  package.overrides = overrides;
  package.spec = parse_model_spec(text, path + ":" + k_model_yaml, overrides);
  const auto& spec = package.spec;
  std::map<std::string, std::string> found{{k_model_yaml, sha256(text)}};
  const auto symbol = spec.format == k_mxnet_ssd ? symbol_file(spec.weights) : std::string();
  const auto reader = formats::open_archive(*source, limits.archive);
  while (const auto member = reader->next()) {
    if (member->name == spec.weights) {
      found[member->name] = take_weights(reader->bytes(), limits, package.weights);
    } else if (!symbol.empty() && member->name == symbol) {
      package.symbol = read_all(reader->bytes(), limits.symbol_bytes);
      found[member->name] = sha256(package.symbol);
    } else if (spec.digests.contains(member->name)) {
      found[member->name] = digest_of(reader->bytes());
    } else {
      continue;
    }
    check_digest(spec, path, member->name, found[member->name]);
  }
  for (const auto& name : wanted_files(spec))
    if (!found.contains(name))
      fail_missing(path, name);
  package.weights_digest = found[spec.weights];
  package.digest = listing_digest(found);
  return package;
}

} // namespace

ModelPackage open_model(const std::string& path, const std::vector<std::string>& overrides,
                        const OpenLimits& limits) {
  std::error_code ignored;
  const bool is_one = is_folder(path);
  if (!is_one && !fs::exists(path, ignored) && !is_file(path))
    throw Error(Fault::input, path + ": no such file or folder",
                "give a folder with model.yaml, or a package archive");
  if (is_one)
    return open_model_folder(path, overrides, limits);
  if (fs::is_fifo(fs::status(path, ignored)))
    throw Error(Fault::input, path + ": is a pipe, and a package is read more than once",
                "save it to a file first");
  if (!formats::archive_kind(head_of(path)).empty())
    return open_model_archive(path, overrides, limits);
  throw Error(
      Fault::input, path + ": is neither a folder with model.yaml nor a package archive",
      "for a bare model: put it into a folder of its own and write model.yaml beside it with "
      "'mlopsctl package describe'");
}

ModelPackage open_digested(const std::string& path, std::string_view model_yaml,
                           const std::vector<formats::PackedItem>& files,
                           const OpenLimits& limits) {
  const bool is_one = is_folder(path);
  const std::string separator = is_one ? "/" : ":";
  ModelPackage package;
  package.path = path;
  package.spec = parse_model_spec(model_yaml, path + separator + k_model_yaml);
  std::map<std::string, std::string> found{{k_model_yaml, sha256(model_yaml)}};
  for (const auto& name : wanted_files(package.spec)) {
    const auto file = std::find_if(files.begin(), files.end(),
                                   [&](const auto& item) { return item.name == name; });
    if (file == files.end() && !is_one)
      fail_missing(path, name);
    if (file == files.end()) // is not there, or hidden
      found[name] = digest_of(*open_source(resolve_inside(path, name)));
    else
      found[name] = file->digest;
    if (file != files.end() && name == package.spec.weights)
      check_size(file->size_bytes, path + separator + name, limits);
    check_digest(package.spec, path, name, found[name]);
  }
  package.weights_digest = found[package.spec.weights];
  package.digest = listing_digest(found);
  return package;
}

} // namespace mlopsctl::package
