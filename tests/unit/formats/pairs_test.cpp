// SPDX-License-Identifier: Apache-2.0
// There and back over every ordered pair of formats: what one format holds is the same in the next,
// or a loss names the field that is not.
#include "formats/labels/image_files.hpp"
#include "tests/unit/formats/label_files.hpp"

#include <cmath>
#include <map>
#include <random>

namespace mlopsctl::formats {
namespace {

using dataset::Sample;

constexpr int k_width = 640;
constexpr int k_height = 480;
constexpr double k_same_px = 1e-3;

class Pairs : public LabelFiles {};

/// Every kind of thing a sample can say, in every mixture that the seed gives.
std::vector<Sample> make_samples(std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  const auto one_of = [&](std::uint64_t n) { return dice() % n == 0; };
  const std::vector<std::string> classes{"dog", "Millennium Falcon", "caf\xc3\xa9", "a,b;\"c\"",
                                         "&<x>"};
  std::vector<Sample> samples;
  for (int i = 0; i < 60; ++i) {
    Sample sample;
    sample.ref = "frames/f" + std::to_string(1000 + i) + (one_of(4) ? " (1)+%20" : "") + ".jpg";
    sample.width = k_width;
    sample.height = k_height;
    sample.depth = 3;
    sample.is_labelled = !one_of(8);
    sample.split = static_cast<dataset::Split>(dice() % 4);
    if (one_of(3))
      sample.group = "clip " + std::to_string(i / 5);
    if (one_of(5))
      sample.time_s = 0.25 * i;
    if (one_of(4))
      sample.extra.emplace_back("weather", "\"rain\"");
    const bool is_whole = sample.is_labelled && one_of(6);
    if (is_whole)
      sample.classes.push_back({classes[dice() % classes.size()], -1, std::nullopt});
    const int boxes = sample.is_labelled && !is_whole ? static_cast<int>(dice() % 4) : 0;
    for (int k = 0; k < boxes; ++k) {
      auto& annotation = sample.annotations.emplace_back();
      annotation.label = classes[dice() % classes.size()];
      const double fraction = one_of(2) ? 0.125 * static_cast<double>(dice() % 8) : 0;
      annotation.box = {static_cast<double>(dice() % 500) + fraction,
                        static_cast<double>(dice() % 400) + fraction,
                        1 + static_cast<double>(dice() % 100),
                        1 + static_cast<double>(dice() % 60) + fraction};
      if (one_of(3))
        annotation.score = 0.25 + 0.125 * static_cast<double>(dice() % 5);
      annotation.is_crowd = one_of(7);
      annotation.is_difficult = one_of(7);
      annotation.is_truncated = one_of(7);
      if (one_of(6))
        annotation.extra.emplace_back("pose", "\"left\"");
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

/// What differs, as words that the loss of it must have in its field.
class Comparison {
public:
  void compare(const std::vector<Sample>& before, const std::vector<Sample>& after) {
    std::map<std::string, const Sample*> by_name;
    for (const auto& sample : after)
      by_name[key(sample)] = &sample;
    for (const auto& sample : before) {
      const auto found = by_name.find(key(sample));
      if (found == by_name.end())
        note("left out", sample, "is gone");
      else
        compare(sample, *found->second);
    }
    if (after.size() > before.size())
      note("never", after.back(), "came from nowhere");
  }
  const std::map<std::string, std::string>& all() const { return first_; }

private:
  static std::string key(const Sample& sample) {
    return std::string(without_extension(base_name(sample.ref)));
  }
  void note(const std::string& kind, const Sample& sample, const std::string& text) {
    first_.emplace(kind, sample.ref + ": " + text);
  }

  void compare(const Sample& a, const Sample& b) {
    if (a.is_labelled != b.is_labelled)
      note("labelled", a, "labelled or not");
    if (b.width > 0 && (a.width != b.width || a.height != b.height))
      note("never", a, "size");
    if (a.split != b.split)
      note("split", a, "split");
    if (a.group != b.group)
      note("group", a, "group '" + a.group + "' is '" + b.group + "'");
    if (a.time_s.has_value() != b.time_s.has_value())
      note("time_s", a, "time_s");
    if (a.classes.size() != b.classes.size())
      note("class", a, "classes of the image");
    else if (!a.classes.empty() && a.classes[0].label != b.classes[0].label)
      note("never", a, "class '" + a.classes[0].label + "' is '" + b.classes[0].label + "'");
    for (const auto& [name, json] : a.extra)
      if (name == "weather" && !has(b.extra, name, json))
        note("members of the image", a, name);
    if (a.annotations.size() != b.annotations.size())
      return note("boxes", a,
                  std::to_string(a.annotations.size()) + " boxes are " +
                      std::to_string(b.annotations.size()));
    for (std::size_t i = 0; i < a.annotations.size(); ++i)
      compare(a, a.annotations[i], b.annotations[i]);
  }

  void compare(const Sample& sample, const dataset::Annotation& a, const dataset::Annotation& b) {
    if (a.label != b.label)
      note("never", sample, "'" + a.label + "' is '" + b.label + "'");
    const auto far = [](double x, double y) { return std::abs(x - y) > k_same_px; };
    if (far(a.box.left, b.box.left) || far(a.box.top, b.box.top) ||
        far(a.box.right(), b.box.right()) || far(a.box.bottom(), b.box.bottom()))
      note("boxes", sample, "a box moved");
    if (a.score.has_value() != b.score.has_value() ||
        (a.score && std::abs(*a.score - *b.score) > 1e-9))
      note("score", sample, "score");
    if (a.is_crowd != b.is_crowd)
      note("crowd", sample, "crowd");
    if (a.is_difficult != b.is_difficult)
      note("difficult", sample, "difficult");
    if (a.is_truncated != b.is_truncated)
      note("truncated", sample, "truncated");
    for (const auto& [name, json] : a.extra)
      if (name == "pose" && !has(b.extra, name, json))
        note("members of the box", sample, name);
  }
  static bool has(const dataset::Fields& fields, const std::string& name, const std::string& json) {
    for (const auto& [key, value] : fields)
      if (key == name && value == json)
        return true;
    return false;
  }

  std::map<std::string, std::string> first_;
};

struct Step {
  std::vector<Sample> samples;
  std::string losses; ///< the fields, a line each
};

void append(std::string& out, const dataset::Losses& losses) {
  for (const auto& loss : losses)
    out += loss.field + "\n";
}

class Converter {
public:
  explicit Converter(std::string folder) : folder_(std::move(folder)) {}

  Step run(const LabelFormat& format, const std::vector<Sample>& samples) {
    const std::string name =
        folder_ + "/" + std::to_string(count_++) +
        (format.extensions.empty() ? std::string() : std::string(format.extensions[0]));
    WriteOptions write;
    write.format = format.name;
    const auto writer = create_labels(name, write);
    for (const auto& sample : samples)
      writer->write(sample);
    writer->finish();
    Step step;
    append(step.losses, writer->losses());
    ReadOptions read;
    read.format = format.name;
    read.image_size = [](const std::string&) { return ImageSize{k_width, k_height, 3}; };
    const auto reader = open_labels(name, read);
    for (Sample sample; reader->next(sample);)
      step.samples.push_back(sample);
    append(step.losses, reader->losses());
    for (const auto& problem : reader->problems())
      EXPECT_NE(problem.severity, Severity::error) << format.name << ": " << problem.text;
    return step;
  }

private:
  std::string folder_;
  int count_ = 0;
};

/// Frames of videos have names of their own, and a set without sequences has none: cut out here,
/// and tested in ground_truth_video_test.
bool takes_any_image(const LabelFormat& format) {
  return format.create && format.name != "ground_truth_video";
}

std::string unexplained(const std::vector<Sample>& before, const Step& step) {
  Comparison comparison;
  comparison.compare(before, step.samples);
  std::string out;
  for (const auto& [kind, example] : comparison.all())
    if (step.losses.find(kind) == std::string::npos)
      out += "  " + kind + " (" + example + ")\n";
  return out;
}

TEST_F(Pairs, EveryDifferenceIsALossThatIsNamed) {
  Converter converter(root_.string());
  const auto original = make_samples(7);
  for (const auto* from : all_label_formats()) {
    if (!takes_any_image(*from))
      continue;
    const Step first = converter.run(*from, original);
    EXPECT_EQ(unexplained(original, first), "") << "into " << from->name << "; losses:\n"
                                                << first.losses;
    for (const auto* to : all_label_formats()) {
      if (!takes_any_image(*to))
        continue;
      const Step second = converter.run(*to, first.samples);
      EXPECT_EQ(unexplained(first.samples, second), "")
          << from->name << " to " << to->name << "; losses:\n"
          << second.losses;
    }
  }
}

TEST_F(Pairs, AFormatKeepsWhatItHolds) {
  Converter converter(root_.string());
  for (const auto* format : all_label_formats()) {
    if (!takes_any_image(*format))
      continue;
    const Step first = converter.run(*format, make_samples(11));
    const Step second = converter.run(*format, first.samples);
    Comparison comparison;
    comparison.compare(first.samples, second.samples);
    for (const auto& [kind, example] : comparison.all())
      ADD_FAILURE() << format->name << " does not give back what it gave: " << kind << ": "
                    << example;
  }
}

} // namespace
} // namespace mlopsctl::formats
