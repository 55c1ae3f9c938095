// SPDX-License-Identifier: Apache-2.0
// Encoding of clips. One thread and no date, so that the same frames give the same bytes.
#include "imaging/media/writer.hpp"

#include <cstring>

extern "C" {
#include <libavutil/opt.h>
}

namespace media = mlopsctl::media;
using media::Failure;

namespace {

void check(int code) {
  if (code >= 0)
    return;
  char text[AV_ERROR_MAX_STRING_SIZE] = {}; // nobody listens to its log
  av_strerror(code, text, sizeof text);
  throw Failure{MLOPSCTL_MEDIA_FAILED, text};
}

template <class T> T* there(T* memory) {
  if (!memory)
    throw Failure{MLOPSCTL_MEDIA_FAILED, "out of memory"};
  return memory;
}

void copy_plane(AVFrame& frame, int plane, const std::uint8_t* from, int width, int height) {
  for (int y = 0; y < height; ++y)
    std::memcpy(frame.data[plane] + static_cast<std::ptrdiff_t>(y) * frame.linesize[plane],
                from + static_cast<std::ptrdiff_t>(y) * width, static_cast<std::size_t>(width));
}

} // namespace

void media::OutputCloser::operator()(AVFormatContext* format) const {
  avio_closep(&format->pb);
  avformat_free_context(format);
}

MlopsctlMediaWriter::MlopsctlMediaWriter(const MlopsctlMediaWriterOptions& options)
    : width_(options.width), height_(options.height), tick_{1, options.ticks_per_s},
      frame_(there(av_frame_alloc())), packet_(there(av_packet_alloc())),
      held_(there(av_packet_alloc())) {
  media::silence_log();
  open_encoder(options.rate_factor);
  frame_->format = codec_->pix_fmt;
  frame_->width = width_;
  frame_->height = height_;
  frame_->color_range = codec_->color_range;
  frame_->colorspace = codec_->colorspace;
  check(av_frame_get_buffer(frame_.get(), 0));
  open_file(options.path);
}

void MlopsctlMediaWriter::open_encoder(double rate_factor) {
  const AVCodec* encoder = avcodec_find_encoder_by_name("libx264");
  if (!encoder)
    throw Failure{MLOPSCTL_MEDIA_FAILED, "libavcodec was built without libx264"};
  codec_.reset(there(avcodec_alloc_context3(encoder)));
  codec_->width = width_;
  codec_->height = height_;
  codec_->pix_fmt = AV_PIX_FMT_YUVJ420P;
  codec_->color_range = AVCOL_RANGE_JPEG;
  codec_->colorspace = AVCOL_SPC_SMPTE170M;
  codec_->time_base = tick_;
  codec_->framerate = {60, 1}; // only the level is chosen by it; stamps say the times
  codec_->max_b_frames = 0;
  codec_->thread_count = 1; // the number of threads changes the bytes
  codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_opt_set(codec_->priv_data, "preset", "veryfast", 0);
  av_opt_set_double(codec_->priv_data, "crf", rate_factor, 0);
  check(avcodec_open2(codec_.get(), encoder, nullptr));
}

void MlopsctlMediaWriter::open_file(const std::string& path) {
  AVFormatContext* format = nullptr;
  check(avformat_alloc_output_context2(&format, nullptr, "mp4", nullptr));
  format_.reset(format);
  format_->flags |= AVFMT_FLAG_BITEXACT; // neither a date nor libav's version
  AVStream* stream = there(avformat_new_stream(format_.get(), nullptr));
  stream->time_base = tick_;
  check(avcodec_parameters_from_context(stream->codecpar, codec_.get()));
  // Of the length of the whole, which is milliseconds elsewhere: files one after the other drift.
  check(av_opt_set_int(format_->priv_data, "movie_timescale", tick_.den, 0));
  check(avio_open(&format_->pb, ("file:" + path).c_str(), AVIO_FLAG_WRITE));
  check(avformat_write_header(format_.get(), nullptr));
}

void MlopsctlMediaWriter::add(const std::uint8_t* y, const std::uint8_t* cb, const std::uint8_t* cr,
                              std::int64_t stamp) {
  check(av_frame_make_writable(frame_.get())); // the encoder may still hold the last one
  copy_plane(*frame_, 0, y, width_, height_);
  copy_plane(*frame_, 1, cb, width_ / 2, height_ / 2);
  copy_plane(*frame_, 2, cr, width_ / 2, height_ / 2);
  frame_->pts = stamp;
  check(avcodec_send_frame(codec_.get(), frame_.get()));
  take_packets();
}

void MlopsctlMediaWriter::take_packets() {
  for (;;) {
    const int code = avcodec_receive_packet(codec_.get(), packet_.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
      return;
    check(code);
    write_held(packet_->pts);
    av_packet_move_ref(held_.get(), packet_.get());
    is_holding_ = true;
  }
}

void MlopsctlMediaWriter::write_held(std::int64_t next_stamp) {
  if (!is_holding_)
    return;
  is_holding_ = false;
  held_->stream_index = 0;
  held_->duration = next_stamp - held_->pts;
  av_packet_rescale_ts(held_.get(), tick_, format_->streams[0]->time_base);
  check(av_interleaved_write_frame(format_.get(), held_.get()));
}

void MlopsctlMediaWriter::finish(std::int64_t end) {
  check(avcodec_send_frame(codec_.get(), nullptr));
  take_packets();
  write_held(end);
  check(av_write_trailer(format_.get()));
  check(avio_closep(&format_->pb)); // also what an earlier write failed with
}
