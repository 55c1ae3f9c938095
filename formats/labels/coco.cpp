// SPDX-License-Identifier: Apache-2.0
// coco: COCO instances (one JSON document: images, annotations, categories). Ids have gaps, are
// sometimes texts, and mean nothing outside the file: everything is joined here and classes go by
// name.
#include "core/text.hpp"
#include "dataset/blocks.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/coco_document.hpp"
#include "formats/labels/coco_record.hpp"
#include "formats/labels/coco_write.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/json_elements.hpp"
#include "formats/labels/own_members.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::ClassMap;
using dataset::Sample;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t k_block_images = 256;

struct ImagesBlock final : dataset::BlockReader::Block {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::int64_t left_out = 0;
  Problems problems;
};

class CocoReader final : public dataset::SampleReaderInBlocks {
public:
  CocoReader(LabelInput input, const ReadOptions& options)
      : input_(std::move(input)), options_(options),
        document_(*input_.source, options.wants_other_members, options.jobs),
        classes_(document_.class_names) {
    join();
    count_losses();
    rewind();
  }

  void rewind() override {
    next_image_ = 0;
    forget_samples();
    left_out_ = document_.bad_images;
    problems_.clear();
    for (const auto& problem : document_.problems)
      problems_.add(
          {problem.rule, problem.severity, input_.path + ": " + problem.place, problem.text});
  }
  const ClassMap& classes() const override { return classes_; }
  std::vector<std::pair<std::int64_t, std::string>> class_ids() const override {
    return {document_.categories.begin(), document_.categories.end()};
  }
  const Problems& problems() const override { return problems_.all(); }
  const dataset::Losses& losses() const override { return losses_; }
  const dataset::Fields& document() const override { return document_.others; }
  std::int64_t left_out() const override { return left_out_; }

  std::unique_ptr<BlockReader::Block> cut() override {
    if (next_image_ >= document_.images.size())
      return nullptr;
    auto block = std::make_unique<ImagesBlock>();
    block->begin = next_image_;
    block->end = next_image_ = std::min(document_.images.size(), next_image_ + k_block_images);
    return block;
  }

  void parse(BlockReader::Block& base) const override {
    auto& block = static_cast<ImagesBlock&>(base);
    block.samples.reserve(block.end - block.begin);
    for (std::size_t i = block.begin; i < block.end; ++i) {
      if (!is_first_[i])
        continue;
      if (!read_image(i, block.samples.emplace_back(), block.problems)) {
        block.samples.pop_back();
        ++block.left_out;
      }
    }
  }

  void settle(BlockReader::Block& base) override {
    auto& block = static_cast<ImagesBlock&>(base);
    left_out_ += block.left_out;
    for (auto& problem : block.problems)
      problems_.add(std::move(problem));
  }

private:
  /// Annotations to their images: a counting sort, which keeps the order of the file.
  void join() {
    std::unordered_map<std::int64_t, std::uint32_t> image_by_id;
    image_by_id.reserve(document_.images.size());
    is_first_.assign(document_.images.size(), 1);
    for (std::size_t i = 0; i < document_.images.size(); ++i) {
      const auto& image = document_.images[i];
      if (image_by_id.emplace(image.id, static_cast<std::uint32_t>(i)).second)
        continue;
      is_first_[i] = 0;
      ++document_.bad_images;
      add_problem("duplicate-image-id", Severity::error, "images", image.place.number,
                  "id " + document_.ids.shown(image.id) + " stands in an earlier image");
    }
    first_.assign(document_.images.size() + 1, 0);
    constexpr std::uint32_t k_no_image = UINT32_MAX;
    std::vector<std::uint32_t> images; // of each annotation
    images.reserve(document_.annotations.size());
    for (const auto& annotation : document_.annotations) {
      const auto found = annotation.image_id == CocoIds::k_no_id
                             ? image_by_id.end()
                             : image_by_id.find(annotation.image_id);
      images.push_back(found == image_by_id.end() ? k_no_image : found->second);
      if (found != image_by_id.end())
        ++first_[found->second + 1];
      else
        add_problem("unknown-image", Severity::error, "annotations", annotation,
                    "image_id " + document_.ids.shown(annotation.image_id) +
                        " is not among the images");
    }
    for (std::size_t i = 1; i < first_.size(); ++i)
      first_[i] += first_[i - 1];
    auto position = first_;
    order_.resize(first_.back());
    for (std::size_t i = 0; i < images.size(); ++i)
      if (images[i] != k_no_image)
        order_[position[images[i]]++] = static_cast<std::uint32_t>(i);
    tell_repeated_ids();
  }

  void tell_repeated_ids() {
    const auto is_not_rising = [](const auto& a, const auto& b) { return a.id >= b.id; };
    if (std::adjacent_find(document_.annotations.begin(), document_.annotations.end(),
                           is_not_rising) == document_.annotations.end())
      return; // as most tools write them
    std::vector<std::uint32_t> by_id(document_.annotations.size());
    for (std::size_t i = 0; i < by_id.size(); ++i)
      by_id[i] = static_cast<std::uint32_t>(i);
    const auto& all = document_.annotations;
    std::sort(by_id.begin(), by_id.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(all[a].id, a) < std::pair(all[b].id, b);
    });
    std::vector<std::uint32_t> repeated;
    for (std::size_t i = 1; i < by_id.size(); ++i)
      if (all[by_id[i]].id == all[by_id[i - 1]].id && all[by_id[i]].id != CocoIds::k_no_id)
        repeated.push_back(by_id[i]);
    std::sort(repeated.begin(), repeated.end());
    for (const auto i : repeated)
      add_problem("duplicate-annotation-id", Severity::warning, "annotations", all[i],
                  "id " + document_.ids.shown(all[i].id) +
                      " stands in an earlier annotation; ids are given anew");
  }

  void count_losses() {
    if (options_.wants_other_members)
      return;
    dataset::Loss loss{"other members of the box", 0, ""};
    for (const auto& annotation : document_.annotations) {
      if (annotation.others > 0 && loss.count == 0)
        loss.first = input_.path + ": " + place_of(annotation);
      loss.count += annotation.others;
    }
    if (loss.count > 0)
      losses_.push_back(std::move(loss));
  }

  std::string place_of(const CocoAnnotation& annotation) const {
    return "annotations[" + std::to_string(annotation.place.number) + "]" +
           (annotation.id != CocoIds::k_no_id ? " (id " + document_.ids.shown(annotation.id) + ")"
                                              : "");
  }
  void add_problem(const char* rule, Severity severity, const char* list, std::uint32_t number,
                   std::string text) {
    document_.problems.push_back(
        {rule, severity, std::string(list) + "[" + std::to_string(number) + "]", std::move(text)});
  }
  void add_problem(const char* rule, Severity severity, const char* /*list*/,
                   const CocoAnnotation& annotation, std::string text) {
    document_.problems.push_back({rule, severity, place_of(annotation), std::move(text)});
  }

  bool read_image(std::size_t index, Sample& sample, Problems& problems) const {
    const auto& image = document_.images[index];
    object record;
    if (!parse_record(image.place, record))
      return false; // it was parsed before
    std::string_view name;
    if (record["file_name"].get(name) != simdjson::SUCCESS)
      return false;
    sample.ref = name;
    sample.width = coco_side(record, "width");
    sample.height = coco_side(record, "height");
    sample.place = input_.path + ": images[" + std::to_string(image.place.number) + "]";
    sample.extra.emplace_back("image_id", raw(element(record["id"])));
    keep_other_members(record, true, {}, sample.extra);
    take_own_members(sample);
    const auto report = [&](std::string rule, Severity severity, std::string text) {
      problems.push_back(
          {std::move(rule), severity, sample.place, "'" + sample.ref + "': " + std::move(text)});
    };
    report_bad_side(record, "width", sample.width, report);
    report_bad_side(record, "height", sample.height, report);
    bool is_good = true;
    sample.annotations.reserve(first_[index + 1] - first_[index]);
    for (std::size_t i = first_[index]; i < first_[index + 1]; ++i)
      is_good = read_annotation(document_.annotations[order_[i]], sample.annotations.emplace_back(),
                                problems) &&
                is_good;
    return is_good && check_sample(sample, options_, report);
  }

  bool parse_record(const CocoPlace& place, object& record) const {
    thread_local simdjson::dom::parser parser;
    thread_local std::string buffer;
    buffer.resize(place.bytes + simdjson::SIMDJSON_PADDING);
    if (!input_.source->read_at(place.offset, {buffer.data(), place.bytes})) {
      const auto text = document_.record(place);
      std::copy(text.begin(), text.end(), buffer.begin());
    }
    return parser.parse(buffer.data(), place.bytes, false).get(record) == simdjson::SUCCESS;
  }

  static void report_bad_side(const object& record, const char* key, int side,
                              const Report& report) {
    element value;
    if (side == 0 && record[key].get(value) == simdjson::SUCCESS && !value.is_null())
      report("bad-image-size", Severity::warning,
             std::string(key) + " " + raw(value) +
                 " is not a whole number of 1 to 16777216, so the size counts as unknown");
  }

  bool read_annotation(const CocoAnnotation& from, Annotation& annotation,
                       Problems& problems) const {
    const auto fail = [&](const char* rule, std::string text) {
      problems.push_back(
          {rule, Severity::error, input_.path + ": " + place_of(from), std::move(text)});
      return false;
    };
    const auto named = document_.categories.find(from.category_id);
    if (named == document_.categories.end())
      return fail("unknown-category", "category_id " + document_.ids.shown(from.category_id) +
                                          " is not among the categories");
    annotation.label = named->second;
    annotation.source_id = std::max<std::int64_t>(from.category_id, -1);
    if (!from.has_box)
      return fail("bad-box", "bbox is not a list of four numbers");
    annotation.box = from.box;
    annotation.is_crowd = from.is_crowd;
    annotation.is_difficult = from.is_difficult;
    annotation.is_truncated = from.is_truncated;
    if (!std::isnan(from.score))
      annotation.score = from.score;
    object record;
    if (options_.wants_other_members && from.others > 0 && parse_record(from.place, record))
      keep_other_members(record, false, annotation.box, annotation.extra);
    return true;
  }

  LabelInput input_;
  ReadOptions options_;
  CocoDocument document_;
  ClassMap classes_;
  std::vector<char> is_first_;       ///< of its id
  std::vector<std::uint32_t> order_; ///< annotations, grouped by image
  std::vector<std::uint32_t> first_; ///< of each image in order_, and the end
  std::size_t next_image_ = 0;
  std::int64_t left_out_ = 0;
  ProblemList problems_;
  dataset::Losses losses_;
};

bool sniff(const LabelInput& input) {
  if (!input.source || input.head.find("\"source-ref\"") != std::string::npos)
    return false;
  const std::string_view head = trim(without_byte_order_mark(input.head));
  const auto has = [&](const char* key) { return head.find(key) != std::string_view::npos; };
  return head.starts_with("{") &&
         (has("\"images\"") || has("\"annotations\"") || has("\"categories\"")) &&
         !has("\"detections\"");
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  expect_file(input, "a COCO file", "name the .json file inside it");
  return std::make_unique<CocoReader>(std::move(input), options);
}

} // namespace

extern const LabelFormat coco;
const LabelFormat coco{
    "coco",       "COCO instances (images, annotations, categories in one JSON file)",
    {".json"},    Needs::index,
    k_coco_holds, sniff,
    open,         create_coco,
};

} // namespace mlopsctl::formats
