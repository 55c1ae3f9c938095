// SPDX-License-Identifier: Apache-2.0
// Reader: one opened video inside the module. Nothing here is seen outside of media.so.
#pragma once

#include "imaging/media/complaints.hpp"
#include "imaging/media/media_api.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
}

namespace mlopsctl::media {

/// What stops the work; turned into a status and a message at the C interface.
struct Failure {
  MlopsctlMediaStatus status;
  std::string message;
};

template <auto Close> struct Closer {
  template <class T> void operator()(T* value) const { Close(value); }
};
template <auto Free> struct Freer { // libav's *_free functions take the address of the pointer
  template <class T> void operator()(T* value) const { Free(&value); }
};

using FormatPtr = std::unique_ptr<AVFormatContext, Freer<avformat_close_input>>;
using CodecPtr = std::unique_ptr<AVCodecContext, Freer<avcodec_free_context>>;
using FramePtr = std::unique_ptr<AVFrame, Freer<av_frame_free>>;
using PacketPtr = std::unique_ptr<AVPacket, Freer<av_packet_free>>;
using ScalerPtr = std::unique_ptr<SwsContext, Closer<sws_freeContext>>;

/// Of a call that was ended for it libav says AVERROR_EXIT, or just that it failed. \throws
/// Failure.
void throw_if_interrupted(const MlopsctlMediaOptions& options);

/// Opens the container, its protocol and format restricted to the kind of source. \param complaints
/// are forgotten first. \throws Failure.
FormatPtr open_format(const MlopsctlMediaOptions& options, Complaints& complaints);

/// The container's stream of video; all others are switched off. \throws Failure if there is none.
unsigned choose_stream(AVFormatContext& format);
/// Every packet of the stream of video, in the order of decoding, until \p take says false.
/// \return false if reading ended with a complaint. \throws Failure.
bool for_each_packet(AVFormatContext& format, unsigned stream, const Complaints& complaints,
                     const std::function<bool(const AVPacket&)>& take);
/// See scan of MlopsctlMediaApi. \throws Failure.
void scan(const MlopsctlMediaOptions& options, void (*frame)(void*, double), void* context);

/// SWS_CS_*: the matrix of the stream; where it says none, what players take: BT.709 for high
/// definition, else BT.601.
int matrix_of(const AVFrame& frame);
bool is_full_range(const AVFrame& frame);

/// Frames to full-range RGB with the matrix and range that the stream says.
class RgbConverter {
public:
  /// \param to height * width * 3 bytes. \throws Failure.
  void convert(const AVFrame& frame, std::uint8_t* to);

private:
  ScalerPtr scaler_;
  FramePtr padded_; // swscale may write beyond the end of a row: rows of ours are packed
};

/// See read_yuv of MlopsctlMediaApi. \return false for pixels of another kind.
bool convert_to_jpeg_planes(const AVFrame& frame, std::uint8_t* y, std::uint8_t* cb,
                            std::uint8_t* cr);

/// Presentation times in seconds since the first frame, always rising.
class Clock {
public:
  Clock() = default;
  /// \param has_stamps false: time is counted in frames of \p fps.
  Clock(bool has_stamps, AVRational time_base, double fps)
      : has_stamps_(has_stamps), time_base_(time_base), fps_(fps) {}
  double time_of(const AVFrame& frame, std::int64_t index);
  /// Of a frame whose stamp is known; \p first is that of the first frame.
  double time_of(std::int64_t stamp, std::int64_t first) const;
  double last_s() const { return last_s_; } ///< of the last frame

private:
  bool has_stamps_ = true;
  AVRational time_base_{1, 1};
  double fps_ = 0;
  std::int64_t first_ = AV_NOPTS_VALUE;
  double last_s_ = -1;
};

class PacketPlan;

} // namespace mlopsctl::media

struct MlopsctlMediaReader {
  explicit MlopsctlMediaReader(const MlopsctlMediaOptions& options);
  ~MlopsctlMediaReader();
  void info(MlopsctlMediaInfo& info) const;
  MlopsctlMediaStatus next(MlopsctlMediaFrame& frame);
  void read_rgb(std::uint8_t* to);
  bool read_yuv(std::uint8_t* y, std::uint8_t* cb, std::uint8_t* cr) {
    return mlopsctl::media::convert_to_jpeg_planes(*frame_, y, cb, cr);
  }
  void damage(MlopsctlMediaDamage& damage) const;
  /// See choose of MlopsctlMediaApi. \return how many frames were asked for; nothing: not possible.
  std::optional<std::int64_t> choose(int (*takes)(void*, std::int64_t, double), void* context);

private:
  AVStream& stream() const { return *format_->streams[stream_]; }
  /// A network may fail; a file is damaged.
  bool is_network() const {
    return options_.kind == MLOPSCTL_MEDIA_STREAM || options_.kind == MLOPSCTL_MEDIA_CAMERA;
  }
  void open_decoder();
  void start_clock();
  void check_index_of_file();
  void feed();
  void note_damage(int code);
  bool decode();
  bool is_wanted_packet();
  MlopsctlMediaStatus next_wanted(MlopsctlMediaFrame& frame);
  void decode_everything();
  bool is_end_of_endless(int code) const;
  bool is_rtsp_cut_off() const;

  std::string url_;
  MlopsctlMediaOptions options_;           ///< its url is url_
  mlopsctl::media::Complaints complaints_; ///< before what may complain
  mlopsctl::media::FormatPtr format_;
  mlopsctl::media::CodecPtr codec_;
  mlopsctl::media::FramePtr frame_;
  mlopsctl::media::PacketPtr packet_;
  mlopsctl::media::RgbConverter converter_;
  mlopsctl::media::Clock clock_;
  unsigned stream_ = 0;
  std::int64_t count_ = 0;
  bool has_time_ = false;
  bool is_drained_ = false;
  bool is_ahead_ = false; // frame_ was decoded by start_clock and not handed out yet
  std::string failure_;   // of the network, after which nothing more comes
  MlopsctlMediaDamage damage_{};
  std::unique_ptr<mlopsctl::media::PacketPlan> plan_; ///< null: every frame comes
  bool is_selective_ = false;                         ///< packets that are not needed are left out
  std::int64_t first_stamp_ = 0;                      ///< of the first frame
  std::size_t packet_number_ = 0; ///< of the next packet, in the order of decoding
  std::size_t wanted_number_ = 0; ///< of the next frame to give
};
