// SPDX-License-Identifier: Apache-2.0
// The plain C interface of the module media.so: decoding of video files, streams and cameras,
// and encoding of files.
// No C++ type, no exception and no memory ownership crosses it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MLOPSCTL_MEDIA_API_VERSION 5U
#define MLOPSCTL_MEDIA_MESSAGE_BYTES 512

typedef struct MlopsctlMediaReader MlopsctlMediaReader; // NOLINT(modernize-use-using): C
typedef struct MlopsctlMediaWriter MlopsctlMediaWriter; // NOLINT(modernize-use-using): C

typedef enum { // NOLINT(modernize-use-using): C
  MLOPSCTL_MEDIA_FILE = 0,
  MLOPSCTL_MEDIA_STREAM = 1, ///< rtsp://, http://, https://
  MLOPSCTL_MEDIA_CAMERA = 2, ///< a Video4Linux device
  MLOPSCTL_MEDIA_STDIN = 3   ///< what comes in on descriptor 0
} MlopsctlMediaKind;

/// What open, next and read_rgb return.
typedef enum { // NOLINT(modernize-use-using): C
  MLOPSCTL_MEDIA_OK = 0,
  MLOPSCTL_MEDIA_END = 1,         ///< no more frames
  MLOPSCTL_MEDIA_INTERRUPTED = 2, ///< is_interrupted said so
  MLOPSCTL_MEDIA_NOT_FOUND = 3,   ///< no such file, device or host; message says which
  MLOPSCTL_MEDIA_FAILED = 4       ///< message says why
} MlopsctlMediaStatus;

typedef struct { // NOLINT(modernize-use-using): C
  const char* url;
  MlopsctlMediaKind kind;
  int threads;       ///< for decoding, >= 1
  double assume_fps; ///< for streams without stamps; 0: not given
  int camera_width;  ///< px asked of a camera; 0: its default
  int camera_height;
  double camera_fps;                    ///< asked of a camera; 0: its default
  int64_t max_pixels;                   ///< larger frames are refused before memory is taken
  double timeout_s;                     ///< of network reads
  int (*is_interrupted)(void* context); ///< called from blocking reads; not 0: give up
  void* context;
} MlopsctlMediaOptions;

typedef struct {      // NOLINT(modernize-use-using): C
  char container[32]; ///< such as "mov,mp4,m4a,3gp,3g2,mj2"
  char codec[32];     ///< such as "h264"
  int width;          ///< px as the header says; frames may differ
  int height;
  double fps;           ///< frames a second; 0 if unknown or not to be believed
  double duration_s;    ///< 0 if unknown; what the container claims
  int rotation_degrees; ///< clockwise turn for display: 0, 90, 180, 270
  int has_time;         ///< 0: neither the container nor the bitstream says when frames are shown
  int is_live;          ///< 1: cannot be read again
  int has_end;          ///< 1: it says how long it is; 0: it goes on until somebody stops it
} MlopsctlMediaInfo;

typedef struct { // NOLINT(modernize-use-using): C
  int64_t index; ///< 0, 1, 2 ... of decoded frames
  double time_s; ///< presentation time since the first frame; 0 without has_time
  int width;     ///< px
  int height;
} MlopsctlMediaFrame;

/// Damage found so far; the frames around it were left out.
typedef struct {      // NOLINT(modernize-use-using): C
  int64_t damaged;    ///< packets or frames that could not be used
  int64_t complaints; ///< of the decoder, also those that it says it could mend
  int is_cut_off;     ///< 1: the file ends before its own header says it does
  char message[MLOPSCTL_MEDIA_MESSAGE_BYTES]; ///< the first complaint
} MlopsctlMediaDamage;

/// H.264 in MP4.
typedef struct {      // NOLINT(modernize-use-using): C
  const char* path;   ///< replaced if it is there
  int width;          ///< px, even
  int height;         ///< px, even
  int ticks_per_s;    ///< unit of the stamps
  double rate_factor; ///< constant quality of x264, 51 (coarse) to above 0; 0: nothing is lost
} MlopsctlMediaWriterOptions;

typedef struct {    // NOLINT(modernize-use-using): C
  unsigned version; ///< MLOPSCTL_MEDIA_API_VERSION
  /// \param message MLOPSCTL_MEDIA_MESSAGE_BYTES for the reason of a failure. On OK *reader must be
  /// closed.
  MlopsctlMediaStatus (*open)(const MlopsctlMediaOptions* options, MlopsctlMediaReader** reader,
                              char* message);
  void (*info)(const MlopsctlMediaReader* reader, MlopsctlMediaInfo* info);
  /// Decodes the next frame; its pixels stay inside until read_rgb.
  MlopsctlMediaStatus (*next)(MlopsctlMediaReader* reader, MlopsctlMediaFrame* frame,
                              char* message);
  /// Pixels of the frame that next gave, as full-range R, G, B; \p to holds height * width * 3
  /// bytes.
  MlopsctlMediaStatus (*read_rgb)(MlopsctlMediaReader* reader, uint8_t* to, char* message);
  /// The same as JPEG stores it: full range, BT.601, colour halved. The planes are packed, of whole
  /// pairs of columns and rows: \p y holds even(width) * even(height) bytes, \p cb and \p cr a
  /// quarter each. END: pixels of this kind are given by read_rgb only.
  MlopsctlMediaStatus (*read_yuv)(MlopsctlMediaReader* reader, uint8_t* y, uint8_t* cb, uint8_t* cr,
                                  char* message);
  void (*damage)(const MlopsctlMediaReader* reader, MlopsctlMediaDamage* damage);
  /// Calls \p frame with the presentation time (s, from any origin) of each packet of video,
  /// without decoding.
  MlopsctlMediaStatus (*scan)(const MlopsctlMediaOptions* options,
                              void (*frame)(void* context, double time_s), void* context,
                              char* message);
  /// Before the first next: from here on it gives only frames for which \p takes says 1, and
  /// decodes only these and what they refer to; their pixels are those of decoding everything.
  /// Reads the file once more, without decoding, and asks in the order of presentation. OK: *frames
  /// were asked for. END: not possible with this source, nothing was changed and next gives every
  /// frame.
  MlopsctlMediaStatus (*choose)(MlopsctlMediaReader* reader,
                                int (*takes)(void* context, int64_t index, double time_s),
                                void* context, int64_t* frames, char* message);
  void (*close)(MlopsctlMediaReader* reader);

  /// On OK *writer must be discarded. The same frames give the same bytes.
  MlopsctlMediaStatus (*create)(const MlopsctlMediaWriterOptions* options,
                                MlopsctlMediaWriter** writer, char* message);
  /// Packed planes as read_yuv gives them. \param stamp since the first frame, always rising.
  MlopsctlMediaStatus (*add)(MlopsctlMediaWriter* writer, const uint8_t* y, const uint8_t* cb,
                             const uint8_t* cr, int64_t stamp, char* message);
  /// After at least one frame, once. \param end until when the last frame is shown.
  MlopsctlMediaStatus (*finish)(MlopsctlMediaWriter* writer, int64_t end, char* message);
  /// Without finish a file that is no video is left behind.
  void (*discard)(MlopsctlMediaWriter* writer);
} MlopsctlMediaApi;

/// The module's one symbol.
const MlopsctlMediaApi* mlopsctl_media_api(void);

#ifdef __cplusplus
}
#endif
