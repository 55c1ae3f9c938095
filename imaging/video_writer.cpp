// SPDX-License-Identifier: Apache-2.0
// The C++ side of media.so for writing.
#include "imaging/video_writer.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "imaging/detail/media_module.hpp"

namespace mlopsctl::imaging {
namespace {

/// x264's constant rate factor. 18 is where people stop seeing a difference; a JPEG of 95 is, too.
double rate_factor(int quality) {
  constexpr double k_fine = 18, k_step = 1.0 / 3;
  constexpr int k_fine_quality = 95, k_lossless_quality = 100;
  return quality >= k_lossless_quality ? 0 : k_fine + (k_fine_quality - quality) * k_step;
}

void check(MlopsctlMediaStatus status, const detail::MediaMessage& message,
           const std::string& path) {
  if (status != MLOPSCTL_MEDIA_OK)
    throw Error(Fault::input, path + ": cannot write: " + printable(message.data()),
                "free some space, or write to another place with -o");
}

} // namespace

struct VideoWriter::Module {
  const MlopsctlMediaApi& api = detail::media_api();
  MlopsctlMediaWriter* writer = nullptr;
  ~Module() {
    if (writer)
      api.discard(writer);
  }
};

VideoWriter::VideoWriter(const std::string& path, int width, int height, int quality)
    : module_(std::make_unique<Module>()), path_(path) {
  const MlopsctlMediaWriterOptions options{path_.c_str(), width, height, k_ticks_per_s,
                                           rate_factor(quality)};
  detail::MediaMessage message{};
  check(module_->api.create(&options, &module_->writer, message.data()), message, path_);
}

VideoWriter::~VideoWriter() = default;

void VideoWriter::add(const YuvImage& picture, std::int64_t ticks) {
  detail::MediaMessage message{};
  check(module_->api.add(module_->writer, picture.y.data(), picture.cb.data(), picture.cr.data(),
                         ticks, message.data()),
        message, path_);
}

void VideoWriter::finish(std::int64_t end_ticks) {
  detail::MediaMessage message{};
  check(module_->api.finish(module_->writer, end_ticks, message.data()), message, path_);
}

} // namespace mlopsctl::imaging
