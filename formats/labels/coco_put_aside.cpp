// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/coco_put_aside.hpp"

#include "core/interrupt.hpp"
#include "core/parallel.hpp"
#include "formats/labels/json_text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <type_traits>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;

// A record: one byte of these, image and category, the box, then what the byte announces.
constexpr unsigned k_crowd = 1, k_difficult = 2, k_truncated = 4, k_score = 8, k_area = 16,
                   k_extra = 32, k_small_box = 64; // of 16-bit whole numbers

/// About this much is formatted at a time.
constexpr std::size_t k_piece_bytes = 32 * 1024;
constexpr std::size_t k_usual_record_bytes = 16; ///< of k_usual_json_bytes
constexpr std::size_t k_usual_json_bytes = 120;

template <typename Number> void append_raw(std::string& out, const Number& value) {
  std::array<char, sizeof value> bytes;
  std::memcpy(bytes.data(), &value, sizeof value);
  out.append(bytes.data(), bytes.size());
}

/// Seven bits a byte, the lowest first.
void append_count(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void append_text(std::string& out, std::string_view text) {
  append_count(out, text.size());
  out += text;
}

/// Reads what the functions above wrote.
class RecordReader {
public:
  explicit RecordReader(std::string_view records) : rest_(records) {}
  bool at_end() const { return rest_.empty(); }
  template <typename Number> Number raw() {
    Number value;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  std::int64_t count() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = raw<std::uint8_t>();
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80)
        return static_cast<std::int64_t>(value);
    }
  }
  std::string_view text() {
    const auto size = static_cast<std::size_t>(count());
    const auto text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }

private:
  std::string_view rest_;
};

using SmallBox = std::array<std::uint16_t, 4>;

/// Most boxes are whole pixels.
std::optional<SmallBox> small_box(const dataset::Box& box) {
  const std::array<double, 4> sides{box.left, box.top, box.width, box.height};
  SmallBox small;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (!(sides[i] >= 0 && sides[i] <= 65535))
      return std::nullopt;
    small[i] = static_cast<std::uint16_t>(sides[i]);
    if (small[i] != sides[i])
      return std::nullopt;
  }
  return small;
}

constexpr std::array<std::string_view, 5> k_own_keys{"area", "id", "image_id", "category_id",
                                                     "bbox"};

/// Of the segmentation, which is smaller than its box; else nothing.
const std::string* stored_area(const Annotation& annotation) {
  for (const auto& [key, raw] : annotation.extra)
    if (key == "area")
      return &raw;
  return nullptr;
}

std::string json_of_others(const dataset::Fields& extra) {
  std::string json;
  for (const auto& [key, raw] : extra) {
    if (std::find(k_own_keys.begin(), k_own_keys.end(), key) != k_own_keys.end())
      continue;
    json += ',';
    append_quoted(json, key);
    (json += ':') += raw;
  }
  return json;
}

dataset::Box read_box(RecordReader& record, bool is_small) {
  if (!is_small)
    return record.raw<dataset::Box>();
  const auto small = record.raw<SmallBox>();
  return {double(small[0]), double(small[1]), double(small[2]), double(small[3])};
}

void append_annotation(std::string& out, RecordReader& record, std::int64_t id) {
  NumbersText text; // 8 numbers and the names
  const unsigned has = record.raw<std::uint8_t>();
  const auto image = record.count(), category = record.count();
  const auto box = read_box(record, (has & k_small_box) != 0);
  if (id > 1)
    text << ",";
  text << "\n{\"id\":" << id << ",\"image_id\":" << image << ",\"category_id\":" << category
       << ",\"bbox\":[" << box.left << "," << box.top << "," << box.width << "," << box.height
       << "],\"area\":";
  std::optional<double> score;
  if ((has & k_score) != 0)
    score = record.raw<double>();
  if ((has & k_area) != 0) {
    (out += text.text()) += record.text();
    text.clear();
  } else {
    text << box.area();
  }
  if ((has & k_crowd) != 0)
    text << ",\"iscrowd\":1";
  else
    text << ",\"iscrowd\":0";
  if (score)
    text << ",\"score\":" << *score;
  out += text.text();
  if ((has & k_difficult) != 0)
    out += ",\"difficult\":1";
  if ((has & k_truncated) != 0)
    out += ",\"truncated\":1";
  if ((has & k_extra) != 0)
    out += record.text();
  out += '}';
}

} // namespace

void put_aside(std::string& records, const Annotation& annotation, std::int64_t image,
               std::int64_t category) {
  static_assert(std::is_trivially_copyable_v<dataset::Box>);
  const auto small = small_box(annotation.box);
  const auto* area = stored_area(annotation);
  const std::string others = json_of_others(annotation.extra);
  const unsigned has =
      (annotation.is_crowd ? k_crowd : 0U) | (annotation.is_difficult ? k_difficult : 0U) |
      (annotation.is_truncated ? k_truncated : 0U) | (annotation.score ? k_score : 0U) |
      (area ? k_area : 0U) | (others.empty() ? 0U : k_extra) | (small ? k_small_box : 0U);
  append_raw(records, static_cast<std::uint8_t>(has));
  append_count(records, static_cast<std::uint64_t>(image));
  append_count(records, static_cast<std::uint64_t>(category));
  if (small)
    append_raw(records, *small);
  else
    append_raw(records, annotation.box);
  if (annotation.score)
    append_raw(records, *annotation.score);
  if (area)
    append_text(records, *area);
  if (!others.empty())
    append_text(records, others);
}

std::string coco_annotations(std::string_view records, std::int64_t first) {
  std::string json;
  json.reserve(records.size() / k_usual_record_bytes * k_usual_json_bytes);
  for (RecordReader reader(records); !reader.at_end(); ++first)
    append_annotation(json, reader, first);
  return json;
}

CocoPutAside::CocoPutAside() : spool_(create_spool()) {}

void CocoPutAside::add(std::string_view records, std::int64_t count) {
  if (pieces_.empty() || pieces_.back().bytes >= k_piece_bytes)
    pieces_.push_back({spool_->size_bytes(), 0, next_});
  spool_->write(records);
  pieces_.back().bytes += records.size();
  next_ += count;
}

void CocoPutAside::write_to(ByteSink& sink, int jobs) {
  struct Records {
    std::string bytes;
    std::int64_t first = 1;
  };
  std::size_t next = 0;
  ordered_parallel<Records, std::string>(
      jobs,
      [&]() -> std::optional<Records> {
        check_interrupt();
        if (next == pieces_.size())
          return std::nullopt;
        const auto& piece = pieces_[next++];
        Records records{std::string(piece.bytes, '\0'), piece.first};
        spool_->read_at(piece.offset, records.bytes);
        return records;
      },
      [](Records&& records) { return coco_annotations(records.bytes, records.first); },
      [&](std::string&& json) { sink.write(json); });
}

} // namespace mlopsctl::formats
