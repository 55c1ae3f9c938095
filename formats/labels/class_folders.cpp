// SPDX-License-Identifier: Apache-2.0
// class_folders: pictures in folders that are called like their class, as most training code for
// classification wants them: DIR/<class>/<image>, or DIR/train|val|test/<class>/<image>.
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/image_files.hpp"

#include <algorithm>
#include <set>

namespace mlopsctl::formats {
namespace {

using dataset::ClassMap;
using dataset::Sample;

/// What the path of a picture says; nothing if it lies too high or too deep.
struct Place {
  std::string label;
  dataset::Split split = dataset::Split::none;
};

std::optional<Place> place_of(const std::string& name) {
  const auto parts = split(name, '/');
  if (parts.size() == 2 && !dataset::split_from_name(parts[0]))
    return Place{parts[0], dataset::Split::none};
  if (parts.size() == 3 && dataset::split_from_name(parts[0]))
    return Place{parts[1], *dataset::split_from_name(parts[0])};
  return std::nullopt;
}

class ClassFoldersReader final : public dataset::SampleReader {
public:
  ClassFoldersReader(LabelInput input, const ReadOptions& options)
      : input_(std::move(input)), options_(options) {
    std::set<std::string> labels; // sorted, as training code numbers them
    for (auto& entry : input_.folder->list()) {
      if (!has_image_extension(entry.name)) {
        continue;
      }
      const auto place = place_of(entry.name);
      if (!place) {
        problems_.add({"image-without-class", Severity::warning, input_.path + "/" + entry.name,
                       "lies in no folder of a class"});
        continue;
      }
      labels.insert(place->label);
      names_.push_back(std::move(entry.name));
    }
    classes_ = ClassMap({labels.begin(), labels.end()});
  }

  bool next(Sample& sample) override {
    while (position_ < names_.size()) {
      check_interrupt();
      const std::string& name = names_[position_++];
      const auto place = place_of(name);
      sample.clear();
      sample.ref = name;
      sample.place = input_.path + "/" + name;
      sample.split = place->split;
      sample.classes.push_back(
          {place->label, classes_.find(place->label).value_or(-1), std::nullopt});
      if (check_sample(sample, options_,
                       [&](std::string rule, Severity severity, std::string text) {
                         problems_.add({std::move(rule), severity, sample.place, std::move(text)});
                       }))
        return true;
      ++left_out_;
    }
    return false;
  }
  void rewind() override { position_ = 0; }
  const ClassMap& classes() const override { return classes_; }
  const Problems& problems() const override { return problems_.all(); }
  std::int64_t left_out() const override { return left_out_; }

private:
  LabelInput input_;
  ReadOptions options_;
  std::vector<std::string> names_;
  ClassMap classes_;
  std::size_t position_ = 0;
  std::int64_t left_out_ = 0;
  ProblemList problems_;
};

/// Asked after all other folders: pictures below folders, and no labels of another kind.
bool sniff(const LabelInput& input) {
  if (!input.folder)
    return false;
  bool has_one = false;
  for (const auto& entry : input.folder->list()) {
    const std::string name = lower(entry.name);
    if (name.ends_with(".xml") || name.starts_with("labels/") || name.starts_with("images/"))
      return false;
    has_one = has_one || (has_image_extension(entry.name) && place_of(entry.name));
  }
  return has_one;
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  if (!input.folder)
    throw Error(Fault::input, input.path + ": is a file, a folder of class folders was expected");
  return std::make_unique<ClassFoldersReader>(std::move(input), options);
}

} // namespace

extern const LabelFormat class_folders;
const LabelFormat class_folders{
    "class_folders",
    "Pictures in folders called like their class (read only; 'manifest crop' writes them)",
    {},
    Needs::index,
    {.image_classes = true, .split = true, .fractions = true},
    sniff,
    open,
    nullptr,
};

} // namespace mlopsctl::formats
