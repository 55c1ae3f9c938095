// SPDX-License-Identifier: Apache-2.0
// Conditions that people write: --where "class == 'dog' and area > 400", --gate 'map_50 >= 0.5'.
// Knows no name of its own: who evaluates it says what a name means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mlopsctl {

/// Nothing (the record has no such member), a number (true is 1), or a text.
using ExpressionValue = std::variant<std::monostate, double, std::string>;

/// Grammar, loosest first:
///   a or b · a and b · not a
///   a == b (also =) · != · < · <= · > · >= · a in (b, c) · a not in (b) · a like 'frames/*.jpg'
///   a + b · a - b · a * b · a / b · -a
///   12.5 · 'text' · "text" · true · false · name · `any name` · has(name) · (a)
/// A comparison with nothing is false, so is one of a number with a text that is no number;
/// arithmetic with nothing is nothing. like: * is any text, ? any one byte.
class Expression {
public:
  /// \param what for messages, such as "--where". \throws Error(usage) with the column, if \p text
  /// is no condition, longer than 8 KiB or nested deeper than 100.
  Expression(const std::string& text, const std::string& what);

  /// Names in the order of their first use, each once.
  const std::vector<std::string>& names() const { return names_; }
  const std::string& text() const { return text_; }

  /// \param value_of gives the value of names()[index]; asked only for what is needed.
  bool holds(const std::function<ExpressionValue(std::size_t index)>& value_of) const;

private:
  friend class ExpressionParser;
  enum class Kind : std::uint8_t {
    constant,
    name,
    has,
    either,
    both,
    negation,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    in,
    like,
    add,
    subtract,
    multiply,
    divide,
    minus
  };
  struct Node {
    Kind kind = Kind::constant;
    std::size_t left = 0; ///< node; for a name its index
    std::size_t right = 0;
    ExpressionValue value;
    std::vector<std::size_t> list; ///< of in
  };
  using ValueOf = std::function<ExpressionValue(std::size_t)>;
  bool is_true(std::size_t node, const ValueOf& value_of) const;
  ExpressionValue evaluate(std::size_t node, const ValueOf& value_of) const;
  static bool is_condition(Kind kind);

  std::string text_;
  std::vector<std::string> names_;
  std::vector<Node> nodes_;
  std::size_t root_ = 0;
};

} // namespace mlopsctl
