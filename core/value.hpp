// SPDX-License-Identifier: Apache-2.0
// Value: a small JSON/YAML tree with line numbers, for the files people write (model.yaml,
// deploy.yaml, mlops.yaml) and other documents that fit in memory. Data sets do not go through it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl {

class Value {
public:
  enum class Kind { null, boolean, integer, number, string, array, object };
  using Member = std::pair<std::string, Value>;

  Kind kind = Kind::null;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0; ///< set for integer too
  std::string string;
  std::vector<Value> items;    ///< array
  std::vector<Member> members; ///< object, in the order of the file; keys are unique
  int line = 0; ///< 1-based line in the file it came from; 0 if unknown or made by us

  Value() = default;
  // Implicit: document["width"] = 640 is how documents are built.
  // NOLINTBEGIN(google-explicit-constructor)
  Value(bool value) : kind(Kind::boolean), boolean(value) {}
  Value(int value) : Value(static_cast<std::int64_t>(value)) {}
  Value(std::int64_t value)
      : kind(Kind::integer), integer(value), real(static_cast<double>(value)) {}
  Value(double value) : kind(Kind::number), real(value) {}
  Value(const char* value) : kind(Kind::string), string(value) {}
  Value(std::string value) : kind(Kind::string), string(std::move(value)) {}
  Value(std::string_view value) : kind(Kind::string), string(value) {}
  // NOLINTEND(google-explicit-constructor)
  static Value array();
  static Value object();

  bool is_object() const { return kind == Kind::object; }
  bool is_array() const { return kind == Kind::array; }
  bool is_string() const { return kind == Kind::string; }
  bool is_number() const { return kind == Kind::integer || kind == Kind::number; }
  bool is_null() const { return kind == Kind::null; }

  const Value* find(std::string_view key) const; ///< null pointer if absent or not an object
  Value* find(std::string_view key);
  Value& operator[](std::string_view key); ///< makes an object and the member as needed
  void push(Value item);
};

/// "an object", "a string" ... for messages.
std::string_view kind_name(Value::Kind kind);

/// Strict JSON (RFC 8259), duplicate keys refused, depth and size bounded. \param name for messages
/// ("<name>:<line>: ...").
Value parse_json(std::string_view text, const std::string& name);
/// YAML 1.2 core meaning for plain scalars (yes/no stay text), one document, aliases expanded
/// within a bound, duplicate keys refused, depth bounded. Plain scalars that look like numbers,
/// booleans or null become those; quoted ones stay text.
Value parse_yaml(std::string_view text, const std::string& name);

/// Members in their order, doubles in shortest form. \param indent 0: one line; else spaces a
/// level.
std::string to_json(const Value& value, int indent = 0);
std::string to_yaml(const Value& value);

/// Reads one object of a file that people write: typed look-ups with place and value in every
/// message, and unknown keys as errors with "did you mean". Ask for every key you know, then call
/// finish().
class ObjectReader {
public:
  /// \param path for messages, such as "model.yaml"; \param where such as "decoder.nms" ("" at the
  /// top).
  ObjectReader(const Value& value, std::string path, std::string where = {});

  bool has(std::string_view key) const;
  std::string text(std::string_view key); ///< required
  std::string text(std::string_view key, std::string fallback);
  std::int64_t integer(std::string_view key); ///< required
  std::int64_t integer(std::string_view key, std::int64_t fallback);
  double number(std::string_view key, double fallback);
  bool boolean(std::string_view key, bool fallback);
  std::string one_of(std::string_view key, const std::vector<std::string>& choices,
                     std::string fallback);
  std::vector<std::string> texts(std::string_view key); ///< missing: empty
  std::vector<double>
  numbers(std::string_view key);            ///< missing: empty; a single number counts as a list
  const Value* child(std::string_view key); ///< null pointer if missing or null
  std::optional<ObjectReader>
  object(std::string_view key); ///< nothing if missing; error if not an object
  std::vector<ObjectReader> objects(std::string_view key); ///< a list of objects; missing: empty

  /// \throws Error(input) naming the first key that was never asked for.
  void finish() const;
  /// "<file>:<line>: <where.key>: <text>" as Error(input).
  [[noreturn]] void fail(std::string_view key, const std::string& text,
                         const std::string& hint = {}) const;
  const std::string& where() const { return where_; }
  int line() const { return value_->line; }

private:
  const Value* look(std::string_view key);
  const Value& require(std::string_view key);
  std::string place(std::string_view key) const;

  const Value* value_;
  std::string path_;
  std::string where_;
  std::vector<std::string> known_;
};

} // namespace mlopsctl
