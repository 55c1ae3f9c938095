// SPDX-License-Identifier: Apache-2.0
// The C++ side of media.so: statuses become errors in words.
#include "imaging/video.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "imaging/codecs.hpp"
#include "imaging/detail/media_module.hpp"
#include "imaging/transform.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace mlopsctl::imaging {
namespace {

using Message = detail::MediaMessage;

int is_interrupted(void*) {
  return interrupt_requested();
}

/// Does the file begin as an MP4 does? libav goes by the name as well.
bool begins_as_mp4(const std::string& path) {
  std::array<char, 8> head{};
  std::ifstream(path, std::ios::binary).read(head.data(), head.size());
  const std::string_view box(head.data() + 4, 4);
  constexpr std::array<std::string_view, 6> k_boxes{"ftyp", "mdat", "free", "skip", "wide", "styp"};
  return std::find(k_boxes.begin(), k_boxes.end(), box) != k_boxes.end();
}

[[noreturn]] void fail_open(const std::string& url, const std::string& name, VideoKind kind,
                            const std::string& said) {
  const Fault fault = kind == VideoKind::stream ? Fault::remote : Fault::input;
  if (kind == VideoKind::camera)
    throw Error(fault, name + ": " + said, "plug one in or see 'mlopsctl doctor'");
  if (kind == VideoKind::stream)
    throw Error(fault, name + ": cannot be opened: " + said,
                "check the address and that the camera is on");
  if (kind == VideoKind::file && said.find("moov atom not found") != said.npos &&
      begins_as_mp4(url))
    throw Error(fault,
                name + ": the video's index (moov) is missing: the file is cut off or its "
                       "recording was never finished",
                "get the file again, or repair it with the tool that recorded it");
  throw Error(fault, name + ": is not a video that can be read",
              "check the file; MP4, MKV, MOV, AVI, WebM, MPEG-TS and raw H.264 or HEVC are known");
}

void check_file(const std::string& path, const std::string& name) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    throw Error(Fault::input, name + ": no such file",
                "check the name; relative names start at the current folder");
  if (std::filesystem::is_directory(status))
    throw Error(Fault::input, name + ": is a folder, a video file was expected");
  if (std::filesystem::is_regular_file(status) && std::filesystem::file_size(path, error) == 0)
    throw Error(Fault::input, name + ": the file is empty, a video was expected",
                "get the file again");
}

MlopsctlMediaKind media_kind(VideoKind kind) {
  switch (kind) {
  case VideoKind::stream: return MLOPSCTL_MEDIA_STREAM;
  case VideoKind::camera: return MLOPSCTL_MEDIA_CAMERA;
  case VideoKind::standard_input: return MLOPSCTL_MEDIA_STDIN;
  case VideoKind::file: break;
  }
  return MLOPSCTL_MEDIA_FILE;
}

MlopsctlMediaOptions request(const std::string& url, const VideoOptions& options) {
  MlopsctlMediaOptions request{};
  request.url = url.c_str();
  request.kind = media_kind(options.kind);
  request.threads = options.jobs;
  request.assume_fps = options.assume_fps;
  if (options.camera_size) {
    request.camera_width = options.camera_size->first;
    request.camera_height = options.camera_size->second;
  }
  request.camera_fps = options.camera_fps;
  request.max_pixels = max_pixels();
  request.timeout_s = options.timeout_s;
  request.is_interrupted = is_interrupted;
  return request;
}

} // namespace

struct VideoReader::Module {
  const MlopsctlMediaApi& api = detail::media_api();
  MlopsctlMediaReader* reader = nullptr;
  ~Module() {
    if (reader)
      api.close(reader);
  }
};

std::string without_secrets(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos)
    return url;
  const auto shown = url.substr(0, url.find_first_of("?#", scheme)); // queries carry tokens
  const auto host = scheme + 3, end = std::min(shown.find('/', host), shown.size());
  const auto at = shown.rfind('@', end);
  return at == shown.npos || at < host ? shown : shown.substr(0, host) + shown.substr(at + 1);
}

VideoReader::VideoReader(const std::string& url, const VideoOptions& options)
    : module_(std::make_unique<Module>()), url_(url), options_(options),
      name_(options.name.empty() ? without_secrets(url) : options.name), kind_(options.kind) {
  if (kind_ == VideoKind::file)
    check_file(url, name_);
  const MlopsctlMediaOptions wanted = request(url_, options_);
  Message message{};
  const auto status = module_->api.open(&wanted, &module_->reader, message.data());
  if (status == MLOPSCTL_MEDIA_INTERRUPTED)
    check_interrupt();
  if (status != MLOPSCTL_MEDIA_OK) {
    std::string said = message.data(); // may quote the address with the password in it
    for (auto at = said.find(url); at != said.npos; at = said.find(url, at + name_.size()))
      said.replace(at, url.size(), name_);
    fail_open(url, name_, kind_, printable(said));
  }
  MlopsctlMediaInfo info{};
  module_->api.info(module_->reader, &info);
  const bool is_on_its_side = info.rotation_degrees % 180 != 0;
  info_ = {info.container,
           info.codec,
           is_on_its_side ? info.height : info.width,
           is_on_its_side ? info.width : info.height,
           info.fps,
           info.duration_s,
           info.rotation_degrees,
           info.has_time != 0,
           info.is_live != 0,
           info.has_end != 0};
}

VideoReader::~VideoReader() = default;

std::optional<std::int64_t>
VideoReader::choose(const std::function<bool(const VideoFrame&)>& takes) {
  struct Asking {
    const std::function<bool(const VideoFrame&)>& takes;
    std::exception_ptr failure; // nothing may be thrown through the module
  } asking{takes, nullptr};
  const auto ask = [](void* context, std::int64_t index, double time_s) -> int {
    auto& asked = *static_cast<Asking*>(context);
    try {
      return !asked.failure && asked.takes({index, time_s, 0, 0}) ? 1 : 0;
    } catch (...) {
      asked.failure = std::current_exception();
      return 0;
    }
  };
  Message message{};
  std::int64_t frames = 0;
  const auto status = module_->api.choose(module_->reader, ask, &asking, &frames, message.data());
  if (asking.failure)
    std::rethrow_exception(asking.failure);
  if (status == MLOPSCTL_MEDIA_INTERRUPTED)
    check_interrupt();
  if (status == MLOPSCTL_MEDIA_FAILED || status == MLOPSCTL_MEDIA_NOT_FOUND)
    throw Error(Fault::input, name_ + ": " + printable(message.data()));
  return status == MLOPSCTL_MEDIA_OK ? std::optional(frames) : std::nullopt;
}

std::optional<VideoFrame> VideoReader::next() {
  Message message{};
  MlopsctlMediaFrame frame{};
  switch (module_->api.next(module_->reader, &frame, message.data())) {
  case MLOPSCTL_MEDIA_OK: break;
  case MLOPSCTL_MEDIA_END: return std::nullopt;
  case MLOPSCTL_MEDIA_INTERRUPTED: check_interrupt(); return std::nullopt;
  default:
    throw Error(kind_ == VideoKind::stream ? Fault::remote : Fault::input,
                name_ + ": after frame " + std::to_string(frame_.index) + ": " +
                    printable(message.data()));
  }
  const bool is_on_its_side = info_.rotation_degrees % 180 != 0;
  frame_ = {frame.index, std::nullopt, frame.width, frame.height};
  if (info_.has_time)
    frame_.time_s = frame.time_s;
  VideoFrame shown = frame_;
  if (is_on_its_side)
    std::swap(shown.width, shown.height);
  return shown;
}

Image VideoReader::image() {
  Image image(frame_.width, frame_.height, 3);
  Message message{};
  if (module_->api.read_rgb(module_->reader, image.pixels.data(), message.data()) !=
      MLOPSCTL_MEDIA_OK)
    throw Error(Fault::input, name_ + ": frame " + std::to_string(frame_.index) + ": " +
                                  printable(message.data()));
  switch (info_.rotation_degrees) {
  case 90: return rotate90(image);
  case 180: return rotate180(image);
  case 270: return rotate270(image);
  default: return image;
  }
}

std::optional<YuvImage> VideoReader::planes() {
  if (info_.rotation_degrees != 0)
    return std::nullopt;
  YuvImage planes(frame_.width, frame_.height);
  Message message{};
  const auto status = module_->api.read_yuv(module_->reader, planes.y.data(), planes.cb.data(),
                                            planes.cr.data(), message.data());
  if (status == MLOPSCTL_MEDIA_END)
    return std::nullopt;
  if (status != MLOPSCTL_MEDIA_OK)
    throw Error(Fault::input, name_ + ": frame " + std::to_string(frame_.index) + ": " +
                                  printable(message.data()));
  return planes;
}

std::vector<double> VideoReader::scan_times() const {
  std::vector<double> times_s;
  MlopsctlMediaOptions wanted = request(url_, options_);
  Message message{};
  const auto keep = [](void* list, double time_s) {
    static_cast<std::vector<double>*>(list)->push_back(time_s);
  };
  const auto status = module_->api.scan(&wanted, keep, &times_s, message.data());
  if (status == MLOPSCTL_MEDIA_INTERRUPTED)
    check_interrupt();
  if (status != MLOPSCTL_MEDIA_OK)
    throw Error(Fault::input, name_ + ": " + printable(message.data()));
  std::sort(times_s.begin(), times_s.end()); // packets come in the order of decoding
  const double first_s = times_s.empty() ? 0 : times_s.front();
  for (double& time_s : times_s)
    time_s -= first_s;
  return times_s;
}

VideoDamage VideoReader::damage() const {
  MlopsctlMediaDamage damage{};
  module_->api.damage(module_->reader, &damage);
  return {damage.damaged, damage.is_cut_off != 0, damage.complaints, printable(damage.message)};
}

} // namespace mlopsctl::imaging
