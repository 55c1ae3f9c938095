// SPDX-License-Identifier: Apache-2.0
// Decoding, presentation times, and what is wrong with a file; nothing that a container claims is
// believed without need.
#include "imaging/media/reader.hpp"

#include "imaging/media/packet_plan.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

extern "C" {
#include <libavutil/display.h>
}

namespace media = mlopsctl::media;
using media::Failure;

namespace {

/// Rates outside are artefacts of time bases (1200000 for a raw stream), not of cameras.
bool is_sane_fps(double fps) {
  return std::isfinite(fps) && fps >= 0.01 && fps <= 1000;
}

/// Bare streams: the demuxer makes stamps up from a rate that it assumes.
bool has_own_stamps(const AVFormatContext& context) {
  if (context.use_wallclock_as_timestamps != 0)
    return true;
  const AVInputFormat& format = *context.iformat;
  constexpr std::array<std::string_view, 9> k_bare{"h264", "hevc", "m4v",   "mpegvideo", "vc1",
                                                   "obu",  "h263", "mjpeg", "dirac"};
  return (format.flags & AVFMT_NOTIMESTAMPS) == 0 &&
         std::find(k_bare.begin(), k_bare.end(), format.name) == k_bare.end();
}

double ratio(AVRational value) {
  return value.den == 0 ? 0 : static_cast<double>(value.num) / value.den;
}

void copy_text(char* to, std::size_t size, const std::string& text) {
  std::snprintf(to, size, "%s", text.c_str());
}

} // namespace

double media::Clock::time_of(const AVFrame& frame, std::int64_t index) {
  if (!has_stamps_)
    return static_cast<double>(index) / fps_;
  const std::int64_t stamp = frame.best_effort_timestamp;
  const double step_s = fps_ > 0 ? 1 / fps_ : ratio(time_base_);
  if (first_ == AV_NOPTS_VALUE && stamp != AV_NOPTS_VALUE) {
    // The first packet of RTSP comes before its clock is known, and is shown one frame earlier.
    const double before_s = index > 0 ? last_s_ + step_s : 0;
    first_ = stamp - std::llround(before_s / ratio(time_base_));
  }
  double time_s = -1;
  if (stamp != AV_NOPTS_VALUE && first_ != AV_NOPTS_VALUE)
    time_s = static_cast<double>(stamp - first_) * time_base_.num / time_base_.den;
  if (time_s <= last_s_ && index > 0) // no stamp, or one that goes back: one frame after the last
    time_s = last_s_ + step_s;
  last_s_ = std::max(time_s, 0.0);
  return last_s_;
}

double media::Clock::time_of(std::int64_t stamp, std::int64_t first) const {
  return static_cast<double>(stamp - first) * time_base_.num / time_base_.den;
}

MlopsctlMediaReader::~MlopsctlMediaReader() = default;

MlopsctlMediaReader::MlopsctlMediaReader(const MlopsctlMediaOptions& options)
    : url_(options.url), options_(options), frame_(av_frame_alloc()), packet_(av_packet_alloc()) {
  options_.url = url_.c_str(); // the caller's may go
  const media::Listening listening(complaints_);
  format_ = media::open_format(options_, complaints_);
  stream_ = media::choose_stream(*format_);
  open_decoder();
  check_index_of_file();
  if (!is_network() && complaints_.tell_of_early_end())
    damage_.is_cut_off = 1; // so short that looking for streams came to its end
  complaints_.forget();
  start_clock();
}

void MlopsctlMediaReader::open_decoder() {
  const AVCodecParameters& parameters = *stream().codecpar;
  const AVCodec* decoder = avcodec_find_decoder(parameters.codec_id);
  if (!decoder)
    throw Failure{MLOPSCTL_MEDIA_FAILED, std::string("there is no decoder for its codec '") +
                                             avcodec_get_name(parameters.codec_id) + "'"};
  codec_.reset(avcodec_alloc_context3(decoder));
  if (!codec_ || avcodec_parameters_to_context(codec_.get(), &parameters) < 0)
    throw Failure{MLOPSCTL_MEDIA_FAILED, "out of memory for the decoder"};
  codec_->opaque = &complaints_;
  codec_->pkt_timebase = stream().time_base;
  codec_->thread_count = std::clamp(options_.threads, 1, 16);
  codec_->max_pixels = options_.max_pixels;
  if (const int code = avcodec_open2(codec_.get(), decoder, nullptr); code < 0)
    throw Failure{MLOPSCTL_MEDIA_FAILED, complaints_.explain(code)};
}

/// Without stamps the rate comes from the user or, once the first frame is decoded, from the
/// bitstream.
void MlopsctlMediaReader::start_clock() {
  const double listed_fps = ratio(stream().avg_frame_rate);
  if (has_own_stamps(*format_) && stream().time_base.num > 0) {
    has_time_ = true;
    clock_ = media::Clock(true, stream().time_base, is_sane_fps(listed_fps) ? listed_fps : 0);
    return;
  }
  double fps = options_.assume_fps;
  if (fps <= 0) {
    is_ahead_ = decode();
    fps = ratio(codec_->framerate);
    if (fps < 1 || fps > 240) // encoders write fields per second, microseconds or nothing
      return;
  }
  has_time_ = true;
  clock_ = media::Clock(false, stream().time_base, fps);
}

/// An MP4's index lists every sample: one that lies behind the end of the file says "cut off"
/// before anything is decoded.
void MlopsctlMediaReader::check_index_of_file() {
  const std::int64_t size = options_.kind == MLOPSCTL_MEDIA_FILE ? avio_size(format_->pb) : -1;
  if (size <= 0)
    return;
  const int count = avformat_index_get_entries_count(&stream());
  for (int i = 0; i < count; ++i) {
    const AVIndexEntry* entry = avformat_index_get_entry(&stream(), i);
    if (entry && entry->pos + entry->size > size)
      damage_.is_cut_off = 1;
  }
}

void MlopsctlMediaReader::info(MlopsctlMediaInfo& info) const {
  info = {};
  const AVStream& video = stream();
  copy_text(info.container, sizeof info.container, format_->iformat->name);
  copy_text(info.codec, sizeof info.codec, avcodec_get_name(video.codecpar->codec_id));
  info.width = video.codecpar->width;
  info.height = video.codecpar->height;
  const double fps = ratio(video.avg_frame_rate);
  info.fps = is_sane_fps(fps) ? fps : 0;
  info.duration_s =
      format_->duration > 0 ? static_cast<double>(format_->duration) / AV_TIME_BASE : 0;
  info.has_time = has_time_ ? 1 : 0;
  const bool is_file = options_.kind == MLOPSCTL_MEDIA_FILE && avio_size(format_->pb) > 0;
  info.is_live = is_file ? 0 : 1; // a FIFO has no size
  const bool has_size = format_->pb && avio_size(format_->pb) > 0;
  info.has_end = is_file || !is_network() || info.duration_s > 0 || has_size ? 1 : 0;
  std::size_t size = 0;
  if (const auto* matrix = av_stream_get_side_data(&video, AV_PKT_DATA_DISPLAYMATRIX, &size);
      matrix && size >= 9 * sizeof(std::int32_t)) {
    const double degrees = -av_display_rotation_get(reinterpret_cast<const std::int32_t*>(matrix));
    if (std::isfinite(degrees))
      info.rotation_degrees = (static_cast<int>(std::lround(degrees / 90)) * 90 % 360 + 360) % 360;
  }
}

void MlopsctlMediaReader::note_damage(int code) {
  ++damage_.damaged;
  if (damage_.message[0] == '\0')
    copy_text(damage_.message, sizeof damage_.message, complaints_.explain(code));
}

/// Over HTTP libav reports the end of a stream whose length nobody said as an input error.
bool MlopsctlMediaReader::is_end_of_endless(int code) const {
  return code == AVERROR(EIO) && format_->pb && avio_size(format_->pb) < 0;
}

/// A server that dies looks like the end of the stream.
bool MlopsctlMediaReader::is_rtsp_cut_off() const {
  constexpr double k_rest_s = 1; // as long may the last frame be shown
  return std::string_view(format_->iformat->name) == "rtsp" && format_->duration > 0 &&
         clock_.last_s() + k_rest_s < static_cast<double>(format_->duration) / AV_TIME_BASE;
}

/// Gives the decoder one more packet of our stream, or tells it that there are no more.
void MlopsctlMediaReader::feed() {
  for (;;) {
    media::throw_if_interrupted(options_);
    const int code = av_read_frame(format_.get(), packet_.get());
    if (code == AVERROR(EAGAIN))
      continue;
    if (code == AVERROR_EXIT)
      throw Failure{MLOPSCTL_MEDIA_INTERRUPTED, {}};
    if (code < 0) {
      if (code != AVERROR_EOF && !is_network())
        note_damage(code);
      // Told after the frames that the decoder still holds.
      if (code != AVERROR_EOF && is_network() && !is_end_of_endless(code))
        failure_ = complaints_.explain(code);
      if (!is_network() && complaints_.tell_of_early_end())
        damage_.is_cut_off = 1;
      is_drained_ = true;
      avcodec_send_packet(codec_.get(), nullptr);
      return;
    }
    const bool is_ours = packet_->stream_index == static_cast<int>(stream_);
    const bool is_whole = (packet_->flags & AV_PKT_FLAG_CORRUPT) == 0;
    if (is_ours && !is_whole)
      note_damage(AVERROR_INVALIDDATA); // what the decoder would make of it is half a picture
    if (is_ours && is_whole && is_wanted_packet()) {
      const int sent = avcodec_send_packet(codec_.get(), packet_.get());
      av_packet_unref(packet_.get());
      if (sent < 0 && sent != AVERROR(EAGAIN))
        note_damage(sent);
      return;
    }
    av_packet_unref(packet_.get());
  }
}

/// \return false at the end.
bool MlopsctlMediaReader::decode() {
  for (;;) {
    const int code = avcodec_receive_frame(codec_.get(), frame_.get());
    if (code == AVERROR_EOF)
      return false;
    if (code == AVERROR(EAGAIN) && !is_drained_) {
      feed();
      continue;
    }
    if (code == AVERROR(EAGAIN))
      return false;
    if (code < 0) {
      note_damage(code);
      continue;
    }
    if (frame_->decode_error_flags != 0 || (frame_->flags & AV_FRAME_FLAG_CORRUPT) != 0) {
      note_damage(AVERROR_INVALIDDATA);
      continue;
    }
    return true;
  }
}

std::optional<std::int64_t> MlopsctlMediaReader::choose(int (*takes)(void*, std::int64_t, double),
                                                        void* context) {
  constexpr std::size_t k_most_packets = 50'000'000; // of 24 bytes; eight days at 60 a second
  const bool is_file = options_.kind == MLOPSCTL_MEDIA_FILE && avio_size(format_->pb) > 0;
  if (!is_file || !has_time_ || is_ahead_ || !has_own_stamps(*format_) || count_ > 0)
    return std::nullopt;
  std::vector<media::PacketInfo> packets;
  bool is_suitable = true;
  const media::Listening listening(complaints_);
  const auto format = media::open_format(options_, complaints_);
  const unsigned stream = media::choose_stream(*format);
  media::PacketInspector inspector(*format->streams[stream]);
  const bool is_whole =
      media::for_each_packet(*format, stream, complaints_, [&](const AVPacket& packet) {
        const auto info = inspector.inspect(packet);
        is_suitable = info && packets.size() < k_most_packets;
        if (is_suitable)
          packets.push_back(*info);
        return is_suitable;
      });
  complaints_.forget(); // decoding will make them again, if they matter
  if (!is_suitable || !is_whole || packets.empty())
    return std::nullopt;
  const auto first = std::min_element(packets.begin(), packets.end(), [](auto& a, auto& b) {
                       return a.stamp < b.stamp;
                     })->stamp;
  auto plan = media::PacketPlan::make(packets, [&](std::int64_t index, std::int64_t stamp) {
    return takes(context, index, clock_.time_of(stamp, first)) != 0;
  });
  if (!plan)
    return std::nullopt;
  first_stamp_ = first;
  plan_ = std::make_unique<media::PacketPlan>(std::move(*plan));
  is_selective_ = true;
  return static_cast<std::int64_t>(packets.size());
}

/// The packet that was read, by its number.
bool MlopsctlMediaReader::is_wanted_packet() {
  if (!is_selective_)
    return true;
  const std::size_t number = packet_number_++;
  return number < plan_->packet_count() && plan_->is_needed(number);
}

/// A file whose packets promised more than the decoder could make of them: once more from the
/// start, as if nothing had been left out.
void MlopsctlMediaReader::decode_everything() {
  is_selective_ = false;
  is_drained_ = false;
  format_ = media::open_format(options_, complaints_);
  stream_ = media::choose_stream(*format_);
  open_decoder();
  damage_.damaged = 0;
  damage_.message[0] = '\0';
  complaints_.forget();
}

MlopsctlMediaStatus MlopsctlMediaReader::next_wanted(MlopsctlMediaFrame& frame) {
  const auto& wanted = plan_->wanted();
  while (wanted_number_ < wanted.size()) {
    const bool is_frame = decode();
    if (is_selective_ && (!is_frame || frame_->pts > wanted[wanted_number_].stamp)) {
      decode_everything();
      continue;
    }
    if (!is_frame)
      break;
    while (wanted_number_ < wanted.size() && wanted[wanted_number_].stamp < frame_->pts)
      ++wanted_number_; // it is among the damage
    if (wanted_number_ == wanted.size() || wanted[wanted_number_].stamp != frame_->pts)
      continue;
    const auto& found = wanted[wanted_number_++];
    frame = {found.index, clock_.time_of(found.stamp, first_stamp_), frame_->width, frame_->height};
    return MLOPSCTL_MEDIA_OK;
  }
  return MLOPSCTL_MEDIA_END;
}

MlopsctlMediaStatus MlopsctlMediaReader::next(MlopsctlMediaFrame& frame) {
  const media::Listening listening(complaints_);
  if (plan_)
    return next_wanted(frame);
  if (!is_ahead_ && !decode()) {
    if (failure_.empty() && is_rtsp_cut_off())
      failure_ = "the server stopped before the end that it had announced";
    if (!failure_.empty())
      throw Failure{MLOPSCTL_MEDIA_FAILED, failure_};
    return MLOPSCTL_MEDIA_END;
  }
  is_ahead_ = false;
  frame.index = count_;
  frame.time_s = has_time_ ? clock_.time_of(*frame_, count_) : 0;
  frame.width = frame_->width;
  frame.height = frame_->height;
  ++count_;
  return MLOPSCTL_MEDIA_OK;
}

void MlopsctlMediaReader::read_rgb(std::uint8_t* to) {
  converter_.convert(*frame_, to);
}

void MlopsctlMediaReader::damage(MlopsctlMediaDamage& damage) const {
  damage = damage_;
  damage.complaints = complaints_.count();
  if (damage.message[0] == '\0')
    copy_text(damage.message, sizeof damage.message, complaints_.first());
}
