// SPDX-License-Identifier: Apache-2.0
#include "core/expression.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <compare>
#include <optional>

namespace mlopsctl {
namespace {

constexpr std::size_t k_max_bytes = 8 * 1024;
constexpr int k_max_depth = 100;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<double> as_number(const ExpressionValue& value) {
  if (const auto* number = std::get_if<double>(&value))
    return *number;
  const auto* text = std::get_if<std::string>(&value);
  return text ? parse_double(*text) : std::nullopt;
}

/// Nothing if the two cannot be compared.
std::partial_ordering compare(const ExpressionValue& a, const ExpressionValue& b) {
  const auto* left = std::get_if<std::string>(&a);
  const auto* right = std::get_if<std::string>(&b);
  if (left && right)
    return *left <=> *right;
  const auto x = as_number(a);
  const auto y = as_number(b);
  return x && y ? *x <=> *y : std::partial_ordering::unordered;
}

/// Whole text against a pattern of * and ?. Linear with one step back to the last star.
bool is_like(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t rule = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_at = 0;
  while (at < text.size()) {
    if (rule < pattern.size() && pattern[rule] == '*') {
      star = rule++;
      star_at = at;
    } else if (rule < pattern.size() && (pattern[rule] == '?' || pattern[rule] == text[at])) {
      ++rule;
      ++at;
    } else if (star != std::string_view::npos) {
      rule = star + 1;
      at = ++star_at;
    } else {
      return false;
    }
  }
  while (rule < pattern.size() && pattern[rule] == '*')
    ++rule;
  return rule == pattern.size();
}

} // namespace

/// Recursive descent, one function a level of the grammar.
class ExpressionParser {
public:
  using Kind = Expression::Kind;

  ExpressionParser(Expression& out, std::string what) : out_(out), what_(std::move(what)) {}

  void parse() {
    if (text().size() > k_max_bytes)
      fail(0, "is longer than 8 KiB");
    out_.root_ = either(0);
    skip_spaces();
    if (at_ < text().size())
      fail(at_, "'" + rest() + "' is not expected here");
    if (!Expression::is_condition(out_.nodes_[out_.root_].kind))
      fail(0, "no comparison in it");
  }

private:
  const std::string& text() const { return out_.text_; }
  std::string rest() const { return printable(std::string_view(text()).substr(at_, 20)); }

  [[noreturn]] void fail(std::size_t column, const std::string& why) const {
    throw Error(Fault::usage,
                what_ + " '" + printable(std::string_view(text()).substr(0, 200)) + "': column " +
                    std::to_string(column + 1) + ": " + why,
                "such as: class == 'dog' and area > 400; texts stand in quotes");
  }

  void skip_spaces() {
    while (at_ < text().size() && (text()[at_] == ' ' || text()[at_] == '\t'))
      ++at_;
  }

  bool take(std::string_view sign) {
    skip_spaces();
    if (!std::string_view(text()).substr(at_).starts_with(sign))
      return false;
    at_ += sign.size();
    return true;
  }

  bool take_word(std::string_view word) {
    skip_spaces();
    const auto ahead = std::string_view(text()).substr(at_);
    if (!ahead.starts_with(word) || (ahead.size() > word.size() && (is_letter(ahead[word.size()]) ||
                                                                    is_digit(ahead[word.size()]))))
      return false;
    at_ += word.size();
    return true;
  }

  std::size_t add(Expression::Node node) {
    out_.nodes_.push_back(std::move(node));
    return out_.nodes_.size() - 1;
  }
  std::size_t add(Kind kind, std::size_t left, std::size_t right) {
    return add({kind, left, right, {}, {}});
  }

  void enter(int depth) const {
    if (depth > k_max_depth)
      fail(at_, "is nested deeper than 100");
  }

  std::size_t either(int depth) {
    enter(depth);
    auto left = both(depth + 1);
    while (take_word("or"))
      left = add(Kind::either, left, both(depth + 1));
    return left;
  }

  std::size_t both(int depth) {
    auto left = negation(depth + 1);
    while (take_word("and"))
      left = add(Kind::both, left, negation(depth + 1));
    return left;
  }

  std::size_t negation(int depth) {
    enter(depth);
    if (take_word("not"))
      return add(Kind::negation, negation(depth + 1), 0);
    return comparison(depth + 1);
  }

  std::optional<Kind> comparison_sign() {
    if (take("<="))
      return Kind::less_equal;
    if (take(">="))
      return Kind::greater_equal;
    if (take("!="))
      return Kind::not_equal;
    if (take("==") || take("="))
      return Kind::equal;
    if (take("<"))
      return Kind::less;
    if (take(">"))
      return Kind::greater;
    return std::nullopt;
  }

  std::size_t comparison(int depth) {
    const auto left = sum(depth);
    if (const auto sign = comparison_sign())
      return add(*sign, left, sum(depth));
    if (take_word("like"))
      return add(Kind::like, left, sum(depth));
    const auto before = at_;
    const bool is_not = take_word("not");
    if (take_word("in")) {
      Expression::Node node{Kind::in, left, 0, {}, {}};
      if (!take("("))
        fail(at_, "a list in parentheses was expected behind 'in'");
      do {
        node.list.push_back(sum(depth));
      } while (take(","));
      if (!take(")"))
        fail(at_, "')' was expected at the end of the list");
      const auto list = add(std::move(node));
      return is_not ? add(Kind::negation, list, 0) : list;
    }
    if (is_not)
      fail(before, "'in' was expected behind 'not'");
    return left;
  }

  std::size_t sum(int depth) {
    auto left = product(depth);
    for (;;) {
      if (take("+"))
        left = add(Kind::add, left, product(depth));
      else if (take("-"))
        left = add(Kind::subtract, left, product(depth));
      else
        return left;
    }
  }

  std::size_t product(int depth) {
    auto left = unary(depth);
    for (;;) {
      if (take("*"))
        left = add(Kind::multiply, left, unary(depth));
      else if (take("/"))
        left = add(Kind::divide, left, unary(depth));
      else
        return left;
    }
  }

  std::size_t unary(int depth) {
    enter(depth);
    if (take("-"))
      return add(Kind::minus, unary(depth + 1), 0);
    return primary(depth + 1);
  }

  std::size_t primary(int depth) {
    skip_spaces();
    if (at_ >= text().size())
      fail(at_, "ends too early");
    const char c = text()[at_];
    if (take("(")) {
      const auto inner = either(depth);
      if (!take(")"))
        fail(at_, "')' was expected");
      return inner;
    }
    if (is_digit(c) || c == '.')
      return number();
    if (c == '\'' || c == '"')
      return add({Kind::constant, 0, 0, quoted(), {}});
    if (c == '`')
      return name(quoted());
    if (is_letter(c))
      return word();
    fail(at_, "'" + rest() + "' is not expected here");
  }

  std::size_t number() {
    const auto start = at_;
    while (at_ < text().size() && (is_digit(text()[at_]) || text()[at_] == '.' ||
                                   text()[at_] == 'e' || text()[at_] == 'E' ||
                                   ((text()[at_] == '-' || text()[at_] == '+') &&
                                    (text()[at_ - 1] == 'e' || text()[at_ - 1] == 'E'))))
      ++at_;
    const auto written = text().substr(start, at_ - start);
    const auto value = parse_double(written);
    if (!value)
      fail(start, "'" + written + "' is not a number");
    return add({Kind::constant, 0, 0, *value, {}});
  }

  /// A backslash takes the next byte as it is.
  std::string quoted() {
    const auto start = at_;
    const char mark = text()[at_++];
    std::string out;
    for (; at_ < text().size() && text()[at_] != mark; ++at_) {
      if (text()[at_] == '\\' && at_ + 1 < text().size())
        ++at_;
      out += text()[at_];
    }
    if (at_ >= text().size())
      fail(start, std::string("the closing ") + mark + " is missing");
    ++at_;
    return out;
  }

  std::string bare_name() {
    const auto start = at_;
    while (at_ < text().size() &&
           (is_letter(text()[at_]) || is_digit(text()[at_]) || text()[at_] == '.'))
      ++at_;
    return text().substr(start, at_ - start);
  }

  std::size_t word() {
    const auto start = at_;
    const std::string written = bare_name();
    if (written == "true" || written == "false")
      return add({Kind::constant, 0, 0, written == "true" ? 1.0 : 0.0, {}});
    if (written == "has" && take("(")) {
      skip_spaces();
      const bool is_quoted = at_ < text().size() && text()[at_] == '`';
      const std::string wanted = is_quoted ? quoted() : bare_name();
      if (wanted.empty() || !take(")"))
        fail(at_, "has(NAME) was expected");
      return add({Kind::has, index_of(wanted), 0, {}, {}});
    }
    for (const char* reserved : {"and", "or", "not", "in", "like"})
      if (written == reserved)
        fail(start, "'" + written + "' is not expected here");
    return name(written);
  }

  std::size_t name(const std::string& written) {
    return add({Kind::name, index_of(written), 0, {}, {}});
  }

  std::size_t index_of(const std::string& written) {
    auto& names = out_.names_;
    const auto known = std::find(names.begin(), names.end(), written);
    if (known != names.end())
      return static_cast<std::size_t>(known - names.begin());
    names.push_back(written);
    return names.size() - 1;
  }

  Expression& out_;
  std::string what_;
  std::size_t at_ = 0;
};

Expression::Expression(const std::string& text, const std::string& what) : text_(text) {
  ExpressionParser(*this, what).parse();
}

bool Expression::is_condition(Kind kind) {
  switch (kind) {
  case Kind::has:
  case Kind::either:
  case Kind::both:
  case Kind::negation:
  case Kind::equal:
  case Kind::not_equal:
  case Kind::less:
  case Kind::less_equal:
  case Kind::greater:
  case Kind::greater_equal:
  case Kind::in:
  case Kind::like: return true;
  default: return false;
  }
}

bool Expression::holds(const ValueOf& value_of) const {
  return is_true(root_, value_of);
}

bool Expression::is_true(std::size_t index, const ValueOf& value_of) const {
  const Node& node = nodes_[index];
  const auto compared = [&] {
    return compare(evaluate(node.left, value_of), evaluate(node.right, value_of));
  };
  switch (node.kind) {
  case Kind::either: return is_true(node.left, value_of) || is_true(node.right, value_of);
  case Kind::both: return is_true(node.left, value_of) && is_true(node.right, value_of);
  case Kind::negation: return !is_true(node.left, value_of);
  case Kind::has: return !std::holds_alternative<std::monostate>(value_of(node.left));
  case Kind::equal: return std::is_eq(compared());
  case Kind::not_equal: {
    const auto order = compared();
    return std::is_lt(order) || std::is_gt(order);
  }
  case Kind::less: return std::is_lt(compared());
  case Kind::less_equal: return std::is_lteq(compared());
  case Kind::greater: return std::is_gt(compared());
  case Kind::greater_equal: return std::is_gteq(compared());
  case Kind::in: {
    const auto value = evaluate(node.left, value_of);
    return std::any_of(node.list.begin(), node.list.end(), [&](std::size_t item) {
      return std::is_eq(compare(value, evaluate(item, value_of)));
    });
  }
  case Kind::like: {
    const auto value = evaluate(node.left, value_of);
    const auto pattern = evaluate(node.right, value_of);
    const auto* text = std::get_if<std::string>(&value);
    const auto* rule = std::get_if<std::string>(&pattern);
    return text && rule && is_like(*text, *rule);
  }
  default: // a value where a condition was meant: everything but 0 and nothing
    return as_number(evaluate(index, value_of)).value_or(0) != 0;
  }
}

ExpressionValue Expression::evaluate(std::size_t index, const ValueOf& value_of) const {
  const Node& node = nodes_[index];
  if (node.kind == Kind::constant)
    return node.value;
  if (node.kind == Kind::name)
    return value_of(node.left);
  if (is_condition(node.kind))
    return is_true(index, value_of) ? 1.0 : 0.0;
  const auto left = as_number(evaluate(node.left, value_of));
  if (!left)
    return {};
  if (node.kind == Kind::minus)
    return -*left;
  const auto right = as_number(evaluate(node.right, value_of));
  if (!right)
    return {};
  switch (node.kind) {
  case Kind::add: return *left + *right;
  case Kind::subtract: return *left - *right;
  case Kind::multiply: return *left * *right;
  case Kind::divide: return *right == 0 ? ExpressionValue() : ExpressionValue(*left / *right);
  default: return {};
  }
}

} // namespace mlopsctl
