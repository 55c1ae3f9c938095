// SPDX-License-Identifier: Apache-2.0
// From a decoder's planes to full-range RGB.
#include "imaging/media/reader.hpp"

#include <cstring>

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

namespace mlopsctl::media {

namespace {

/// swscale wants the old "J" formats replaced by the plain ones and the range said apart.
AVPixelFormat plain_format(AVPixelFormat format) {
  switch (format) {
  case AV_PIX_FMT_YUVJ420P: return AV_PIX_FMT_YUV420P;
  case AV_PIX_FMT_YUVJ422P: return AV_PIX_FMT_YUV422P;
  case AV_PIX_FMT_YUVJ444P: return AV_PIX_FMT_YUV444P;
  case AV_PIX_FMT_YUVJ440P: return AV_PIX_FMT_YUV440P;
  default: return format;
  }
}

} // namespace

int matrix_of(const AVFrame& frame) {
  switch (frame.colorspace) {
  case AVCOL_SPC_BT709: return SWS_CS_ITU709;
  case AVCOL_SPC_BT470BG:
  case AVCOL_SPC_SMPTE170M: return SWS_CS_ITU601;
  case AVCOL_SPC_SMPTE240M: return SWS_CS_SMPTE240M;
  case AVCOL_SPC_FCC: return SWS_CS_FCC;
  case AVCOL_SPC_BT2020_NCL:
  case AVCOL_SPC_BT2020_CL: return SWS_CS_BT2020;
  default: return frame.width >= 1280 || frame.height > 576 ? SWS_CS_ITU709 : SWS_CS_ITU601;
  }
}

bool is_full_range(const AVFrame& frame) {
  const auto stored = static_cast<AVPixelFormat>(frame.format);
  return frame.color_range == AVCOL_RANGE_JPEG || plain_format(stored) != stored;
}

void RgbConverter::convert(const AVFrame& frame, std::uint8_t* to) {
  const auto stored = static_cast<AVPixelFormat>(frame.format);
  const AVPixelFormat format = plain_format(stored);
  // Exact rounding and no CPU-dependent short cuts: the same pixels on every machine.
  constexpr int k_flags = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_BITEXACT;
  scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, frame.height, format,
                                     frame.width, frame.height, AV_PIX_FMT_RGB24, k_flags, nullptr,
                                     nullptr, nullptr));
  if (!scaler_)
    throw Failure{MLOPSCTL_MEDIA_FAILED, std::string("pixels of the kind '") +
                                             av_get_pix_fmt_name(stored) + "' cannot be converted"};
  constexpr int k_one = 1 << 16;
  sws_setColorspaceDetails(scaler_.get(), sws_getCoefficients(matrix_of(frame)),
                           is_full_range(frame) ? 1 : 0, sws_getCoefficients(SWS_CS_DEFAULT), 1, 0,
                           k_one, k_one);
  if (!padded_ || padded_->width != frame.width || padded_->height != frame.height) {
    padded_.reset(av_frame_alloc());
    padded_->width = frame.width;
    padded_->height = frame.height;
    padded_->format = AV_PIX_FMT_RGB24;
    if (av_frame_get_buffer(padded_.get(), 0) < 0)
      throw Failure{MLOPSCTL_MEDIA_FAILED, "out of memory for a frame"};
  }
  if (sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, padded_->data,
                padded_->linesize) != frame.height)
    throw Failure{MLOPSCTL_MEDIA_FAILED, "a frame could not be converted to RGB"};
  const auto row_bytes = static_cast<std::size_t>(frame.width) * 3;
  for (int y = 0; y < frame.height; ++y)
    std::memcpy(to + static_cast<std::size_t>(y) * row_bytes,
                padded_->data[0] + static_cast<std::ptrdiff_t>(y) * padded_->linesize[0],
                row_bytes);
}

} // namespace mlopsctl::media
