// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/label_studio_task.hpp"

#include "core/text.hpp"
#include "formats/labels/image_files.hpp"
#include "formats/labels/json_text.hpp"
#include "formats/labels/label_studio_image.hpp"
#include "formats/labels/label_studio_result.hpp"
#include "formats/labels/own_members.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace mlopsctl::formats {
namespace {

using dataset::Sample;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// Bookkeeping of Label Studio that says nothing about the image; everything else of a task is
/// kept.
constexpr const char* k_bookkeeping[] = {"id",
                                         "data",
                                         "annotations",
                                         "predictions",
                                         "completions",
                                         "drafts",
                                         "created_at",
                                         "updated_at",
                                         "inner_id",
                                         "total_annotations",
                                         "cancelled_annotations",
                                         "total_predictions",
                                         "comment_count",
                                         "unresolved_comment_count",
                                         "last_comment_updated_at",
                                         "project",
                                         "updated_by",
                                         "comment_authors",
                                         "file_upload",
                                         "is_labeled",
                                         "overlap",
                                         "allow_skip"};
/// The same of a JSON-MIN record.
constexpr const char* k_min_bookkeeping[] = {"id",         "annotator",  "annotation_id",
                                             "created_at", "updated_at", "lead_time"};
constexpr const char* k_image_keys[] = {"image",   "img",   "image_url", "url",
                                        "picture", "photo", "ocr"};

template <std::size_t N> bool is_one_of(const char* const (&keys)[N], std::string_view key) {
  return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

std::string_view text_of(const object& from, std::string_view key) {
  std::string_view text;
  return from[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

bool is_true(const object& from, const char* key) {
  bool value = false;
  return from[key].get(value) == simdjson::SUCCESS && value;
}

int side_of(const object& from, std::string_view key) {
  double value = 0;
  const bool is_good = from[key].get(value) == simdjson::SUCCESS && value > 0 && value <= 1 << 24 &&
                       std::trunc(value) == value;
  return is_good ? static_cast<int>(value) : 0;
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

/// Null, {}, [] and "" say nothing.
bool is_nothing(const element& value) {
  object members;
  array items;
  std::string_view text;
  return value.is_null() || (value.get(members) == simdjson::SUCCESS && members.size() == 0) ||
         (value.get(items) == simdjson::SUCCESS && items.size() == 0) ||
         (value.get(text) == simdjson::SUCCESS && text.empty());
}

std::string id_text(const object& root) {
  element id;
  std::string_view text;
  if (root["id"].get(id) != simdjson::SUCCESS || id.is_null())
    return {};
  return id.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::to_string(id);
}

bool looks_like_image(std::string_view text) {
  return has_image_extension(text.substr(0, text.find('?'))) ||
         text.find("/data/local-files/") != std::string_view::npos ||
         text.starts_with("/data/upload/");
}

/// Which member of the data is the image: the configuration of the project says so, but it is not
/// in the export.
std::string_view image_key(const object& data) {
  for (const char* key : k_image_keys)
    if (!text_of(data, key).empty())
      return key;
  for (const auto member : data) {
    std::string_view text;
    if (member.value.get(text) == simdjson::SUCCESS && looks_like_image(text))
      return member.key;
  }
  return {};
}

std::string member_names(const object& data) {
  std::string names;
  for (const auto member : data) {
    names += (names.empty() ? "" : ", ") + std::string(member.key);
    if (names.size() > 200)
      return names + " ...";
  }
  return names.empty() ? "none" : names;
}

void set_metadata(Sample& sample, std::string_view key, std::string raw) {
  for (auto& [known, value] : sample.label_metadata)
    if (known == key) {
      value = std::move(raw);
      return;
    }
  sample.label_metadata.emplace_back(key, std::move(raw));
}

/// Values of data that are a Sample's own. \return false for all others.
bool take_data_member(Sample& sample, std::string_view key, const element& value) {
  std::string_view text;
  object members;
  bool flag = false;
  std::int64_t depth = 0;
  const bool is_text = value.get(text) == simdjson::SUCCESS;
  if (key == studio_data::k_ref && is_text && !text.empty())
    sample.ref = text;
  else if (key == studio_data::k_attribute && is_text)
    sample.label_attribute = text;
  else if (key == studio_data::k_mask && is_text)
    sample.mask_ref = text;
  else if (key == studio_data::k_multilabel && value.get(flag) == simdjson::SUCCESS && flag)
    sample.is_multilabel = true;
  else if (key == studio_data::k_depth && value.get(depth) == simdjson::SUCCESS && depth > 0 &&
           depth <= 16)
    sample.depth = static_cast<int>(depth);
  else if (key == studio_data::k_metadata && value.get(members) == simdjson::SUCCESS)
    for (const auto member : members)
      sample.label_metadata.emplace_back(member.key, simdjson::to_string(member.value));
  else
    return false;
  return true;
}

} // namespace

struct StudioTaskParser::State {
  State(const ReadOptions& read_options, LossCounter& loss_counter)
      : options(read_options), losses(loss_counter), results(loss_counter) {}

  const ReadOptions& options;
  LossCounter& losses;
  StudioResults results;
  simdjson::dom::parser parser;

  bool read_data(const object& data, bool is_min, Sample& sample, const Report& report);
  bool read_task(const object& root, Sample& sample, const Report& report, bool& is_prediction);
  bool read_min(const object& root, Sample& sample, const Report& report);
  bool read_results(const array& items, bool is_prediction, double score, Sample& sample,
                    const Report& report);
  std::optional<object> choose(const object& root, const char* key, const Sample& sample,
                               bool& has_cancelled);
  bool know_size(Sample& sample, const Report& report) const;
};

bool StudioTaskParser::State::read_data(const object& data, bool is_min, Sample& sample,
                                        const Report& report) {
  const auto key = image_key(data);
  const auto image = text_of(data, key);
  if (key.empty() || image.starts_with("data:")) {
    report("no-image", Severity::error,
           key.empty() ? "no image in the data of the task (its members: " + member_names(data) +
                             "); tasks of texts, sounds and several images are not read"
                       : "the image stands in the file itself ('" +
                             std::string(image.substr(0, 30)) + "...'), not beside it");
    return false;
  }
  sample.ref = ref_of_studio_image(image);
  sample.width = side_of(data, studio_data::k_width);
  sample.height = side_of(data, studio_data::k_height);
  const bool has_size = sample.width > 0 && sample.height > 0;
  if (!has_size)
    sample.width = sample.height = 0;
  for (const auto member : data) {
    const bool is_size = member.key == studio_data::k_width || member.key == studio_data::k_height;
    if (member.key == key || (is_size && has_size) ||
        (is_min && (is_one_of(k_min_bookkeeping, member.key) ||
                    StudioResults::is_min_control(member.key, member.value))))
      continue;
    if (!take_data_member(sample, member.key, member.value))
      sample.extra.emplace_back(member.key, simdjson::to_string(member.value));
  }
  if (const auto id = id_text(data); is_min && !id.empty())
    sample.extra.emplace_back("task_id", simdjson::to_string(data["id"].value_unsafe()));
  take_own_members(sample);
  return true;
}

/// The one that is marked as ground truth, else the last one that nobody cancelled: the newest.
std::optional<object> StudioTaskParser::State::choose(const object& root, const char* key,
                                                      const Sample& sample, bool& has_cancelled) {
  array items;
  std::optional<object> chosen;
  bool is_truth = false;
  std::int64_t count = 0;
  if (root[key].get(items) != simdjson::SUCCESS)
    return std::nullopt;
  for (const auto item : items) {
    object entry;
    array drawn;
    if (item.get(entry) != simdjson::SUCCESS || entry["result"].get(drawn) != simdjson::SUCCESS)
      continue; // files made by hand list bare ids
    if (is_true(entry, "was_cancelled") || is_true(entry, "skipped")) {
      has_cancelled = true;
      continue;
    }
    ++count;
    const bool is_marked = is_true(entry, "ground_truth");
    if (is_marked || !is_truth)
      chosen = entry;
    is_truth = is_truth || is_marked;
  }
  losses.note(sample,
              key == std::string_view("predictions")
                  ? "predictions of other models or before the last"
                  : "annotations of other people or before the last",
              count - 1);
  return chosen;
}

bool StudioTaskParser::State::know_size(Sample& sample, const Report& report) const {
  if (sample.width > 0 && sample.height > 0)
    return true;
  const auto size = options.image_size ? options.image_size(sample.ref) : std::nullopt;
  if (!size) {
    report("missing-image-size", Severity::error,
           "no original_width and original_height for '" + sample.ref +
               "', and the image was not found: percent make no pixels without them");
    return false;
  }
  sample.width = size->width;
  sample.height = size->height;
  sample.depth = size->depth;
  return true;
}

bool StudioTaskParser::State::read_results(const array& items, bool is_prediction, double score,
                                           Sample& sample, const Report& report) {
  bool has_geometry = false;
  for (const auto item : items) {
    object result;
    object value;
    if (item.get(result) != simdjson::SUCCESS)
      continue;
    if (const int width = side_of(result, "original_width"); width > 0)
      if (const int height = side_of(result, "original_height"); height > 0) {
        sample.width = width;
        sample.height = height;
      }
    has_geometry = has_geometry || (result["value"].get(value) == simdjson::SUCCESS &&
                                    read_studio_region(value, 1, 1).shape != StudioShape::none);
  }
  if (has_geometry && !know_size(sample, report))
    return false;
  return results.read(items, is_prediction, score, sample, report);
}

bool StudioTaskParser::State::read_task(const object& root, Sample& sample, const Report& report,
                                        bool& is_prediction) {
  bool has_cancelled = false;
  const std::string& only = options.label_attribute;
  std::optional<object> chosen;
  if (only != "predictions")
    for (const char* key : {"annotations", "completions"})
      if (!chosen)
        chosen = choose(root, key, sample, has_cancelled);
  is_prediction = !chosen && !has_cancelled && only != "annotations";
  if (is_prediction)
    chosen = choose(root, "predictions", sample, has_cancelled);
  is_prediction = is_prediction && chosen;
  sample.is_labelled = chosen.has_value();
  if (!chosen) {
    if (has_cancelled)
      report("annotation-cancelled", Severity::warning,
             "the annotation was skipped or cancelled; the image counts as not labelled");
    return true;
  }
  array items;
  double score = -1;
  if ((*chosen)["score"].get(score) != simdjson::SUCCESS)
    score = -1;
  if ((*chosen)["result"].get(items) == simdjson::SUCCESS &&
      !read_results(items, is_prediction, score, sample, report))
    return false;
  set_metadata(sample, "human-annotated", is_prediction ? "\"no\"" : "\"yes\"");
  for (const char* key : {"created_at", "updated_at"})
    if (auto date = text_of(*chosen, key); !is_prediction && !date.empty())
      set_metadata(sample, "creation-date", // Ground Truth writes no zone
                   quoted(date.substr(0, date.size() - (date.ends_with('Z') ? 1 : 0))));
  const auto version = text_of(*chosen, "model_version");
  if (is_prediction && !version.empty() && version != studio_data::k_no_version)
    set_metadata(sample, "model-version", quoted(version));
  return true;
}

bool StudioTaskParser::State::read_min(const object& root, Sample& sample, const Report& report) {
  bool has_geometry = false;
  for (const auto member : root)
    if (array items; member.value.get(items) == simdjson::SUCCESS)
      for (const auto item : items) {
        object value;
        if (item.get(value) != simdjson::SUCCESS)
          continue;
        if (const int width = side_of(value, "original_width"); width > 0)
          if (const int height = side_of(value, "original_height"); height > 0) {
            sample.width = width;
            sample.height = height;
          }
        has_geometry = has_geometry || studio_labels(value).has_value();
      }
  if (has_geometry && !know_size(sample, report))
    return false;
  if (!results.read_min(root, sample, report))
    return false;
  set_metadata(sample, "human-annotated", "\"yes\"");
  return true;
}

StudioTaskParser::StudioTaskParser(const ReadOptions& options, LossCounter& losses)
    : state_(std::make_unique<State>(options, losses)) {}
StudioTaskParser::~StudioTaskParser() = default;

StudioTaskParser::Outcome StudioTaskParser::parse(std::string_view text, const std::string& place,
                                                  Sample& sample, const Report& report) {
  Outcome outcome;
  sample.clear();
  sample.place = place;
  element document;
  object root;
  if (const auto error = state_->parser.parse(text.data(), text.size()).get(document)) {
    report("not-json", Severity::error,
           std::string("not valid JSON: ") + simdjson::error_message(error));
    return outcome;
  }
  if (document.get(root) != simdjson::SUCCESS) {
    report("not-a-task", Severity::error, "is JSON, but not an object");
    return outcome;
  }
  outcome.task_id = id_text(root);
  if (!outcome.task_id.empty())
    sample.place += " (task " + printable(outcome.task_id.substr(0, 40)) + ")";
  object data;
  outcome.is_min = root["data"].get(data) != simdjson::SUCCESS;
  if (!state_->read_data(outcome.is_min ? root : data, outcome.is_min, sample, report))
    return outcome;
  if (outcome.is_min) {
    outcome.is_good = state_->read_min(root, sample, report);
  } else {
    for (const auto member : root)
      if (!is_one_of(k_bookkeeping, member.key) && !is_nothing(member.value))
        sample.extra.emplace_back(member.key, simdjson::to_string(member.value));
    if (!outcome.task_id.empty()) { // in place of that of a project before
      std::erase_if(sample.extra, [](const auto& member) { return member.first == "task_id"; });
      sample.extra.emplace_back("task_id", simdjson::to_string(root["id"].value_unsafe()));
    }
    outcome.is_good = state_->read_task(root, sample, report, outcome.is_prediction);
  }
  outcome.is_good = outcome.is_good && check_sample(sample, state_->options, report);
  return outcome;
}

} // namespace mlopsctl::formats
