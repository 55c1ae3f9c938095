// SPDX-License-Identifier: Apache-2.0
// manifest leakage: what data sets share that should share nothing; a gate for CI.
#include "dataset/leakage.hpp"

#include "bench/gate.hpp"
#include "commands/command.hpp"
#include "commands/manifest/dataset_report.hpp"
#include "commands/manifest/labels_io.hpp"
#include "commands/manifest/picture_scan.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "dataset/groups.hpp"
#include "dataset/refs.hpp"
#include "formats/labels/format.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <ostream>

namespace mlopsctl::commands {
namespace {

using dataset::Likeness;
using dataset::Split;
constexpr std::array k_splits{Split::train, Split::validation, Split::test};

struct Options {
  std::vector<std::string> inputs;
  std::string group_by = "source";
  std::vector<std::string> gates;
  int distance = dataset::k_default_distance;
  bool no_pictures = false;
  LabelOptions labels;
};

std::vector<bench::Gate> parse_gates(const Options& o) {
  std::vector<std::string> known;
  for (const auto likeness : dataset::k_likenesses)
    known.emplace_back(dataset::likeness_name(likeness));
  std::vector<bench::Gate> gates;
  for (const auto& text : o.gates) {
    gates.push_back(bench::parse_gate(text, known));
    for (const auto& name : gates.back().condition.names())
      if (o.no_pictures && (name == dataset::likeness_name(Likeness::bytes) ||
                            name == dataset::likeness_name(Likeness::look)))
        throw Error(Fault::usage, "--gate '" + text + "': needs the pictures",
                    "leave out --no-pictures");
  }
  return gates;
}

struct Input {
  std::string name;
  std::string path;
};

/// A folder that manifest split made stands for its splits.
std::vector<Input> expand(const std::vector<std::string>& paths) {
  std::vector<Input> inputs;
  std::error_code ignored;
  for (const auto& path : paths) {
    const std::size_t before = inputs.size();
    for (const auto split : k_splits) {
      const std::string name(dataset::split_name(split));
      const std::string file = (std::filesystem::path(path) / (name + ".manifest")).string();
      if (std::filesystem::is_regular_file(file, ignored))
        inputs.push_back({paths.size() == 1 ? name : path + ":" + name, file});
    }
    if (inputs.size() == before)
      inputs.push_back({path, path});
  }
  return inputs;
}

/// Everything that was read: images of all sets, in order.
struct Sets {
  std::vector<std::string> names;
  std::vector<std::int64_t> counts;
  std::vector<dataset::SetImage> images;
  std::vector<std::string> refs;   ///< by image, for messages
  std::vector<std::string> places; ///< by image
  Problems problems;

  std::uint32_t set_of(const std::string& name) {
    const auto known = std::find(names.begin(), names.end(), name);
    if (known != names.end())
      return static_cast<std::uint32_t>(known - names.begin());
    names.push_back(name);
    counts.push_back(0);
    return static_cast<std::uint32_t>(names.size() - 1);
  }
};

/// \param by_split one data set whose records say which split they are of.
void read_set(const Options& o, const Context& ctx, const Input& input, bool by_split,
              const dataset::GroupRule& rule, Sets& sets) {
  const auto reader = formats::open_labels(input.path, looking_options(o.labels, input.path));
  const auto finder = image_finder(o.labels, input.path);
  const dataset::ImageKeys keys(folder_of(input.path));
  dataset::Sample sample;
  const auto next = [&]() -> std::optional<PictureJob> {
    check_interrupt();
    if (!reader->next(sample))
      return std::nullopt;
    dataset::SetImage image;
    const std::string split(dataset::split_name(sample.split));
    image.set = sets.set_of(by_split ? (split.empty() ? "no split" : split) : input.name);
    image.reference = keys.key_of(sample.ref);
    image.group = rule.group_of(sample);
    if (image.group == sample.ref)
      image.group.clear(); // alone: the reference says as much
    ++sets.counts[image.set];
    sets.images.push_back(std::move(image));
    sets.refs.push_back(sample.ref);
    sets.places.push_back(sample.place);
    if (o.no_pictures)
      return PictureJob{};
    return PictureJob{finder.find(sample.ref), sample.ref, sample.place};
  };
  if (!by_split)
    sets.set_of(input.name); // a set without images is one, too
  std::size_t at = sets.images.size();
  if (o.no_pictures)
    while (next())
      ;
  else
    scan_pictures(ctx, {.with_digests = true}, next, [&](PictureFacts&& facts) {
      auto& image = sets.images[at++];
      if (facts.problem) {
        sets.problems.push_back(std::move(*facts.problem));
        return;
      }
      image.bytes = std::move(facts.digest);
      image.fingerprint = facts.look.fingerprint;
      image.has_look = true;
    });
  sets.problems.insert(sets.problems.end(), reader->problems().begin(), reader->problems().end());
}

Sets read_sets(const Options& o, const Context& ctx) {
  const dataset::GroupRule rule(o.group_by);
  const auto inputs = expand(o.inputs);
  Sets sets;
  for (const auto& input : inputs)
    read_set(o, ctx, input, inputs.size() == 1, rule, sets);
  if (sets.names.size() < 2)
    throw Error(Fault::usage,
                inputs.front().path + ": is one set only" +
                    (inputs.size() == 1 ? ", and its records name no splits" : ""),
                "name two data sets or more, or a folder that 'manifest split' made");
  return sets;
}

/// Images of the second set that are like one of the first.
using Counts = std::map<Likeness, std::int64_t>;

struct Result {
  std::map<std::pair<std::uint32_t, std::uint32_t>, Counts> pairs;
  Counts totals; ///< images, each once, whatever number of sets it is shared with
};

Result count(const Sets& sets, const std::vector<dataset::Leak>& leaks) {
  Result result;
  for (std::uint32_t second = 1; second < sets.names.size(); ++second)
    for (std::uint32_t first = 0; first < second; ++first)
      result.pairs[{first, second}];
  std::map<Likeness, std::uint32_t> last; // leaks are sorted by image
  for (const auto& leak : leaks) {
    ++result.pairs[{sets.images[leak.partner].set, sets.images[leak.image].set}][leak.likeness];
    const auto [known, is_new] = last.try_emplace(leak.likeness, leak.image);
    if (is_new || known->second != leak.image)
      ++result.totals[leak.likeness];
    known->second = leak.image;
  }
  return result;
}

/// The strongest likeness of an image to one of another set is told; the others follow from it.
Problems cases(const Sets& sets, const std::vector<dataset::Leak>& leaks) {
  Problems problems;
  const dataset::Leak* before = nullptr;
  for (const auto& leak : leaks) {
    const auto& partner_set = sets.images[leak.partner].set;
    const bool is_told =
        before && before->image == leak.image && sets.images[before->partner].set == partner_set;
    before = &leak;
    if (is_told)
      continue;
    const std::string& ref = sets.refs[leak.image];
    const std::string other = "'" + sets.refs[leak.partner] + "' of " + sets.names[partner_set];
    const std::string text =
        leak.likeness == Likeness::reference ? "is in " + sets.names[partner_set] + " too"
        : leak.likeness == Likeness::bytes   ? "is the same file as " + other
        : leak.likeness == Likeness::look
            ? "looks like " + other + " (distance " + std::to_string(leak.bits) + ")"
            : "is of the same group as " + other + ": " + sets.images[leak.image].group;
    problems.push_back({std::string(dataset::likeness_name(leak.likeness)), Severity::warning,
                        sets.places[leak.image], "'" + ref + "' " + text});
  }
  return problems;
}

std::int64_t number_of(const Counts& counts, Likeness likeness) {
  const auto found = counts.find(likeness);
  return found == counts.end() ? 0 : found->second;
}

bool is_measured(const Options& o, Likeness likeness) {
  return !o.no_pictures || (likeness != Likeness::bytes && likeness != Likeness::look);
}

void put_counts(const Options& o, const Counts& counts, Value& target) {
  for (const auto likeness : dataset::k_likenesses)
    target[dataset::likeness_name(likeness)] =
        is_measured(o, likeness) ? Value(number_of(counts, likeness)) : Value();
}

struct GateCheck {
  std::string text;
  std::string values; ///< "near_duplicates is 3"
  bool is_met = false;
};

std::vector<GateCheck> check(const std::vector<bench::Gate>& gates, const Counts& totals) {
  std::vector<GateCheck> checks;
  for (const auto& gate : gates) {
    const auto& names = gate.condition.names();
    std::vector<std::int64_t> values;
    std::string said;
    for (const auto& name : names)
      for (const auto likeness : dataset::k_likenesses)
        if (name == dataset::likeness_name(likeness)) {
          values.push_back(number_of(totals, likeness));
          said += (said.empty() ? "" : ", ") + name + " is " + std::to_string(values.back());
        }
    const bool is_met = gate.condition.holds(
        [&](std::size_t index) { return ExpressionValue(static_cast<double>(values.at(index))); });
    checks.push_back({gate.condition.text(), said, is_met});
  }
  return checks;
}

Value to_document(const Options& o, const Sets& sets, const Result& result,
                  const std::vector<GateCheck>& checks, const Problems& problems) {
  Value document =
      dataset_document("leakage", static_cast<std::int64_t>(sets.images.size()), {}, problems);
  document["distance"] = o.distance;
  put_counts(o, result.totals, document);
  Value list = Value::array();
  for (std::size_t i = 0; i < sets.names.size(); ++i) {
    Value entry = Value::object();
    entry["name"] = sets.names[i];
    entry["images"] = sets.counts[i];
    list.push(std::move(entry));
  }
  document["sets"] = std::move(list);
  Value pairs = Value::array();
  for (const auto& [pair, counts] : result.pairs) {
    Value entry = Value::object();
    entry["first"] = sets.names[pair.first];
    entry["second"] = sets.names[pair.second];
    put_counts(o, counts, entry);
    pairs.push(std::move(entry));
  }
  document["pairs"] = std::move(pairs);
  Value gates = Value::array();
  for (const auto& entry : checks) {
    Value gate = Value::object();
    gate["gate"] = entry.text;
    gate["met"] = entry.is_met;
    gates.push(std::move(gate));
  }
  document["gates"] = std::move(gates);
  document["ok"] = std::all_of(checks.begin(), checks.end(),
                               [](const GateCheck& entry) { return entry.is_met; });
  return document;
}

void print_for_people(const Options& o, const Context& ctx, const Sets& sets,
                      const Result& result) {
  for (std::size_t i = 0; i < sets.names.size(); ++i)
    ctx.say(sets.names[i] + ": " + counted(sets.counts[i], "image"));
  Table table{{"of", "also in", "same reference", "same bytes", "near-duplicate", "same group"},
              {}};
  for (const auto& [pair, counts] : result.pairs) {
    table.rows.push_back({sets.names[pair.second], sets.names[pair.first]});
    for (const auto likeness : dataset::k_likenesses)
      table.rows.back().push_back(
          is_measured(o, likeness) ? std::to_string(number_of(counts, likeness)) : "-");
  }
  ctx.print(table);
}

int run(const Options& o, Context& ctx) {
  check_label_options(o.labels);
  check_distance(o.distance);
  const auto gates = parse_gates(o);
  refuse_existing(ctx, {o.labels.problems}, o.inputs);
  const Sets sets = read_sets(o, ctx);
  refuse_unread_pictures(ctx, sets.problems,
                         "name the pictures' folder with --images, or compare without them: "
                         "--no-pictures");
  refuse_bad_records(ctx, sets.problems);
  const auto leaks = dataset::find_leaks(sets.images, o.distance, ctx.jobs());
  const Result result = count(sets, leaks);
  const auto checks = check(gates, result.totals);
  const Problems problems = cases(sets, leaks);
  static_cast<void>(may_write(ctx, o.labels, problems)); // writes --problems
  print_problems(ctx, problems);
  if (ctx.options.json)
    ctx.print(to_document(o, sets, result, checks, problems));
  else
    print_for_people(o, ctx, sets, result);
  int code = exit_ok;
  for (const auto& entry : checks)
    if (!entry.is_met) {
      ctx.err << "mlopsctl manifest leakage: gate '" << entry.text << "' not met: " << entry.values
              << '\n';
      code = exit_not_met;
    }
  return code;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("SET", o->inputs,
             "Data sets in any label format, or one folder that 'manifest split' made")
      .required();
  args.value("--gate", o->gates, "Condition on a count, such as near_duplicates<=0 (repeatable)")
      .metavar("COND");
  add_distance_option(args, o->distance);
  args.value("--group-by", o->group_by, "What groups are: source, time:10s, field:NAME or regex:RE")
      .metavar("RULE");
  args.flag("--no-pictures", o->no_pictures, "Compare references and groups only");
  add_reading_options(args, o->labels);
  args.value("--problems", o->labels.problems, "Write every case to this file (JSON Lines)")
      .metavar("FILE")
      .default_text("");
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_leakage;
const Command manifest_leakage{"manifest leakage", "Measure what data sets share", declare};
} // namespace mlopsctl::commands
