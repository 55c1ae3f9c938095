// SPDX-License-Identifier: Apache-2.0
#include "capture/pattern_source.hpp"

#include "core/text.hpp"

namespace mlopsctl::capture {
namespace {

constexpr std::string_view k_scheme = "pattern:";
constexpr double k_most_seconds = 86400 * 366.0;
constexpr double k_most_fps = 1000;
const std::vector<std::string> k_keys{"seed",       "size", "fps",    "seconds",
                                      "max_shapes", "blur", "freeze", "transition"};

[[noreturn]] void fail_value(const std::string& key, const std::string& value, const char* wanted) {
  throw Error(Fault::usage, "pattern:shapes: " + key + "=" + printable(value) + " is not " + wanted,
              "such as pattern:shapes?seed=1&size=640x480&fps=30&seconds=10");
}

double positive(const std::string& key, const std::string& value, double most) {
  const auto parsed = parse_double(value);
  if (!parsed || *parsed <= 0 || *parsed > most)
    fail_value(key, value, ("a number above 0 and up to " + number(most)).c_str());
  return *parsed;
}

/// Of the time.
double part(const std::string& key, const std::string& value) {
  constexpr double k_most = 0.8;
  const auto parsed = parse_double(value);
  if (!parsed || !(*parsed >= 0 && *parsed <= k_most))
    fail_value(key, value, "a part of the time, 0 to 0.8");
  return *parsed;
}

void set_option(imaging::PatternOptions& options, const std::string& key,
                const std::string& value) {
  if (key == "seed") {
    const auto seed = parse_int(value);
    if (!seed || *seed < 0)
      fail_value(key, value, "a whole number from 0 on");
    options.seed = static_cast<std::uint64_t>(*seed);
  } else if (key == "size") {
    const auto size = parse_size(value);
    constexpr int k_least = 16, k_most = 8192;
    if (!size || size->first < k_least || size->second < k_least || size->first > k_most ||
        size->second > k_most)
      fail_value(key, value, "WIDTHxHEIGHT of 16 to 8192 pixels a side");
    options.width = size->first;
    options.height = size->second;
  } else if (key == "fps") {
    options.fps = positive(key, value, k_most_fps);
  } else if (key == "seconds") {
    options.seconds = positive(key, value, k_most_seconds);
  } else if (key == "max_shapes") {
    const auto count = parse_int(value);
    if (!count || *count < 0 || *count > 5)
      fail_value(key, value, "0 to 5");
    options.max_shapes = static_cast<int>(*count);
  } else if (key == "blur") {
    options.planted.blur = part(key, value);
  } else if (key == "freeze") {
    options.planted.freeze = part(key, value);
  } else if (key == "transition") {
    options.planted.transition = part(key, value);
  } else {
    throw Error(Fault::usage,
                "pattern:shapes: unknown option '" + printable(key) + "'" +
                    did_you_mean(key, k_keys),
                "the options are " + join(k_keys, ", "));
  }
}

class PatternSource final : public FrameSource {
public:
  PatternSource(std::string url, const imaging::PatternOptions& options)
      : pattern_(std::make_shared<const imaging::Pattern>(options)), fps_(options.fps),
        has_planted_(options.planted.any()) {
    info_.name = std::move(url);
    for (const auto kind : imaging::pattern_kinds())
      info_.classes.emplace_back(kind);
  }

  const SourceInfo& info() const override { return info_; }

  std::optional<Frame> next() override {
    if (next_ >= pattern_->frame_count())
      return std::nullopt;
    const std::int64_t index = next_++;
    Frame frame{index, time_of(index), info_.name};
    if (has_planted_)
      frame.planted = pattern_->planted(index);
    return frame;
  }

  std::function<Picture()> picture() override {
    return [pattern = pattern_, index = next_ - 1] {
      auto frame = pattern->frame(index);
      Picture picture{std::move(frame.image), {}};
      for (const auto& shape : frame.shapes) {
        dataset::Annotation annotation;
        annotation.label = imaging::pattern_kinds()[static_cast<std::size_t>(shape.kind)];
        annotation.box = {shape.left, shape.top, shape.width, shape.height};
        picture.annotations.push_back(std::move(annotation));
      }
      return picture;
    };
  }

  std::optional<std::vector<double>> times() const override {
    std::vector<double> times_s(static_cast<std::size_t>(pattern_->frame_count()));
    for (std::size_t i = 0; i < times_s.size(); ++i)
      times_s[i] = time_of(static_cast<std::int64_t>(i));
    return times_s;
  }

private:
  double time_of(std::int64_t index) const { return static_cast<double>(index) / fps_; }

  std::shared_ptr<const imaging::Pattern> pattern_;
  double fps_;
  bool has_planted_;
  std::int64_t next_ = 0;
  SourceInfo info_;
};

} // namespace

imaging::PatternOptions parse_pattern_url(const std::string& url) {
  const auto question = std::min(url.find('?'), url.size());
  const auto scene = url.substr(k_scheme.size(), question - k_scheme.size());
  if (scene != "shapes")
    throw Error(Fault::usage,
                "unknown pattern '" + printable(scene) + "'" + did_you_mean(scene, {"shapes"}),
                "there is pattern:shapes");
  imaging::PatternOptions options;
  if (question == url.size())
    return options;
  for (const auto& part : split(url.substr(question + 1), '&')) {
    const auto equals = part.find('=');
    if (equals == part.npos)
      throw Error(Fault::usage, "pattern:shapes: '" + printable(part) + "' is not KEY=VALUE",
                  "such as pattern:shapes?seed=1&size=640x480");
    set_option(options, part.substr(0, equals), part.substr(equals + 1));
  }
  if (options.planted.freeze > 0 && options.planted.transition > 0)
    throw Error(Fault::usage, "pattern:shapes: freeze and transition exclude each other",
                "between transitions the picture stands still anyway");
  return options;
}

std::unique_ptr<FrameSource> open_pattern(const std::string& url, const SourceOptions&) {
  return std::make_unique<PatternSource>(url, parse_pattern_url(url));
}

} // namespace mlopsctl::capture
