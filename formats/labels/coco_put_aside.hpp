// SPDX-License-Identifier: Apache-2.0
// COCO's annotations stand behind the images: until all of those are written they wait in a
// temporary file, in a form that is a fifth of their JSON.
#pragma once

#include "core/io.hpp"
#include "dataset/sample.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::formats {

/// Appends a record of \p annotation to \p records. \param image, category ids, >= 0.
void put_aside(std::string& records, const dataset::Annotation& annotation, std::int64_t image,
               std::int64_t category);

/// The JSON of \p records, each on a line of its own; what follows another one is behind a comma.
/// \param first id of the first one; the others count on.
std::string coco_annotations(std::string_view records, std::int64_t first);

/// Records in the order of their ids, from 1 on.
class CocoPutAside {
public:
  CocoPutAside();
  /// \param count of the records.
  void add(std::string_view records, std::int64_t count);
  /// The JSON of all of them. \param jobs threads; the bytes are the same for any number.
  void write_to(ByteSink& sink, int jobs);

private:
  struct Piece {
    std::uint64_t offset = 0;
    std::size_t bytes = 0;
    std::int64_t first = 1; ///< id
  };
  std::unique_ptr<Spool> spool_;
  std::vector<Piece> pieces_;
  std::int64_t next_ = 1; ///< id
};

} // namespace mlopsctl::formats
