// SPDX-License-Identifier: Apache-2.0
// What somebody (or a model) drew and chose in one task. Only label_studio_*.cpp include this: it
// speaks simdjson.
#pragma once

#include "formats/labels/checks.hpp"
#include "formats/labels/label_studio_region.hpp"
#include "formats/labels/losses.hpp"

#include <string>
#include <string_view>

namespace mlopsctl::formats {

class StudioResults {
public:
  explicit StudioResults(LossCounter& losses) : losses_(losses) {}

  /// Fills annotations, classes and extra. \param score of the whole prediction, for boxes if none
  /// has its own; negative: none. \return false if something is wrong with a region (reported).
  bool read(const simdjson::dom::array& results, bool is_prediction, double score,
            dataset::Sample& sample, const Report& report);
  /// The same of a JSON-MIN record, where each control is a member of its own.
  bool read_min(const simdjson::dom::object& record, dataset::Sample& sample, const Report& report);
  /// True for the members of a JSON-MIN record that read_min takes.
  static bool is_min_control(std::string_view key, const simdjson::dom::element& value);

private:
  struct Drawn;
  bool read_result(const simdjson::dom::object& result, Drawn& drawn);
  bool read_region(const StudioRegion& region, const simdjson::dom::object& value, Drawn& drawn,
                   std::size_t& index);
  bool read_label(const simdjson::dom::object& value, dataset::Annotation& annotation,
                  Drawn& drawn);
  bool read_score(const simdjson::dom::object& result, dataset::Annotation& annotation,
                  Drawn& drawn);
  void read_choices(const simdjson::dom::array& choices, std::string_view control, Drawn& drawn);
  bool conclude(double score, Drawn& drawn);

  LossCounter& losses_;
  std::string class_control_; ///< the choices that are the class of the image: the first ones seen
};

} // namespace mlopsctl::formats
