// SPDX-License-Identifier: Apache-2.0
// A COCO file as tables, read in slices on several threads: memory holds the numbers that join
// images, annotations and categories; texts and outlines stay in the file and are read again.
#pragma once

#include "core/error.hpp"
#include "core/io.hpp"
#include "dataset/sample.hpp"

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mlopsctl::formats {

/// Where a record stands in the file; 0 bytes if nobody wanted to know.
struct CocoPlace {
  std::uint64_t offset = 0;
  std::uint32_t bytes = 0;
  std::uint32_t number = 0; ///< in its list
};

struct CocoImage {
  std::int64_t id = 0;
  CocoPlace place;
};

struct CocoAnnotation {
  std::int64_t id = 0; ///< k_no_id if it has none
  std::int64_t image_id = 0;
  std::int64_t category_id = 0;
  dataset::Box box;
  double score = std::numeric_limits<double>::quiet_NaN(); ///< NaN: none
  CocoPlace place;
  bool has_box = false;
  bool is_crowd = false;
  bool is_difficult = false;
  bool is_truncated = false;
  std::uint8_t others = 0; ///< members that a Sample has no place for, 255 = many
};

struct CocoProblem {
  std::string rule;
  Severity severity = Severity::error;
  std::string place; ///< "images[3]"
  std::string text;
};

/// Ids of a file: whole numbers, or texts, which get numbers here that no file has.
class CocoIds {
public:
  static constexpr std::int64_t k_no_id = INT64_MIN;
  std::int64_t of_text(std::string_view text); ///< "42" is 42. Any thread.
  std::string shown(std::int64_t id) const;    ///< "(missing)" for k_no_id

private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::int64_t> known_;
  std::vector<std::string> texts_;
};

class CocoDocument {
public:
  /// \param wants_places of annotations: images always have theirs. \param jobs threads; the result
  /// is the same for any number. \throws Error(input) for what is no COCO file or no JSON.
  CocoDocument(ByteSource& source, bool wants_places, int jobs);

  /// The record of an image or annotation, as it stands in the file.
  std::string_view record(const CocoPlace& place) const {
    return text_.substr(place.offset, place.bytes);
  }

  std::vector<CocoImage> images;
  std::deque<CocoAnnotation> annotations; ///< in the order of the file
  std::map<std::int64_t, std::string> categories;
  std::vector<std::string> class_names; ///< by rising id
  dataset::Fields others;               ///< other members of the document, such as "info"
  std::vector<CocoProblem> problems;
  std::int64_t bad_images = 0;
  CocoIds ids;

private:
  enum class List { images, annotations };
  struct Slice {
    std::size_t begin = 0;
    std::size_t end = 0;  ///< behind the last element
    std::size_t next = 0; ///< the element behind it
    bool is_last = false; ///< then next is behind the closing bracket
    bool is_certain = true;
  };
  struct Parsed {
    Slice slice;
    std::string error; ///< empty: it was valid
    std::uint32_t count = 0;
    std::vector<CocoImage> images;
    std::vector<CocoAnnotation> annotations;
    std::vector<std::pair<std::uint32_t, CocoProblem>> problems; ///< number in the slice
  };

  void walk();
  std::size_t skip_space(std::size_t at) const;
  std::size_t end_of_value(std::size_t at) const;
  std::string read_key(std::size_t& at) const;
  std::size_t read_list(List list, std::size_t at);
  std::size_t read_guessed(List list, std::size_t at);
  std::size_t read_certain(List list, std::size_t at, bool only_one, bool& is_last);
  void read_categories(std::string_view json);
  Slice guess(std::size_t at) const;
  Slice cut(List list, std::size_t at) const;
  Parsed parse(List list, const Slice& slice) const;
  void take(List list, Parsed&& parsed);
  [[noreturn]] void fail(std::size_t at, const std::string& what) const;

  ByteSource& source_;
  std::string held_; ///< if the source is not mapped
  std::string_view text_;
  bool wants_places_;
  int jobs_;
  std::uint32_t counts_[2] = {0, 0}; ///< elements so far, by List
};

} // namespace mlopsctl::formats
