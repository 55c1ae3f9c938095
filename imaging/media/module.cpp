// SPDX-License-Identifier: Apache-2.0
// The C interface of media.so: nothing may leave through it but a status and a message.
#include "imaging/media/reader.hpp"
#include "imaging/media/writer.hpp"

#include <cstdio>
#include <exception>

namespace {

template <class Work> MlopsctlMediaStatus guarded(char* message, Work work) {
  try {
    return work();
  } catch (const mlopsctl::media::Failure& failure) {
    std::snprintf(message, MLOPSCTL_MEDIA_MESSAGE_BYTES, "%s", failure.message.c_str());
    return failure.status;
  } catch (const std::exception& error) {
    std::snprintf(message, MLOPSCTL_MEDIA_MESSAGE_BYTES, "%s", error.what());
    return MLOPSCTL_MEDIA_FAILED;
  }
}

MlopsctlMediaStatus open_reader(const MlopsctlMediaOptions* options, MlopsctlMediaReader** reader,
                                char* message) {
  return guarded(message, [&] {
    *reader = new MlopsctlMediaReader(*options); // close() deletes it
    return MLOPSCTL_MEDIA_OK;
  });
}

void reader_info(const MlopsctlMediaReader* reader, MlopsctlMediaInfo* info) {
  reader->info(*info);
}

MlopsctlMediaStatus next_frame(MlopsctlMediaReader* reader, MlopsctlMediaFrame* frame,
                               char* message) {
  return guarded(message, [&] { return reader->next(*frame); });
}

MlopsctlMediaStatus read_rgb(MlopsctlMediaReader* reader, uint8_t* to, char* message) {
  return guarded(message, [&] {
    reader->read_rgb(to);
    return MLOPSCTL_MEDIA_OK;
  });
}

MlopsctlMediaStatus read_yuv(MlopsctlMediaReader* reader, std::uint8_t* y, std::uint8_t* cb,
                             std::uint8_t* cr, char* message) {
  return guarded(message, [&] {
    return reader->read_yuv(y, cb, cr) ? MLOPSCTL_MEDIA_OK : MLOPSCTL_MEDIA_END;
  });
}

void reader_damage(const MlopsctlMediaReader* reader, MlopsctlMediaDamage* damage) {
  reader->damage(*damage);
}

MlopsctlMediaStatus scan_frames(const MlopsctlMediaOptions* options, void (*frame)(void*, double),
                                void* context, char* message) {
  return guarded(message, [&] {
    mlopsctl::media::scan(*options, frame, context);
    return MLOPSCTL_MEDIA_OK;
  });
}

MlopsctlMediaStatus choose_frames(MlopsctlMediaReader* reader,
                                  int (*takes)(void*, std::int64_t, double), void* context,
                                  std::int64_t* frames, char* message) {
  return guarded(message, [&] {
    const auto count = reader->choose(takes, context);
    *frames = count.value_or(0);
    return count ? MLOPSCTL_MEDIA_OK : MLOPSCTL_MEDIA_END;
  });
}

void close_reader(MlopsctlMediaReader* reader) {
  delete reader;
}

MlopsctlMediaStatus create_writer(const MlopsctlMediaWriterOptions* options,
                                  MlopsctlMediaWriter** writer, char* message) {
  return guarded(message, [&] {
    *writer = new MlopsctlMediaWriter(*options); // discard() deletes it
    return MLOPSCTL_MEDIA_OK;
  });
}

MlopsctlMediaStatus add_frame(MlopsctlMediaWriter* writer, const std::uint8_t* y,
                              const std::uint8_t* cb, const std::uint8_t* cr, std::int64_t stamp,
                              char* message) {
  return guarded(message, [&] {
    writer->add(y, cb, cr, stamp);
    return MLOPSCTL_MEDIA_OK;
  });
}

MlopsctlMediaStatus finish_writer(MlopsctlMediaWriter* writer, std::int64_t end, char* message) {
  return guarded(message, [&] {
    writer->finish(end);
    return MLOPSCTL_MEDIA_OK;
  });
}

void discard_writer(MlopsctlMediaWriter* writer) {
  delete writer;
}

} // namespace

__attribute__((visibility("default"))) const MlopsctlMediaApi* mlopsctl_media_api(void) {
  static const MlopsctlMediaApi api{MLOPSCTL_MEDIA_API_VERSION,
                                    open_reader,
                                    reader_info,
                                    next_frame,
                                    read_rgb,
                                    read_yuv,
                                    reader_damage,
                                    scan_frames,
                                    choose_frames,
                                    close_reader,
                                    create_writer,
                                    add_frame,
                                    finish_writer,
                                    discard_writer};
  return &api;
}
