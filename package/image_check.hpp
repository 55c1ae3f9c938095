// SPDX-License-Identifier: Apache-2.0
// Looks into container images on disk without unpacking them: are they what they say, would they
// harm who unpacks them, and who would start them?
#pragma once

#include "core/error.hpp"
#include "formats/archive/archive.hpp"
#include "formats/archive/oci_layout.hpp"
#include "package/fit.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mlopsctl::package {

struct ImageLayer {
  formats::OciDescriptor descriptor;
  std::string digest;  ///< of the bytes that are there
  std::string diff_id; ///< of what they unpack to
  std::uint64_t unpacked_bytes = 0;
  std::uint64_t members = 0;
};

struct CheckedImage {
  std::string reference;
  std::string manifest_digest; ///< empty in tars of an older docker save
  std::string image_id;        ///< digest of the configuration
  formats::OciConfig config;
  std::vector<ImageLayer> layers;
  std::uint64_t packed_bytes = 0;   ///< layers, configuration and manifest
  std::uint64_t unpacked_bytes = 0; ///< of all layers
  std::vector<Fit> fits;            ///< as an image, or the same files otherwise
};

struct ImageCheck {
  formats::ImageKind kind = formats::ImageKind::oci_layout;
  std::vector<CheckedImage> images;
  /// Errors: image-layout, image-blob, image-digest, image-config, diff-id, layer-path, layer-link,
  /// layer-whiteout. Warnings: layer-link, layer-device, history, pickle.
  Problems findings;
};

/// What cannot be read is a finding, too.
ImageCheck check_images(const std::string& path, const formats::ArchiveLimits& limits);

/// What is wrong with the names of a layer's members, in their order.
class LayerNames {
public:
  LayerNames(std::string place, Problems& findings)
      : place_(std::move(place)), findings_(findings) {}
  void look(const formats::ArchiveMember& member);

private:
  void add(const std::string& rule, Severity severity, const std::string& name,
           const std::string& text);
  void look_at_ancestors(const std::string& name);
  void look_at_link(const std::string& name, const formats::ArchiveMember& member);

  std::string place_;
  Problems& findings_;
  std::map<std::string, std::string> links_; ///< symbolic ones and where they point
  std::set<std::string> files_;
};

} // namespace mlopsctl::package
