// SPDX-License-Identifier: Apache-2.0
// What tests of archives pack, and where.
#pragma once

#include "formats/archive/archive.hpp"

#include <string>
#include <string_view>

namespace mlopsctl::formats {

struct TextSink final : ByteSink {
  void write(std::string_view bytes) override { text.append(bytes); }
  void finish() override {}
  const std::string& name() const override { return label; }
  std::string text;
  std::string label = "memory";
};

inline PackItem item(const std::string& name, const std::string& text) {
  return {name, text.size(), [=] { return source_from_text(text, name); }};
}

} // namespace mlopsctl::formats
