// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/coco_document.hpp"

#include "core/interrupt.hpp"
#include "core/limits.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "formats/labels/coco_record.hpp"
#include "formats/labels/json_elements.hpp"
#include "formats/labels/json_items.hpp"

#include <simdjson.h>

#include <algorithm>
#include <set>

namespace mlopsctl::formats {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::uint64_t k_max_held_bytes = std::uint64_t{2} << 30;
constexpr std::size_t k_slice_bytes = std::size_t{1} << 20;
constexpr std::size_t k_max_kept_member_bytes = std::size_t{1} << 20;

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

std::string name_of(const char* list, std::uint32_t number) {
  return std::string(list) + "[" + std::to_string(number) + "]";
}

} // namespace

std::int64_t CocoIds::of_text(std::string_view text) {
  if (const auto number = parse_int(text); number && std::to_string(*number) == text)
    return *number;
  const std::lock_guard lock(mutex_);
  const auto [entry, is_new] = known_.emplace(text, k_no_id + 1 + std::int64_t(texts_.size()));
  if (is_new)
    texts_.emplace_back(text);
  return entry->second;
}

std::string CocoIds::shown(std::int64_t id) const {
  if (id == k_no_id)
    return "(missing)";
  const std::lock_guard lock(mutex_);
  const auto index = static_cast<std::uint64_t>(id) - static_cast<std::uint64_t>(k_no_id) - 1;
  return index < texts_.size() ? texts_[index] : std::to_string(id);
}

CocoDocument::CocoDocument(ByteSource& source, bool wants_places, int jobs)
    : source_(source), wants_places_(wants_places), jobs_(jobs > 0 ? jobs : default_jobs()) {
  if (const auto mapped = source.mapped()) {
    text_ = *mapped;
  } else {
    held_ = read_all(source, k_max_held_bytes);
    text_ = held_;
  }
  walk();
}

void CocoDocument::fail(std::size_t at, const std::string& what) const {
  throw Error(Fault::input, source_.name() + ": byte " + std::to_string(at) + ": " + what);
}

std::size_t CocoDocument::skip_space(std::size_t at) const {
  while (at < text_.size() && is_space(text_[at]))
    ++at;
  return at;
}

/// Looks at brackets and quotes only: what lies between is validated when it is parsed.
std::size_t CocoDocument::end_of_value(std::size_t at) const {
  int depth = 0;
  for (std::size_t start = at; at < text_.size(); ++at) {
    const auto c = static_cast<unsigned char>(text_[at]);
    if (!k_json_marks[c])
      continue;
    if (at - start > limit(Limit::element_bytes))
      fail(start, "a value of more than " + bytes_for_people(limit(Limit::element_bytes)) + "; " +
                      limit_hint(Limit::element_bytes));
    if (c == '"') {
      for (++at; at < text_.size() && text_[at] != '"'; ++at)
        at += text_[at] == '\\' ? 1U : 0U;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (depth == 0) {
      return at; // a comma, or the bracket around the value
    } else if (c != ',') {
      --depth;
    }
  }
  fail(text_.size(), "the file ends within a value; was it cut off?");
}

std::string CocoDocument::read_key(std::size_t& at) const {
  at = skip_space(at);
  const auto start = at;
  if (at >= text_.size() || text_[at] != '"')
    fail(at, "not valid JSON: the name of a member was expected");
  for (++at; at < text_.size() && text_[at] != '"'; ++at)
    at += text_[at] == '\\' ? 1U : 0U;
  array items;
  std::string_view key;
  const auto raw = text_.substr(start, std::min(at + 1, text_.size()) - start);
  if (raw.size() > k_max_kept_member_bytes || ElementsParser::of_this_thread().parse(raw, items) ||
      items.at(0).get(key))
    fail(start, "not valid JSON: the name of a member was expected");
  at = skip_space(at + 1);
  if (at >= text_.size() || text_[at] != ':')
    fail(at, "not valid JSON: ':' was expected behind \"" + printable(key) + "\"");
  at = skip_space(at + 1);
  return std::string(key);
}

void CocoDocument::walk() {
  std::size_t at = skip_space(text_.starts_with(k_byte_order_mark) ? 3 : 0);
  if (at >= text_.size() || text_[at] != '{')
    throw Error(Fault::input, source_.name() + ": is not a JSON object with images and annotations",
                "a list of detections without image names is COCO results: use it with 'bench "
                "score --predictions'");
  std::set<std::string> seen;
  at = skip_space(at + 1);
  const bool is_empty = at < text_.size() && text_[at] == '}';
  for (bool is_more = !is_empty; is_more;) {
    const std::string key = read_key(at);
    if (!seen.insert(key).second)
      fail(at, "'" + printable(key) + "' stands twice");
    const bool is_list = at < text_.size() && text_[at] == '[';
    if (is_list && key == "images") {
      at = read_list(List::images, at + 1);
    } else if (is_list && key == "annotations") {
      at = read_list(List::annotations, at + 1);
    } else {
      const auto end = end_of_value(at);
      const auto json = text_.substr(at, end - at);
      array items;
      if (const auto error = ElementsParser::of_this_thread().parse(json, items);
          error || items.size() != 1)
        fail(at, std::string("not valid JSON: ") +
                     simdjson::error_message(error ? error : simdjson::TAPE_ERROR));
      if (is_list && key == "categories")
        read_categories(json);
      else if (json.size() <= k_max_kept_member_bytes)
        others.emplace_back(key, std::string(trim(json)));
      at = end;
    }
    at = skip_space(at);
    if (at >= text_.size() || (text_[at] != ',' && text_[at] != '}'))
      fail(at, "not valid JSON: ',' or '}' was expected");
    is_more = text_[at] == ',';
    at = skip_space(at + (is_more ? 1 : 0));
  }
  if (skip_space(at + 1) < text_.size())
    fail(at + 1, "not valid JSON: the file goes on behind its end");
  for (const char* key : {"images", "categories"})
    if (!seen.contains(key) || std::any_of(others.begin(), others.end(), [&](const auto& other) {
          return other.first == key; // it is there, but no list
        }))
      throw Error(Fault::input, source_.name() + ": has no list '" + key + "'",
                  "is it a COCO instances file? name its format with --from if it is another");
}

void CocoDocument::read_categories(std::string_view json) {
  array lists;
  array items;
  if (ElementsParser::of_this_thread().parse(json, lists) || lists.at(0).get(items))
    return;
  std::vector<std::pair<std::int64_t, std::string>> by_id;
  std::uint32_t index = 0;
  for (const auto item : items) {
    const std::string place = name_of("categories", index++);
    object record;
    std::string_view name;
    const auto id =
        item.get(record) == simdjson::SUCCESS ? coco_id(record, "id", ids) : CocoIds::k_no_id;
    if (id == CocoIds::k_no_id || record["name"].get(name) != simdjson::SUCCESS || name.empty()) {
      problems.push_back({"bad-category", Severity::error, place, "id or name is missing"});
      continue;
    }
    const auto [entry, is_new] = categories.emplace(id, name);
    if (!is_new && entry->second != name)
      problems.push_back({"duplicate-category", Severity::error, place,
                          "id " + ids.shown(id) + " is '" + std::string(name) + "' here and '" +
                              entry->second + "' before"});
    by_id.emplace_back(id < 0 ? index : id, name); // texts as they come
  }
  std::stable_sort(by_id.begin(), by_id.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [id, name] : by_id)
    if (std::find(class_names.begin(), class_names.end(), name) == class_names.end())
      class_names.push_back(std::move(name));
}

/// Elements are objects, so "},{" about a megabyte further is most likely the border of two of
/// them. If it is not (it stands in a text, or in a list inside an element), the piece before it is
/// no valid list: a text or a bracket is left open. So a guess that parses was right.
CocoDocument::Slice CocoDocument::guess(std::size_t at) const {
  Slice slice{at, text_.size(), text_.size(), false, false};
  const std::size_t farthest = std::min(
      text_.size(), at + std::max<std::size_t>(2 * k_slice_bytes, limit(Limit::element_bytes)));
  for (std::size_t end = std::min(farthest, at + k_slice_bytes);;) {
    end = text_.substr(0, farthest).find('}', end);
    if (end == std::string_view::npos)
      return slice;
    ++end;
    const auto comma = skip_space(end);
    const auto next = comma < farthest && text_[comma] == ',' ? skip_space(comma + 1) : farthest;
    if (next < farthest && text_[next] == '{') {
      slice.end = end;
      slice.next = next;
      return slice;
    }
  }
}

/// Whole elements by their brackets, about a megabyte of them.
CocoDocument::Slice CocoDocument::cut(List list, std::size_t at) const {
  Slice slice{at, at, at, false, true};
  for (;;) {
    const auto end = end_of_value(slice.next);
    slice.end = end;
    if (text_[end] == ']') {
      slice.next = end + 1;
      slice.is_last = true;
      return slice;
    }
    if (text_[end] != ',')
      fail(end, std::string("not valid JSON: ',' or ']' was expected in ") +
                    (list == List::images ? "images" : "annotations"));
    slice.next = end + 1;
    if (slice.end - slice.begin >= k_slice_bytes)
      return slice;
  }
}

CocoDocument::Parsed CocoDocument::parse(List list, const Slice& slice) const {
  Parsed out;
  out.slice = slice;
  const auto text = text_.substr(slice.begin, slice.end - slice.begin);
  if (!slice.is_certain && slice.end == text_.size() && text.size() > 2 * k_slice_bytes) {
    out.error = "no border found"; // not worth a try
    return out;
  }
  auto& parser = ElementsParser::of_this_thread();
  array items;
  if (const auto error = parser.parse(text, items)) {
    out.error = simdjson::error_message(error);
    return out;
  }
  const bool has_places = list == List::images || wants_places_;
  std::size_t at = slice.begin;
  const auto place_of_next = [&] {
    CocoPlace place;
    place.number = out.count;
    if (has_places) {
      at = skip_space(at);
      const auto end = std::min(end_of_value(at), slice.end);
      place.offset = at;
      place.bytes = static_cast<std::uint32_t>(end - at);
      at = end + 1; // behind the comma
    }
    return place;
  };
  // ids of texts are numbered in a table of their own
  auto& all_ids = const_cast<CocoIds&>(ids);
  for (const auto item : items) {
    const CocoPlace place = place_of_next();
    std::optional<CocoProblem> problem;
    if (list == List::images) {
      auto& image = out.images.emplace_back();
      image.place = place;
      problem = read_coco_image(item, all_ids, image);
      if (problem)
        out.images.pop_back();
    } else {
      auto& annotation = out.annotations.emplace_back();
      annotation.place = place;
      problem = read_coco_annotation(item, all_ids, annotation);
      if (problem)
        out.annotations.pop_back();
    }
    if (problem)
      out.problems.emplace_back(out.count, std::move(*problem));
    ++out.count;
  }
  return out;
}

void CocoDocument::take(List list, Parsed&& parsed) {
  check_interrupt();
  auto& count = counts_[list == List::images ? 0 : 1];
  if (static_cast<std::uint64_t>(count) + parsed.count > UINT32_MAX)
    fail(parsed.slice.begin, "more than 4294967295 elements");
  for (auto& image : parsed.images) {
    image.place.number += count;
    images.push_back(image);
  }
  for (auto& annotation : parsed.annotations) {
    annotation.place.number += count;
    annotations.push_back(annotation);
  }
  for (auto& [number, problem] : parsed.problems) {
    problem.place = name_of(list == List::images ? "images" : "annotations", number + count);
    problems.push_back(std::move(problem));
  }
  if (list == List::images)
    bad_images += parsed.count - static_cast<std::int64_t>(parsed.images.size());
  count += parsed.count;
  source_.drop_before(parsed.slice.end);
}

/// \return where the first guess that was wrong begins: most often the last slice of the list.
std::size_t CocoDocument::read_guessed(List list, std::size_t at) {
  std::size_t next = at;
  bool is_wrong = false;
  ordered_parallel<Slice, Parsed>(
      jobs_,
      [&]() -> std::optional<Slice> {
        if (is_wrong || next >= text_.size())
          return std::nullopt;
        const Slice slice = guess(next);
        next = slice.next;
        return slice;
      },
      [&](Slice&& slice) { return parse(list, slice); },
      [&](Parsed&& parsed) {
        if (is_wrong)
          return;
        is_wrong = !parsed.error.empty();
        at = is_wrong ? parsed.slice.begin : parsed.slice.next;
        if (!is_wrong)
          take(list, std::move(parsed));
      });
  return at;
}

std::size_t CocoDocument::read_certain(List list, std::size_t at, bool only_one, bool& is_last) {
  std::size_t next = at;
  ordered_parallel<Slice, Parsed>(
      only_one ? 1 : jobs_,
      [&]() -> std::optional<Slice> {
        if (is_last || (only_one && next != at))
          return std::nullopt;
        const Slice slice = cut(list, next);
        next = slice.next;
        is_last = slice.is_last;
        return slice;
      },
      [&](Slice&& slice) { return parse(list, slice); },
      [&](Parsed&& parsed) {
        if (!parsed.error.empty())
          fail(parsed.slice.begin, "not valid JSON: " + parsed.error);
        take(list, std::move(parsed));
      });
  return next;
}

std::size_t CocoDocument::read_list(List list, std::size_t at) {
  at = skip_space(at);
  if (at < text_.size() && text_[at] == ']')
    return at + 1;
  bool is_last = false;
  at = read_guessed(list, at);
  at = read_certain(list, at, true, is_last);
  if (!is_last) // a wrong guess inside the list: lists of objects inside the elements
    at = read_certain(list, at, false, is_last);
  return at;
}

} // namespace mlopsctl::formats
