// SPDX-License-Identifier: Apache-2.0
// Opening of files, network streams and cameras, with what libav may reach narrowed to what was
// named.
#include "imaging/media/reader.hpp"

#include <string_view>

extern "C" {
#include <libavdevice/avdevice.h>
}

namespace mlopsctl::media {
namespace {

/// Containers and raw streams of video. Playlists and scripts (hls, concat, sdp ...) are not among
/// them: a file would make us open others.
constexpr const char* k_file_formats = "mov,matroska,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,vc1,"
                                       "obu,ivf,av1,flv,asf,ogg,mxf,nut,dv,mjpeg,"
                                       "yuv4mpegpipe,gif,apng,webp_pipe,rm,3dostr,wtv,dvdnav,gxf";
constexpr const char* k_stream_formats =
    "rtsp,rtp,sdp,hls,applehttp,mpjpeg,mjpeg,mov,matroska,mpegts,mpeg,flv,"
    "h264,hevc,avi,ogg";

struct Dictionary {
  ~Dictionary() { av_dict_free(&value); }
  void set(const char* key, const std::string& text) { av_dict_set(&value, key, text.c_str(), 0); }
  AVDictionary* value = nullptr;
};

void set_options(const MlopsctlMediaOptions& options, Dictionary& dictionary) {
  const auto microseconds = std::to_string(static_cast<long long>(options.timeout_s * 1e6));
  switch (options.kind) {
  case MLOPSCTL_MEDIA_FILE:
    dictionary.set("protocol_whitelist", "file");
    dictionary.set("format_whitelist", k_file_formats);
    break;
  case MLOPSCTL_MEDIA_STDIN:
    dictionary.set("protocol_whitelist", "pipe");
    dictionary.set("format_whitelist", k_file_formats);
    break;
  case MLOPSCTL_MEDIA_STREAM:
    dictionary.set("protocol_whitelist", "http,https,rtsp,rtsps,rtp,tcp,udp,tls,httpproxy,crypto");
    dictionary.set("format_whitelist", k_stream_formats);
    dictionary.set("rtsp_transport", "tcp"); // lost packets would be damaged frames
    dictionary.set("timeout", microseconds);
    dictionary.set("rw_timeout", microseconds);
    break;
  case MLOPSCTL_MEDIA_CAMERA:
    if (options.camera_width > 0)
      dictionary.set("video_size", std::to_string(options.camera_width) + "x" +
                                       std::to_string(options.camera_height));
    if (options.camera_fps > 0)
      dictionary.set("framerate", std::to_string(options.camera_fps));
    break;
  }
}

bool is_motion_jpeg(const AVFormatContext& format) {
  const std::string_view name = format.iformat->name;
  return name == "mpjpeg" || name == "mjpeg";
}

/// Packets get the time at which they come. The clock of the format itself ticks 25 times a second.
void take_times_of_arrival(AVFormatContext& format) {
  format.use_wallclock_as_timestamps = 1;
  for (unsigned i = 0; i < format.nb_streams; ++i)
    format.streams[i]->time_base = {1, 1'000'000};
  format.fps_probe_size = 0; // the first picture says all there is to know
}

} // namespace

void throw_if_interrupted(const MlopsctlMediaOptions& options) {
  if (options.is_interrupted && options.is_interrupted(options.context) != 0)
    throw Failure{MLOPSCTL_MEDIA_INTERRUPTED, {}};
}

FormatPtr open_format(const MlopsctlMediaOptions& options, Complaints& complaints) {
  silence_log();
  complaints.forget();
  const AVInputFormat* input = nullptr;
  if (options.kind == MLOPSCTL_MEDIA_CAMERA) {
    avdevice_register_all();
    input = av_find_input_format("video4linux2");
    if (!input)
      throw Failure{MLOPSCTL_MEDIA_FAILED, "libavdevice was built without Video4Linux"};
  }
  AVFormatContext* context = avformat_alloc_context();
  if (!context)
    throw Failure{MLOPSCTL_MEDIA_FAILED, "out of memory"};
  context->interrupt_callback = {options.is_interrupted, options.context};
  Dictionary dictionary;
  set_options(options, dictionary);
  std::string url = options.url;
  if (options.kind == MLOPSCTL_MEDIA_FILE)
    url.insert(0, "file:"); // a name with a colon would be taken for a protocol
  if (options.kind == MLOPSCTL_MEDIA_STDIN)
    url = "pipe:0";
  const int code = avformat_open_input(&context, url.c_str(), input, &dictionary.value);
  FormatPtr format(context); // null after a failure: libav has freed it
  if (code < 0)
    throw_if_interrupted(options);
  if (code == AVERROR(ENOENT) || code == AVERROR(ENODEV) || code == AVERROR(ENXIO) ||
      code == AVERROR(ECONNREFUSED))
    throw Failure{MLOPSCTL_MEDIA_NOT_FOUND, complaints.explain(code)};
  if (code < 0)
    throw Failure{MLOPSCTL_MEDIA_FAILED, complaints.explain(code)};
  if (options.kind == MLOPSCTL_MEDIA_STREAM && is_motion_jpeg(*format))
    take_times_of_arrival(*format); // its frames say no time: when they come is all there is
  const int found = avformat_find_stream_info(format.get(), nullptr);
  if (found < 0)
    throw_if_interrupted(options);
  if (found < 0)
    throw Failure{MLOPSCTL_MEDIA_FAILED, complaints.explain(found)};
  return format;
}

unsigned choose_stream(AVFormatContext& format) {
  const int best = av_find_best_stream(&format, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (best < 0)
    throw Failure{MLOPSCTL_MEDIA_FAILED, "there is no video in it"};
  for (unsigned i = 0; i < format.nb_streams; ++i)
    if (i != static_cast<unsigned>(best))
      format.streams[i]->discard = AVDISCARD_ALL;
  return static_cast<unsigned>(best);
}

bool for_each_packet(AVFormatContext& format, unsigned stream, const Complaints& complaints,
                     const std::function<bool(const AVPacket&)>& take) {
  const PacketPtr packet(av_packet_alloc());
  int code = 0;
  while ((code = av_read_frame(&format, packet.get())) >= 0) {
    const bool goes_on = packet->stream_index != static_cast<int>(stream) || take(*packet);
    av_packet_unref(packet.get());
    if (!goes_on)
      return true;
  }
  if (code == AVERROR_EXIT)
    throw Failure{MLOPSCTL_MEDIA_INTERRUPTED, {}};
  return code == AVERROR_EOF && !complaints.tell_of_early_end();
}

void scan(const MlopsctlMediaOptions& options, void (*frame)(void*, double), void* context) {
  Complaints complaints;
  const Listening listening(complaints);
  const FormatPtr format = open_format(options, complaints);
  const unsigned chosen = choose_stream(*format);
  const AVRational base = format->streams[chosen]->time_base;
  for_each_packet(*format, chosen, complaints, [&](const AVPacket& packet) {
    constexpr int k_unshown = AV_PKT_FLAG_CORRUPT | AV_PKT_FLAG_DISCARD;
    const std::int64_t stamp = packet.pts == AV_NOPTS_VALUE ? packet.dts : packet.pts;
    if ((packet.flags & k_unshown) == 0)
      frame(context, stamp == AV_NOPTS_VALUE || base.den == 0
                         ? 0
                         : static_cast<double>(stamp) * base.num / base.den);
    return true;
  });
}

} // namespace mlopsctl::media
