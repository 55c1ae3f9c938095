// SPDX-License-Identifier: Apache-2.0
// The door to nlohmann-json: its SAX parser fills our Value tree, so that depth and duplicate keys
// are ours to bound.
#include "core/error.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace mlopsctl {
namespace {

constexpr std::size_t k_max_depth = 200;

class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
public:
  explicit TreeBuilder(Value& root) { stack_.push_back(&root); }

  bool null() override { return put(Value{}); }
  bool boolean(bool value) override { return put(Value(value)); }
  bool number_integer(number_integer_t value) override {
    return put(Value(static_cast<std::int64_t>(value)));
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(INT64_MAX))
      return put(Value(static_cast<double>(value)));
    return put(Value(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t&) override {
    return put(Value(static_cast<double>(value)));
  }
  bool string(string_t& value) override { return put(Value(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Value::Kind::object); }
  bool start_array(std::size_t) override { return open(Value::Kind::array); }
  bool end_object() override {
    keys_.pop_back();
    stack_.pop_back();
    return true;
  }
  bool end_array() override { return end_object(); }
  bool key(string_t& value) override {
    if (!keys_.back().insert(value).second) {
      error_ = "key '" + printable(value) + "' occurs twice";
      return false;
    }
    key_ = std::move(value);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& exception) override {
    position_ = position;
    error_ = exception.what();
    if (const auto colon = error_.find("] "); colon != std::string::npos)
      error_.erase(0, colon + 2); // "[json.exception.parse_error.101] "
    return false;
  }
  const std::string& error() const { return error_; }
  std::size_t position() const { return position_; }

private:
  /// The place where the next value goes. Containers stay where they are while their children are
  /// read.
  Value& slot() {
    Value& parent = *stack_.back();
    if (stack_.size() == 1)
      return parent;
    if (parent.is_array())
      return parent.items.emplace_back();
    return parent.members.emplace_back(std::move(key_), Value{}).second;
  }
  bool put(Value value) {
    slot() = std::move(value);
    return true;
  }
  bool open(Value::Kind kind) {
    if (stack_.size() > k_max_depth) {
      error_ = "nested more than " + std::to_string(k_max_depth) + " deep";
      return false;
    }
    Value& value = slot();
    value.kind = kind;
    stack_.push_back(&value);
    keys_.emplace_back();
    return true;
  }

  std::vector<Value*> stack_;
  std::vector<std::unordered_set<std::string>> keys_;
  std::string key_;
  std::string error_;
  std::size_t position_ = 0;
};

void append_string(std::string& out, std::string_view text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default:
      if (byte < 0x20 || byte == 0x7F) {
        out += "\\u00";
        out += digits[byte >> 4];
        out += digits[byte & 15];
      } else {
        out += c;
      }
    }
  }
  out += '"';
}

void append_break(std::string& out, int indent, int depth) {
  if (indent == 0)
    return;
  out += '\n';
  out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(depth), ' ');
}

void append(std::string& out, const Value& value, int indent, int depth);

void append_array(std::string& out, const Value& value, int indent, int depth) {
  out += '[';
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0)
      out += ',';
    append_break(out, indent, depth + 1);
    append(out, value.items[i], indent, depth + 1);
  }
  if (!value.items.empty())
    append_break(out, indent, depth);
  out += ']';
}

void append_object(std::string& out, const Value& value, int indent, int depth) {
  out += '{';
  for (std::size_t i = 0; i < value.members.size(); ++i) {
    if (i > 0)
      out += ',';
    append_break(out, indent, depth + 1);
    append_string(out, value.members[i].first);
    out += indent > 0 ? ": " : ":";
    append(out, value.members[i].second, indent, depth + 1);
  }
  if (!value.members.empty())
    append_break(out, indent, depth);
  out += '}';
}

void append(std::string& out, const Value& value, int indent, int depth) {
  switch (value.kind) {
  case Value::Kind::null: out += "null"; return;
  case Value::Kind::boolean: out += value.boolean ? "true" : "false"; return;
  case Value::Kind::integer: out += std::to_string(value.integer); return;
  case Value::Kind::number: out += std::isfinite(value.real) ? number(value.real) : "null"; return;
  case Value::Kind::string: append_string(out, value.string); return;
  case Value::Kind::array: append_array(out, value, indent, depth); return;
  case Value::Kind::object: append_object(out, value, indent, depth); return;
  }
}

} // namespace

Value parse_json(std::string_view text, const std::string& name) {
  Value root;
  TreeBuilder builder(root);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    const auto end =
        text.begin() + static_cast<std::ptrdiff_t>(std::min(builder.position(), text.size()));
    const auto line = 1 + std::count(text.begin(), end, '\n');
    throw Error(Fault::input,
                name + ":" + std::to_string(line) + ": not valid JSON: " + builder.error());
  }
  return root;
}

std::string to_json(const Value& value, int indent) {
  std::string out;
  append(out, value, indent, 0);
  return out;
}

} // namespace mlopsctl
