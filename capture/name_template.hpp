// SPDX-License-Identifier: Apache-2.0
// NameTemplate: file names such as 'frame{index:06}.jpg'.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mlopsctl::capture {

class NameTemplate {
public:
  enum class Files { pictures, clips };
  /// Fields: {index} counts kept frames from 0, {frame} is the frame's index in the source;
  /// {index:06} pads with zeros to 6 digits. Names are plain file names that end in .jpg or .jpeg,
  /// of clips in .mp4. \throws Error(usage).
  explicit NameTemplate(const std::string& text, Files files = Files::pictures);
  std::string name(std::int64_t index, std::int64_t frame) const;

private:
  enum class Field { text, index, frame };
  struct Part {
    Field field = Field::text;
    std::string text;       // of Field::text
    std::size_t digits = 0; // at least
  };
  Part parse_field(const std::string& inside, const std::string& whole) const;
  void check(const std::string& whole, Files files) const;

  std::vector<Part> parts_;
};

} // namespace mlopsctl::capture
