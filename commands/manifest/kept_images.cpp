// SPDX-License-Identifier: Apache-2.0
#include "commands/manifest/kept_images.hpp"

#include "commands/manifest/dataset_report.hpp"
#include "core/interrupt.hpp"
#include "formats/labels/format.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace mlopsctl::commands {
namespace {

using dataset::Split;
constexpr std::array k_splits{Split::train, Split::validation, Split::test};

} // namespace

KeptImages::KeptImages(const std::string& folder, const std::string& input,
                       const dataset::Ratios& ratios)
    : keys_(folder_of(input)) {
  if (folder.empty())
    return;
  std::error_code ignored;
  bool has_any = false;
  for (const auto split : k_splits) {
    const std::string file = folder + "/" + std::string(dataset::split_name(split)) + ".manifest";
    if (!std::filesystem::is_regular_file(file, ignored))
      continue;
    has_any = true;
    if (std::none_of(ratios.begin(), ratios.end(),
                     [&](const auto& ratio) { return ratio.first == split; }))
      throw Error(Fault::usage,
                  "--keep: " + file + " is there, but --ratio names no " +
                      std::string(dataset::split_name(split)),
                  "name the same splits as before");
    read(folder, file, split);
  }
  if (!has_any)
    throw Error(Fault::input,
                "--keep: " + folder +
                    ": holds no train.manifest, validation.manifest or "
                    "test.manifest",
                "name a folder that 'manifest split' made");
}

void KeptImages::read(const std::string& folder, const std::string& file, Split split) {
  const auto reader = formats::open_labels(file, {});
  const dataset::ImageKeys keys(folder);
  dataset::Sample sample;
  while (reader->next(sample)) {
    check_interrupt();
    const auto [known, is_new] = entries_.try_emplace(keys.key_of(sample.ref), Entry{split, false});
    if (!is_new && known->second.split != split)
      problems_.push_back({"image-in-two-splits", Severity::warning, sample.place,
                           "'" + sample.ref + "' is in " +
                               std::string(dataset::split_name(known->second.split)) +
                               " too, and stays there"});
  }
  problems_.insert(problems_.end(), reader->problems().begin(), reader->problems().end());
}

Split KeptImages::split_of(const std::string& ref) {
  if (entries_.empty())
    return Split::none;
  const auto known = entries_.find(keys_.key_of(ref));
  if (known == entries_.end())
    return Split::none;
  found_ += known->second.is_found ? 0 : 1;
  known->second.is_found = true;
  return known->second.split;
}

std::int64_t KeptImages::gone() const {
  return static_cast<std::int64_t>(entries_.size()) - found_;
}

void DividedGroups::add(const std::string& group, const dataset::Sample& sample) {
  members_[group].push_back({sample.ref, sample.split});
}

Problems DividedGroups::problems() const {
  Problems problems;
  for (const auto& [group, members] : members_) {
    const auto other = [&](const Member& m) { return m.split != members.front().split; };
    if (std::none_of(members.begin(), members.end(), other))
      continue;
    std::string text = "its images were put in different splits before, and stay there:";
    for (const auto& member : members)
      text += (&member == &members.front() ? " '" : ", '") + member.ref + "' in " +
              std::string(dataset::split_name(member.split));
    problems.push_back({"group-divided", Severity::warning, "group " + group, text});
  }
  return problems;
}

} // namespace mlopsctl::commands
