// SPDX-License-Identifier: Apache-2.0
#include "capture/capture_settings.hpp"

#include "capture/capture_folder.hpp"
#include "core/text.hpp"

#include <filesystem>

namespace mlopsctl::capture {

Value settings_of(const CaptureOptions& options, const SourceInfo& source) {
  const auto number_or_null = [](const auto& value) { return value ? Value(*value) : Value(); };
  Value settings = Value::object();
  settings["schema"] = k_settings_schema;
  settings["source"] = source.name;
  if (source.is_live)
    settings["live"] = true;
  std::error_code error;
  if (std::filesystem::is_regular_file(options.source, error))
    settings["source_bytes"] =
        static_cast<std::int64_t>(std::filesystem::file_size(options.source, error));
  settings["step_s"] = number_or_null(options.selection.step_s);
  settings["every"] = number_or_null(options.selection.every);
  settings["at_most"] = number_or_null(options.selection.at_most);
  settings["duration_s"] = number_or_null(options.selection.duration_s);
  settings["clips_s"] = options.clips.any() ? Value(options.clips.length_s) : Value();
  if (options.clips.picture != ClipPicture::none)
    settings["frame_of_clip"] = to_text(options.clips.picture);
  settings["classes"] = options.session.any() ? Value(join(options.session.classes, ",")) : Value();
  settings["per_class"] = number_or_null(options.session.per_class);
  settings["countdown_s"] = number_or_null(options.session.countdown_s);
  settings["keep"] = options.keep.any() ? Value(to_text(options.keep)) : Value();
  settings["size"] =
      options.size
          ? Value(std::to_string(options.size->first) + "x" + std::to_string(options.size->second))
          : Value();
  settings["quality"] = options.quality;
  settings["name"] = options.name;
  settings["redact"] = options.redaction ? Value(options.redaction->by) : Value();
  settings["assume_fps"] = options.assume_fps > 0 ? Value(options.assume_fps) : Value();
  return settings;
}

} // namespace mlopsctl::capture
