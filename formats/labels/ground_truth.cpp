// SPDX-License-Identifier: Apache-2.0
// ground_truth: SageMaker Ground Truth manifests (JSON Lines) with boxes, classes of whole images
// or masks, the native form of a data set.
#include "core/text.hpp"
#include "dataset/blocks.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/ground_truth_line.hpp"
#include "formats/labels/ground_truth_write.hpp"
#include "formats/labels/line_blocks.hpp"
#include "formats/labels/repeated_refs.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace mlopsctl::formats {
namespace {

using dataset::ClassMap;
using dataset::Sample;

constexpr std::size_t k_usual_line_bytes = 500;
constexpr std::string_view k_metadata = "-metadata";

struct LinesBlock final : dataset::BlockReader::Block {
  LineBlock lines;
  std::int64_t line_count = 0;
  std::int64_t left_out = 0;              ///< lines without a sample
  std::vector<std::int64_t> sample_lines; ///< 1-based inside the block
  std::vector<std::uint64_t> hashes;      ///< of the references
  LineNotes notes;
};

class GroundTruthReader final : public dataset::SampleReaderInBlocks {
public:
  GroundTruthReader(LabelInput input, const ReadOptions& options)
      : input_(std::move(input)), options_(options), lines_(*input_.source) {}

  void rewind() override {
    lines_.rewind();
    forget_samples();
    line_base_ = 0;
    left_out_ = 0;
    ids_.clear();
    classes_ = {};
    class_count_ = 0;
    refs_.clear();
    problems_.clear();
    samples_ = labels_ = 0;
    has_told_ = false;
    verdicts_.clear();
    losses_.clear();
  }

  const ClassMap& classes() const override {
    if (class_count_ == ids_.size())
      return classes_;
    std::vector<std::string> names; // by id: the order of the source, not of the lines
    std::set<std::string_view> known;
    for (const auto& [id, name] : ids_)
      if (known.insert(name).second)
        names.push_back(name);
    classes_ = ClassMap(std::move(names));
    class_count_ = ids_.size();
    return classes_;
  }
  const Problems& problems() const override {
    if (!has_told_ && samples_ + left_out_ > 0) {
      has_told_ = true;
      tell_repeated();
      tell_missing_label();
      tell_missing_verdicts();
    }
    return problems_.all();
  }
  const dataset::Losses& losses() const override { return losses_; }
  std::int64_t left_out() const override { return left_out_; }

  std::unique_ptr<BlockReader::Block> cut() override {
    auto lines = lines_.next();
    if (!lines)
      return nullptr;
    auto block = std::make_unique<LinesBlock>();
    block->lines = std::move(*lines);
    return block;
  }

  void parse(BlockReader::Block& base) const override {
    auto& block = static_cast<LinesBlock&>(base);
    thread_local GroundTruthLineParser parser;
    std::string_view rest = block.lines.text;
    block.samples.reserve(rest.size() / k_usual_line_bytes);
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      ++block.line_count;
      if (trim(line).empty())
        continue;
      const auto readable = static_cast<std::size_t>(block.lines.readable_end - line.data());
      Sample& sample = block.samples.emplace_back();
      if (!parser.parse(line, readable, block.line_count, options_, sample, block.notes)) {
        block.samples.pop_back();
        ++block.left_out;
        continue;
      }
      block.hashes.push_back(std::hash<std::string>{}(sample.ref));
      block.sample_lines.push_back(block.line_count);
    }
  }

  void settle(BlockReader::Block& base) override {
    auto& block = static_cast<LinesBlock&>(base);
    for (const auto& use : block.notes.classes)
      settle_class(use, block);
    for (std::size_t i = 0; i < block.samples.size(); ++i) {
      note_label(block.samples[i]);
      block.samples[i].place = place(block.sample_lines[i]);
      refs_.add(block.hashes[i], line_base_ + block.sample_lines[i]);
    }
    std::stable_sort(block.notes.notes.begin(), block.notes.notes.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    for (auto& note : block.notes.notes)
      problems_.add({std::move(note.rule), note.severity, place(note.line), std::move(note.text)});
    settle_verdicts(block.notes);
    line_base_ += block.line_count;
    left_out_ += block.left_out;
    input_.source->drop_before(block.lines.end_offset);
  }

private:
  std::string place(std::int64_t line) const {
    std::string text;
    text.reserve(input_.path.size() + 21);
    ((text += input_.path) += ':') += std::to_string(line_base_ + line);
    return text;
  }

  void tell_repeated() const {
    for (const auto& [line, first] : refs_.repeats())
      problems_.add({"duplicate-source-ref", Severity::warning,
                     input_.path + ":" + std::to_string(line),
                     "the same source-ref stands in line " + std::to_string(first)});
  }
  /// Asked at the end: what the options name and no line has.
  void tell_missing_label() const {
    if (options_.label_attribute.empty() || labels_ > 0 || samples_ == 0)
      return;
    problems_.add({"no-such-label", Severity::error, input_.path,
                   "no line has the label '" + options_.label_attribute + "'" +
                       (other_label_.empty() ? "" : ", but there is '" + other_label_ + "'")});
  }
  void tell_missing_verdicts() const {
    for (const auto& verdict : options_.discard_verified) {
      if (verdicts_.contains(verdict))
        continue;
      std::string known;
      for (const auto& [name, count] : verdicts_)
        known += (known.empty() ? ", but there is '" : ", '") + name + "'";
      problems_.add({"no-such-verdict", Severity::warning, input_.path,
                     "no line was verified as '" + verdict + "'" + known});
    }
  }

  void settle_verdicts(const LineNotes& notes) {
    for (const auto& [verdict, count] : notes.verdicts)
      verdicts_[verdict] += count;
    if (notes.discarded == 0)
      return;
    if (losses_.empty())
      losses_.push_back({"images left out for their verification, as asked", 0,
                         place(notes.first_discarded_line)});
    losses_.front().count += notes.discarded;
  }

  /// For the problem that a label of that name is nowhere (a typing error would look like no
  /// label).
  void note_label(const Sample& sample) {
    ++samples_;
    labels_ += sample.label_attribute == options_.label_attribute ? 1 : 0;
    if (options_.label_attribute.empty() || labels_ > 0 || !other_label_.empty())
      return;
    for (const auto& [key, value] : sample.extra) {
      if (key == options_.label_attribute + std::string(k_metadata)) // failed, or has no boxes
        ++labels_;
      else if (key.ends_with(k_metadata) && key.size() > k_metadata.size())
        other_label_ = key.substr(0, key.size() - k_metadata.size());
    }
  }

  void settle_class(const LineNotes::ClassUse& use, LinesBlock& block) {
    const auto [entry, is_new] = ids_.emplace(use.id, use.name);
    if (is_new || entry->second == use.name)
      return;
    block.notes.notes.push_back({use.line, "class-map-conflict", Severity::error,
                                 "class id " + std::to_string(use.id) + " is '" + use.name +
                                     "' here and '" + entry->second +
                                     "' in an earlier line; images with it are left out"});
    std::size_t kept = 0;
    for (std::size_t i = 0; i < block.samples.size(); ++i) {
      const auto is_it = [&](const auto& labelled) {
        return labelled.source_id == use.id && labelled.label == use.name;
      };
      const Sample& sample = block.samples[i];
      if (std::any_of(sample.annotations.begin(), sample.annotations.end(), is_it) ||
          std::any_of(sample.classes.begin(), sample.classes.end(), is_it))
        continue;
      if (kept != i) {
        block.samples[kept] = std::move(block.samples[i]);
        block.sample_lines[kept] = block.sample_lines[i];
        block.hashes[kept] = block.hashes[i];
      }
      ++kept;
    }
    block.left_out += static_cast<std::int64_t>(block.samples.size() - kept);
    block.samples.resize(kept);
    block.sample_lines.resize(kept);
    block.hashes.resize(kept);
  }

  LabelInput input_;
  ReadOptions options_;
  LineBlocks lines_;
  std::int64_t line_base_ = 0;
  std::int64_t left_out_ = 0;
  std::map<std::int64_t, std::string> ids_;
  mutable ClassMap classes_; ///< made from ids_ when asked for
  mutable std::size_t class_count_ = 0;
  mutable RepeatedRefs refs_; ///< asked when everything was read
  std::int64_t samples_ = 0;
  std::int64_t labels_ = 0; ///< samples with the label that options_ name
  std::string other_label_;
  std::map<std::string, std::int64_t> verdicts_; ///< of verification labels, if options ask
  dataset::Losses losses_;
  mutable ProblemList problems_; ///< problems() adds what only the end shows
  mutable bool has_told_ = false;
};

bool sniff(const LabelInput& input) {
  if (!input.source)
    return false;
  return lower(input.path).ends_with(".manifest") ||
         input.head.find("\"source-ref\"") != std::string::npos;
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  expect_file(input, "a manifest file", "name the file inside it");
  return std::make_unique<GroundTruthReader>(std::move(input), options);
}

} // namespace

extern const LabelFormat ground_truth;
const LabelFormat ground_truth{
    "ground_truth",
    "SageMaker Ground Truth manifest: boxes, classes, masks (JSON Lines)",
    {".manifest", ".jsonl"},
    Needs::streaming,
    {.boxes = true,
     .image_classes = true,
     .multilabel = true,
     .mask = true,
     .image_size = true,
     .class_ids = true,
     .score = true,
     .crowd = true,
     .difficult = true,
     .truncated = true,
     .unlabelled = true,
     .split = true,
     .unknown_fields = true,
     .label_metadata = true,
     .fractions = true},
    sniff,
    open,
    create_ground_truth,
};

} // namespace mlopsctl::formats
