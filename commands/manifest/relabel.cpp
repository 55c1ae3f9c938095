// SPDX-License-Identifier: Apache-2.0
// manifest relabel: other classes for the same boxes.
#include "dataset/relabel.hpp"

#include "commands/command.hpp"
#include "commands/manifest/dataset_report.hpp"
#include "commands/manifest/transfer.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

namespace mlopsctl::commands {
namespace {

constexpr std::uint64_t k_max_list_bytes = std::uint64_t{16} << 20;

struct Options {
  std::string input;
  std::string output;
  std::string to;
  std::vector<std::string> map;
  std::string from_filename;
  std::string from_field;
  std::string classes_file;
  LabelOptions labels;
};

void validate(const Options& o) {
  if (o.map.empty() && o.from_filename.empty() && o.from_field.empty() && o.classes_file.empty())
    throw Error(Fault::usage, "nothing to do",
                "pass --map, --from-filename, --from-field or --classes");
  if (!o.from_filename.empty() && !o.from_field.empty())
    throw Error(Fault::usage, "--from-filename and --from-field exclude each other");
  check_label_options(o.labels);
}

dataset::Relabeler relabeler_of(const Options& o) {
  dataset::Relabeler relabeler;
  for (const auto& entry : o.map)
    relabeler.add_rename(entry);
  if (!o.from_filename.empty())
    relabeler.take_from_filename(o.from_filename);
  relabeler.take_from_field(o.from_field);
  return relabeler;
}

std::vector<std::string> classes_of(const std::string& path) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const auto& line : split(read_file(path, k_max_list_bytes), '\n')) {
    const std::string name(trim(line));
    if (name.empty())
      continue;
    if (!seen.insert(name).second)
      throw Error(Fault::input, path + ": '" + printable(name) + "' stands twice");
    names.push_back(name);
  }
  if (names.empty())
    throw Error(Fault::input, path + ": names no class",
                "one name a line, in the order of the ids");
  return names;
}

/// Ids before and after, learned while the samples go by.
class IdTable {
public:
  void note(const std::string& label, std::int64_t old_id) {
    const std::lock_guard lock(mutex_);
    old_ids_[label].insert(old_id);
  }
  /// \return lines such as "dog: 3 -> 0", for classes whose id changed.
  std::vector<std::string> changes(const std::vector<std::string>& order) const {
    std::vector<std::string> lines;
    for (std::size_t id = 0; id < order.size(); ++id) {
      const auto known = old_ids_.find(order[id]);
      if (known == old_ids_.end())
        continue;
      std::vector<std::string> old;
      for (const auto value : known->second)
        if (value >= 0 && value != static_cast<std::int64_t>(id))
          old.push_back(std::to_string(value));
      if (!old.empty())
        lines.push_back(order[id] + ": " + join(old, ", ") + " -> " + std::to_string(id));
    }
    return lines;
  }

private:
  std::mutex mutex_;
  std::map<std::string, std::set<std::int64_t>> old_ids_;
};

/// The order of the ids: that of --classes, or of the source with its classes renamed, then
/// whatever the file names or fields give, as text.
std::vector<std::string> class_order(const Options& o, const dataset::Relabeler& relabeler,
                                     dataset::SampleReader& reader) {
  if (!o.classes_file.empty())
    return classes_of(o.classes_file);
  dataset::ClassMap order;
  if (o.from_filename.empty() && o.from_field.empty()) {
    for (const auto& name : dataset::read_classes(reader))
      order.add(relabeler.renamed(name));
    return order.names();
  }
  std::set<std::string> names;
  dataset::Sample sample;
  while (reader.next(sample)) {
    if (!relabeler.apply(sample).empty())
      continue;
    for (const auto& annotation : sample.annotations)
      names.insert(annotation.label);
    for (const auto& image_class : sample.classes)
      names.insert(image_class.label);
  }
  reader.rewind();
  return {names.begin(), names.end()};
}

struct Work {
  const dataset::Relabeler& relabeler;
  std::set<std::string> allowed; ///< of --classes; empty: all
  IdTable ids;
  std::mutex mutex;
  Problems problems;

  bool refuse(const dataset::Sample& sample, const char* rule, std::string text) {
    const std::lock_guard lock(mutex);
    // by the reference: line numbers are counted later, when the pieces are put in order
    problems.push_back({rule, Severity::error, sample.ref, std::move(text)});
    return false;
  }

  /// The same list for any number of threads.
  Problems sorted_problems() {
    std::sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
      return std::tie(a.place, a.text) < std::tie(b.place, b.text);
    });
    return problems;
  }

  bool apply(dataset::Sample& sample) {
    std::vector<std::int64_t> old_ids;
    for (const auto& annotation : sample.annotations)
      old_ids.push_back(annotation.source_id);
    for (const auto& image_class : sample.classes)
      old_ids.push_back(image_class.source_id);
    if (auto fault = relabeler.apply(sample); !fault.empty())
      return refuse(sample, "relabel-no-class", std::move(fault));
    std::size_t at = 0;
    const auto settle = [&](auto& thing) {
      ids.note(thing.label, old_ids[at++]);
      return allowed.empty() || allowed.contains(thing.label);
    };
    for (auto& annotation : sample.annotations)
      if (!settle(annotation))
        return refuse(sample, "relabel-unknown-class",
                      "'" + annotation.label + "' is not in --classes");
    for (auto& image_class : sample.classes)
      if (!settle(image_class))
        return refuse(sample, "relabel-unknown-class",
                      "'" + image_class.label + "' is not in --classes");
    return true;
  }
};

int run(const Options& o, Context& ctx) {
  validate(o);
  refuse_existing(ctx, {o.labels.problems}, {o.input, o.output});
  const auto relabeler = relabeler_of(o);
  std::vector<std::string> order;
  const auto transfer =
      open_transfer(o.labels, o.input, o.output, o.to, ctx, [&](dataset::SampleReader& reader) {
        return order = class_order(o, relabeler, reader);
      });
  Work work{relabeler, {}, {}, {}, {}};
  if (!o.classes_file.empty())
    work.allowed.insert(order.begin(), order.end());
  Outcome outcome =
      copy_all(transfer, ctx, [&](dataset::Sample& sample) { return work.apply(sample); });
  const auto refused = work.sorted_problems();
  outcome.problems.insert(outcome.problems.end(), refused.begin(), refused.end());
  for (const auto& name : relabeler.unused())
    outcome.problems.push_back({"relabel-unused", Severity::warning, "--map",
                                "'" + name + "' is no class of the data set"});
  const bool is_written = finish_transfer(transfer, ctx, o.labels, outcome);
  if (is_written) {
    print_losses(ctx, all_losses(transfer));
    if (transfer.to->holds.class_ids)
      for (const auto& line : work.ids.changes(order))
        ctx.say("class id of " + line);
  }
  return conclude(ctx, o.labels, outcome, is_written, o.output);
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "File or folder to read, - for stdin").required();
  args.output(o->output, "File or folder to write, - for stdout").required();
  args.list("--map", o->map, "Rename classes; two of the same new name become one class")
      .metavar("OLD=NEW,...");
  args.value("--from-filename", o->from_filename,
             "The first group of this pattern in the reference is the class of all boxes")
      .metavar("REGEX")
      .default_text("");
  args.value("--from-field", o->from_field, "The text of this member of the line is")
      .metavar("NAME")
      .default_text("");
  args.value("--classes", o->classes_file,
             "File with the class names in the order of their ids; others are refused")
      .metavar("FILE")
      .default_text("");
  add_output_format_option(args, o->to);
  add_reading_options(args, o->labels);
  add_bad_record_options(args, o->labels);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_relabel;
const Command manifest_relabel{"manifest relabel", "Give boxes and images other classes", declare};
} // namespace mlopsctl::commands
