// SPDX-License-Identifier: Apache-2.0
#include "commands/args.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::commands {
namespace {

/// How a type reads from text, what help calls its value, and how its default is shown.
template <class T> struct Conversion;

template <> struct Conversion<std::string> {
  static constexpr const char* metavar = "TEXT";
  static std::optional<std::string> parse(const std::string& text) { return text; }
  static std::string show(const std::string& value) { return value; }
};

template <> struct Conversion<std::filesystem::path> {
  static constexpr const char* metavar = "PATH";
  static std::optional<std::filesystem::path> parse(const std::string& text) {
    return std::filesystem::path(text);
  }
  static std::string show(const std::filesystem::path& value) { return value.string(); }
};

template <class Int> struct IntConversion {
  static constexpr const char* metavar = "N";
  static std::optional<Int> parse(const std::string& text) {
    const auto value = parse_int(text);
    if (!value || !std::in_range<Int>(*value))
      return std::nullopt;
    return static_cast<Int>(*value);
  }
  static std::string show(Int value) { return std::to_string(value); }
};
template <> struct Conversion<int> : IntConversion<int> {};
template <> struct Conversion<std::int64_t> : IntConversion<std::int64_t> {};
template <> struct Conversion<std::uint64_t> : IntConversion<std::uint64_t> {};

template <> struct Conversion<double> {
  static constexpr const char* metavar = "R";
  static std::optional<double> parse(const std::string& text) { return parse_double(text); }
  static std::string show(double value) { return number(value); }
};

[[noreturn]] void refuse(const Arg& arg, const std::string& text, const std::string& expected) {
  throw Error(Fault::usage, arg.names.back() + ": '" + printable(text) + "' is not " + expected);
}

template <class T> const char* expectation() {
  return std::is_floating_point_v<T> ? "a number"
         : std::is_integral_v<T>     ? "a whole number in range"
                                     : "valid";
}

template <class T> struct Unwrapped { using type = T; };
template <class T> struct Unwrapped<std::optional<T>> { using type = T; };

} // namespace

Arg& Arg::required() {
  is_required = true;
  return *this;
}

Arg& Arg::metavar(std::string name) {
  metavar_text = std::move(name);
  return *this;
}

Arg& Arg::choices(std::vector<std::string> names_allowed) {
  choice_names = std::move(names_allowed);
  metavar_text = "NAME";
  auto inner = std::move(store);
  store = [this, inner](const std::string& text) {
    if (std::find(choice_names.begin(), choice_names.end(), text) == choice_names.end())
      throw Error(Fault::usage,
                  names.back() + ": '" + printable(text) + "' is unknown" +
                      did_you_mean(text, choice_names),
                  "one of " + mlopsctl::join(choice_names, ", "));
    inner(text);
  };
  return *this;
}

Arg& Arg::default_text(std::string text) {
  default_value = std::move(text);
  return *this;
}

Arg& Arg::section(std::string name) {
  section_name = std::move(name);
  return *this;
}

Arg& Arg::guarded() {
  is_guarded = true;
  return *this;
}

std::string Arg::key() const {
  for (const auto& name : names)
    if (name.starts_with("--"))
      return name.substr(2);
  return names.front();
}

Arg& Args::add(std::string_view names, std::string help) {
  auto arg = std::make_unique<Arg>();
  arg->names = split(names, ',');
  arg->help = std::move(help);
  args_.push_back(std::move(arg));
  return *args_.back();
}

template <class T> Arg& Args::value(std::string_view names, T& target, std::string help) {
  using Plain = typename Unwrapped<T>::type;
  Arg& arg = add(names, std::move(help));
  arg.metavar_text = Conversion<Plain>::metavar;
  if constexpr (std::is_same_v<T, Plain>)
    arg.default_value = Conversion<Plain>::show(target);
  arg.store = [&arg, &target](const std::string& text) {
    auto parsed = Conversion<Plain>::parse(text);
    if (!parsed)
      refuse(arg, text, expectation<Plain>());
    target = std::move(*parsed);
  };
  return arg;
}

template Arg& Args::value(std::string_view, std::string&, std::string);
template Arg& Args::value(std::string_view, std::filesystem::path&, std::string);
template Arg& Args::value(std::string_view, int&, std::string);
template Arg& Args::value(std::string_view, std::int64_t&, std::string);
template Arg& Args::value(std::string_view, std::uint64_t&, std::string);
template Arg& Args::value(std::string_view, double&, std::string);
template Arg& Args::value(std::string_view, std::optional<std::string>&, std::string);
template Arg& Args::value(std::string_view, std::optional<std::filesystem::path>&, std::string);
template Arg& Args::value(std::string_view, std::optional<int>&, std::string);
template Arg& Args::value(std::string_view, std::optional<std::int64_t>&, std::string);
template Arg& Args::value(std::string_view, std::optional<std::uint64_t>&, std::string);
template Arg& Args::value(std::string_view, std::optional<double>&, std::string);

template <>
Arg& Args::value(std::string_view names, std::vector<std::string>& target, std::string help) {
  Arg& arg = add(names, std::move(help));
  arg.metavar_text = "TEXT";
  arg.is_repeatable = true;
  arg.store = [&target](const std::string& text) { target.push_back(text); };
  return arg;
}

Arg& Args::flag(std::string_view names, bool& target, std::string help) {
  Arg& arg = add(names, std::move(help));
  arg.is_flag = true;
  arg.store = [&arg, &target](const std::string& text) {
    if (text != "true" && text != "false")
      refuse(arg, text, "true or false");
    target = text == "true";
  };
  return arg;
}

Arg& Args::list(std::string_view names, std::vector<std::string>& target, std::string help) {
  Arg& arg = add(names, std::move(help));
  arg.metavar_text = "A,B";
  arg.is_repeatable = true;
  arg.store = [&target](const std::string& text) {
    for (auto& part : split(text, ','))
      target.emplace_back(trim(part));
  };
  return arg;
}

Arg& Args::output(std::string& target, std::string help, bool may_be_positional) {
  if (may_be_positional) {
    Arg& positional = value("OUTPUT", target, "Same as --output");
    positional.default_value.clear();
  }
  Arg& arg = value("-o,--output", target, std::move(help));
  arg.metavar_text = "PATH";
  return arg;
}

Arg& Args::duration(std::string_view names, std::optional<double>& target_s, std::string help) {
  Arg& arg = add(names, std::move(help));
  arg.metavar_text = "TIME";
  arg.store = [&arg, &target_s](const std::string& text) {
    target_s = parse_duration_s(text);
    if (!target_s)
      refuse(arg, text, "a duration such as 10s, 500ms or 1.5");
  };
  return arg;
}

Arg& Args::size(std::string_view names, std::optional<std::pair<int, int>>& target,
                std::string help) {
  Arg& arg = add(names, std::move(help));
  arg.metavar_text = "WxH";
  arg.store = [&arg, &target](const std::string& text) {
    target = parse_size(text);
    if (!target)
      refuse(arg, text, "a size such as 640x480");
  };
  return arg;
}

} // namespace mlopsctl::commands
