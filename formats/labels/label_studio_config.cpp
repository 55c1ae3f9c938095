// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/label_studio_config.hpp"

#include "formats/labels/xml_text.hpp"

#include <array>
#include <string_view>

namespace mlopsctl::formats {
namespace {

/// Colours that stay apart on pictures, also for most colour-blind eyes; they start anew after the
/// last.
constexpr std::array<std::string_view, 12> k_colours{"#e6194b", "#4363d8", "#ffe119", "#3cb44b",
                                                     "#911eb4", "#f58231", "#42d4f4", "#f032e6",
                                                     "#bfef45", "#469990", "#9a6324", "#000075"};

} // namespace

std::string to_xml(const StudioConfig& config) {
  std::string out = "<View>\n  <Image name=\"image\" value=\"$image\" zoom=\"true\"/>\n";
  if (!config.box_classes.empty()) {
    out += "  <RectangleLabels name=\"label\" toName=\"image\">\n";
    for (std::size_t i = 0; i < config.box_classes.size(); ++i) {
      out += "    <Label value=\"";
      append_xml_text(out, config.box_classes[i]);
      (out += "\" background=\"").append(k_colours[i % k_colours.size()]) += "\"/>\n";
    }
    out += "  </RectangleLabels>\n";
  }
  if (!config.image_classes.empty()) {
    out += "  <Choices name=\"choice\" toName=\"image\" choice=\"";
    out += config.is_multilabel ? "multiple" : "single";
    out += "\">\n";
    for (const auto& name : config.image_classes) {
      out += "    <Choice value=\"";
      append_xml_text(out, name);
      out += "\"/>\n";
    }
    out += "  </Choices>\n";
  }
  return out + "</View>\n";
}

} // namespace mlopsctl::formats
