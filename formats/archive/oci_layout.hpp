// SPDX-License-Identifier: Apache-2.0
// Images on disk: OCI layouts (a folder, or a tar of one) and the tars of 'docker save', old and
// new.
#pragma once

#include "core/error.hpp"
#include "formats/archive/archive.hpp"
#include "formats/archive/oci.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::formats {

/// oci-layout, index.json and blobs/sha256/*. The folder is not finished.
void write_oci_layout(FolderSink& folder, const OciImage& image);
/// The same in a tar, with the manifest.json of 'docker save' beside it: docker load, podman and
/// skopeo take it. The sink is not finished.
PackResult write_oci_tar(ByteSink& sink, const OciImage& image);

enum class ImageKind { oci_layout, oci_tar, docker_tar };
std::string_view image_kind_name(ImageKind kind); ///< "oci-layout", "oci-archive", ...

/// What \p path is: a folder with oci-layout, or a tar that begins as one or has a manifest.json;
/// nothing if it is no image. Names are read, contents are not. \throws Error(input) if it cannot
/// be read.
std::optional<ImageKind> image_kind_of(const std::string& path);

/// What a place holds, as far as it can be followed. Nothing is trusted: digests were not computed.
struct StoredImages {
  ImageKind kind = ImageKind::oci_layout;
  std::vector<OciImage> images;
  std::vector<OciIndexEntry> index; ///< of images and attestations
  bool has_nested_index = false;    ///< one reference for several platforms
  /// Rules image-layout and image-blob: what is missing, or is not what it should be.
  Problems problems;
};

/// \param limits of the tar. \throws Error(input) if \p path is no image.
StoredImages open_images(const std::string& path, const ArchiveLimits& limits);

} // namespace mlopsctl::formats
