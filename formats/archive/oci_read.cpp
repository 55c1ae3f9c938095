// SPDX-License-Identifier: Apache-2.0
// Reading images: from names to blobs. What is not there or not as stated becomes a problem.
#include "core/digest.hpp"
#include "core/interrupt.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "formats/archive/oci_layout.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>

namespace mlopsctl::formats {
namespace {

constexpr const char* k_layout_file = "oci-layout";
constexpr const char* k_index_file = "index.json";
constexpr const char* k_docker_file = "manifest.json";
constexpr int k_most_nested = 3;
/// Where a tar's own members say that it is an image; what stands before them is blobs.
constexpr std::size_t k_head_bytes = 512;

/// A tree of files, on disk or in a tar.
class ImageFiles {
public:
  virtual ~ImageFiles() = default;
  virtual std::optional<std::uint64_t> size_of(const std::string& name) const = 0;
  virtual std::unique_ptr<ByteSource> open(const std::string& name) const = 0;
};

class FolderFiles final : public ImageFiles {
public:
  explicit FolderFiles(const std::string& path) : folder_(open_folder(path)) {
    for (auto& entry : folder_->list())
      sizes_[entry.name] = entry.size_bytes;
  }
  std::optional<std::uint64_t> size_of(const std::string& name) const override {
    const auto found = sizes_.find(name);
    return found == sizes_.end() ? std::nullopt : std::optional(found->second);
  }
  std::unique_ptr<ByteSource> open(const std::string& name) const override {
    return folder_->open(name);
  }

private:
  std::unique_ptr<Folder> folder_;
  std::map<std::string, std::uint64_t> sizes_;
};

/// A part of a source that is mapped.
class SliceSource final : public ByteSource {
public:
  SliceSource(std::shared_ptr<ByteSource> whole, std::string_view bytes, std::string name)
      : whole_(std::move(whole)), bytes_(bytes), name_(std::move(name)) {}
  std::size_t read(std::span<char> buffer) override {
    const auto piece = bytes_.substr(offset_, buffer.size());
    std::copy(piece.begin(), piece.end(), buffer.begin());
    offset_ += piece.size();
    return piece.size();
  }
  void rewind() override { offset_ = 0; }
  std::optional<std::uint64_t> size_bytes() const override { return bytes_.size(); }
  const std::string& name() const override { return name_; }

private:
  std::shared_ptr<ByteSource> whole_;
  std::string_view bytes_;
  std::string name_;
  std::size_t offset_ = 0;
};

/// Opened where it can be read from any place.
std::shared_ptr<ByteSource> open_mapped(const std::string& path) {
  std::shared_ptr<ByteSource> source = open_source(path);
  if (!source->mapped())
    source = spool_source(*source, path);
  return source;
}

class TarFiles final : public ImageFiles {
public:
  TarFiles(const std::string& path, const ArchiveLimits& limits, Problems& problems)
      : source_(open_mapped(path)) {
    const auto reader = open_tar_listing(*source_, limits);
    while (auto member = reader->next()) {
      if (member->type == MemberType::folder)
        continue;
      const auto name = member->name;
      if (!members_.emplace(name, std::move(*member)).second)
        problems.push_back({"image-layout", Severity::error, path,
                            "member '" + printable(name) + "' occurs twice"});
    }
  }
  std::optional<std::uint64_t> size_of(const std::string& name) const override {
    const auto* member = find(name);
    return member ? std::optional(member->size_bytes) : std::nullopt;
  }
  std::unique_ptr<ByteSource> open(const std::string& name) const override {
    const auto* member = find(name);
    if (!member)
      throw Error(Fault::input, source_->name() + ": there is no '" + printable(name) + "' in it");
    const auto all = *source_->mapped();
    if (member->offset > all.size() || member->size_bytes > all.size() - member->offset)
      throw Error(Fault::input, source_->name() + ": '" + printable(name) + "' is cut short",
                  "the file is damaged or incomplete; fetch it again");
    return std::make_unique<SliceSource>(source_, all.substr(member->offset, member->size_bytes),
                                         source_->name() + ": " + name);
  }

private:
  /// Old versions of 'docker save' link to a layer that two images share.
  const ArchiveMember* find(const std::string& name) const {
    const auto found = members_.find(name);
    if (found == members_.end())
      return nullptr;
    if (found->second.type == MemberType::file)
      return &found->second;
    namespace fs = std::filesystem;
    const auto& target = found->second.target;
    const auto path = found->second.type == MemberType::symlink
                          ? (fs::path(name).parent_path() / target).lexically_normal()
                          : fs::path(target).lexically_normal();
    const auto other = members_.find(path.generic_string());
    const bool is_file = other != members_.end() && other->second.type == MemberType::file;
    return is_file ? &other->second : nullptr;
  }

  std::shared_ptr<ByteSource> source_;
  std::map<std::string, ArchiveMember> members_;
};

/// Follows names to what they name, and notes what is wrong on the way.
class Follower {
public:
  Follower(std::string path, std::shared_ptr<ImageFiles> files, StoredImages& out)
      : path_(std::move(path)), files_(std::move(files)), out_(out) {}

  void follow_layout() {
    check_layout_file();
    for (auto& entry : parse_oci_index(document(k_index_file), place(k_index_file)))
      follow(entry, 1);
  }

  void follow_docker_file() {
    const auto name = place(k_docker_file);
    const Value root = parse_json(document(k_docker_file), name);
    if (!root.is_array())
      throw Error(Fault::input, name + ": is " + std::string(kind_name(root.kind)) +
                                    ", a list of images was expected");
    for (const auto& item : root.items) {
      ObjectReader reader(item, name);
      OciImage image;
      image.config = plain_blob(reader.text("Config"), k_docker_config);
      for (const auto& layer : reader.texts("Layers"))
        image.layers.push_back(plain_blob(layer, "application/vnd.docker.image.rootfs.diff.tar"));
      if (const auto tags = reader.texts("RepoTags"); !tags.empty())
        image.reference = tags.front();
      out_.images.push_back(std::move(image));
    }
  }

private:
  std::string place(const std::string& name) const { return path_ + ": " + printable(name); }

  void add(const std::string& rule, const std::string& name, const std::string& text) {
    out_.problems.push_back({rule, Severity::error, place(name), text});
  }

  std::string document(const std::string& name) const {
    const auto most = limit(Limit::image_json_bytes);
    if (files_->size_of(name).value_or(0) > most)
      throw Error(Fault::input,
                  place(name) + ": " + bytes_for_people(*files_->size_of(name)) +
                      " is over the limit of " + bytes_for_people(most),
                  limit_hint(Limit::image_json_bytes));
    return read_all(*files_->open(name), most);
  }

  void check_layout_file() {
    if (!files_->size_of(k_layout_file)) {
      add("image-layout", k_layout_file, "is missing");
      return;
    }
    const Value root = parse_json(document(k_layout_file), place(k_layout_file));
    const Value* version = root.find("imageLayoutVersion");
    if (!version || version->string != "1.0.0")
      add("image-layout", k_layout_file, "does not say imageLayoutVersion 1.0.0");
  }

  static std::string name_of(const OciDescriptor& descriptor) {
    return "blobs/sha256/" + descriptor.digest.substr(descriptor.digest.find(':') + 1);
  }

  /// A layer: its bytes are for later.
  OciBlob blob(const OciDescriptor& descriptor) {
    OciBlob out{descriptor, {}};
    const auto name = name_of(descriptor);
    const auto size = files_->size_of(name);
    if (!size) {
      add("image-blob", name, "is missing");
      return out;
    }
    if (*size != descriptor.size_bytes)
      add("image-blob", name,
          "has " + std::to_string(*size) + " bytes, its manifest says " +
              std::to_string(descriptor.size_bytes));
    out.open = [files = files_, name] { return files->open(name); };
    return out;
  }

  /// A document: checked, and kept as the bytes that were checked.
  OciBlob document_blob(const OciDescriptor& descriptor) {
    auto out = blob(descriptor);
    if (!out.open)
      return out;
    auto found = blob_of(document(name_of(descriptor)), descriptor.media_type);
    if (found.descriptor.digest != descriptor.digest) {
      add("image-digest", name_of(descriptor), "its bytes have " + found.descriptor.digest);
      return {descriptor, {}};
    }
    return found;
  }

  /// Of 'docker save', which states no digests.
  OciBlob plain_blob(const std::string& name, const std::string& media_type) {
    OciBlob out;
    out.descriptor.media_type = media_type;
    const auto size = files_->size_of(name);
    if (!size) {
      add("image-blob", name, "is missing");
      return out;
    }
    out.descriptor.size_bytes = *size;
    out.open = [files = files_, name] { return files->open(name); };
    return out;
  }

  static std::string text_of(const OciBlob& blob) {
    return blob.open ? read_all(*blob.open(), limit(Limit::image_json_bytes)) : std::string();
  }

  void follow(const OciIndexEntry& entry, int depth) {
    check_interrupt();
    const auto blob_here = document_blob(entry.descriptor);
    const auto& type = entry.descriptor.media_type;
    if (type == k_oci_index || type == k_docker_list) {
      out_.has_nested_index = true;
      if (depth >= k_most_nested || !blob_here.open)
        return;
      for (auto child : parse_oci_index(text_of(blob_here), place(name_of(entry.descriptor)))) {
        if (child.reference.empty())
          child.reference = entry.reference;
        follow(child, depth + 1);
      }
      return;
    }
    out_.index.push_back(entry);
    if (entry.is_attestation || !blob_here.open)
      return;
    OciImage image;
    image.manifest = blob_here;
    image.reference = entry.reference;
    const auto manifest = parse_oci_manifest(text_of(blob_here), place(name_of(entry.descriptor)));
    image.config = document_blob(manifest.config);
    for (const auto& layer : manifest.layers)
      image.layers.push_back(blob(layer));
    out_.images.push_back(std::move(image));
  }

  std::string path_;
  std::shared_ptr<ImageFiles> files_;
  StoredImages& out_;
};

/// Names until one decides: an image's own stand among blobs, which may be thousands.
std::optional<ImageKind> tar_kind(const std::string& path) {
  const auto source = open_mapped(path);
  if (archive_kind(source->mapped()->substr(0, k_head_bytes)) != "tar")
    return std::nullopt;
  ArchiveLimits no_limits;
  no_limits.unpacked_bytes = std::numeric_limits<std::uint64_t>::max() / 2;
  const auto reader = open_tar_listing(*source, no_limits);
  bool is_docker = false;
  try {
    while (const auto member = reader->next()) {
      if (member->name == k_layout_file || member->name == k_index_file)
        return ImageKind::oci_tar;
      is_docker = is_docker || member->name == k_docker_file;
    }
  } catch (const Error&) { // a tar that is damaged is for its reader to refuse
    return std::nullopt;
  }
  return is_docker ? std::optional(ImageKind::docker_tar) : std::nullopt;
}

} // namespace

std::string_view image_kind_name(ImageKind kind) {
  switch (kind) {
  case ImageKind::oci_layout: return "oci-layout";
  case ImageKind::oci_tar: return "oci-archive";
  case ImageKind::docker_tar: return "docker-archive";
  }
  return "";
}

std::optional<ImageKind> image_kind_of(const std::string& path) {
  if (is_folder(path)) {
    const auto folder = open_folder(path);
    return folder->contains(k_layout_file) ? std::optional(ImageKind::oci_layout) : std::nullopt;
  }
  return is_file(path) ? tar_kind(path) : std::nullopt;
}

StoredImages open_images(const std::string& path, const ArchiveLimits& limits) {
  const auto kind = image_kind_of(path);
  if (!kind)
    throw Error(Fault::input,
                path + ": is no container image (an OCI layout, or a tar of one or of docker save)",
                "'mlopsctl package image' makes one; a tar that is compressed must be unpacked");
  StoredImages out;
  out.kind = *kind;
  std::shared_ptr<ImageFiles> files;
  if (*kind == ImageKind::oci_layout)
    files = std::make_shared<FolderFiles>(path);
  else
    files = std::make_shared<TarFiles>(path, limits, out.problems);
  Follower follower(path, std::move(files), out);
  if (*kind == ImageKind::docker_tar)
    follower.follow_docker_file();
  else
    follower.follow_layout();
  return out;
}

} // namespace mlopsctl::formats
