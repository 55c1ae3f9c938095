// SPDX-License-Identifier: Apache-2.0
// The door to yaml-cpp: its event parser fills our Value tree, so that aliases, depth and duplicate
// keys are ours to bound.
#include "core/error.hpp"
#include "core/text.hpp"
#include "core/value.hpp"
#include "core/yaml_documents.hpp"

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <map>
#include <streambuf>
#include <unordered_set>

namespace mlopsctl {
namespace {

constexpr std::size_t k_max_depth = 100;
constexpr std::size_t k_max_nodes =
    1'000'000; // an alias bomb doubles with every line: counted after expansion

struct ViewBuffer : std::streambuf {
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data()); // the get area is never written to
    setg(begin, begin, begin + text.size());
  }
};

/// YAML 1.2 core schema for plain scalars; yes/no/on/off stay text (the "Norway problem").
Value plain_scalar(const std::string& text) {
  if (text.empty() || text == "null" || text == "~" || text == "Null" || text == "NULL")
    return {};
  if (text == "true" || text == "True" || text == "TRUE")
    return Value(true);
  if (text == "false" || text == "False" || text == "FALSE")
    return Value(false);
  if (const auto integer = parse_int(text))
    return Value(*integer);
  const bool looks_numeric = text.find_first_not_of("+-.0123456789eE") == std::string::npos;
  if (const auto real = parse_double(text); real && looks_numeric)
    return Value(*real);
  return Value(text);
}

bool has_tab_indent(std::string_view text) {
  return text.starts_with('\t') || text.find("\n\t") != std::string_view::npos;
}

std::size_t count_nodes(const Value& value) {
  std::size_t count = 1;
  for (const auto& item : value.items)
    count += count_nodes(item);
  for (const auto& [key, member] : value.members)
    count += count_nodes(member);
  return count;
}

/// One document, tags dropped, a value's line its own; or all of them, tags kept, a member's line
/// that of its key.
enum class Reading { one_plain, all_tagged };

class TreeBuilder final : public YAML::EventHandler {
public:
  explicit TreeBuilder(std::string name, Reading reading = Reading::one_plain)
      : name_(std::move(name)), is_tagged_(reading == Reading::all_tagged) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    anchors_.clear();
    if (++documents_ > 1 && !is_tagged_)
      fail(mark, "a second YAML document starts here; one is expected");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { put(mark, {}, anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      fail(mark, "an alias refers to a node that is not finished");
    nodes_ += count_nodes(found->second);
    put(mark, found->second, 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool is_plain = tag == "?" || tag.empty();
    put(mark, tagged(tag, is_plain ? plain_scalar(value) : Value(value), mark.line + 1), anchor,
        &value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, Value::array(), anchor, tag);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, Value::object(), anchor, tag);
  }
  void OnMapEnd() override { close(); }

  Value take_root() { return roots_.empty() ? Value() : std::move(roots_.front()); }
  std::vector<Value> take_roots() { return std::move(roots_); }

private:
  struct Open {
    Value value;
    YAML::anchor_t anchor = 0;
    std::string tag;
    std::optional<std::string> key; ///< of the member that comes next, in a mapping
    int key_line = 0;
    std::unordered_set<std::string> keys; ///< that were read
  };

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& text) const {
    throw Error(Fault::input, name_ + ":" + std::to_string(mark.line + 1) + ": " + text);
  }
  /// "!Name value" -> {"!Name": value}; tags of YAML itself ("!", "!!str") say nothing more.
  Value tagged(const std::string& tag, Value value, int line) const {
    if (!is_tagged_ || tag.size() < 2 || tag.front() != '!' || tag[1] == '!')
      return value;
    value.line = line;
    Value out = Value::object();
    out.line = line;
    out[tag] = std::move(value);
    return out;
  }
  void open(const YAML::Mark& mark, Value value, YAML::anchor_t anchor, const std::string& tag) {
    if (stack_.size() >= k_max_depth)
      fail(mark, "nested more than " + std::to_string(k_max_depth) + " deep");
    if (!stack_.empty() && stack_.back().value.is_object() && !stack_.back().key)
      fail(mark, "a key must be text");
    value.line = mark.line + 1;
    stack_.push_back({std::move(value), anchor, tag, std::nullopt, 0, {}});
  }
  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    YAML::Mark mark;
    mark.line = done.value.line - 1;
    const int line = done.value.line;
    put(mark, tagged(done.tag, std::move(done.value), line), done.anchor);
  }
  void put(const YAML::Mark& mark, Value value, YAML::anchor_t anchor,
           const std::string* key_text = nullptr) {
    if (++nodes_ > k_max_nodes)
      fail(mark, "more than " + std::to_string(k_max_nodes) + " values after aliases are expanded");
    if (value.line == 0)
      value.line = mark.line + 1;
    if (anchor != 0)
      anchors_[anchor] = value;
    if (stack_.empty()) {
      roots_.push_back(std::move(value));
      return;
    }
    Open& parent = stack_.back();
    if (parent.value.is_array()) {
      parent.value.items.push_back(std::move(value));
    } else if (parent.key) {
      if (is_tagged_)
        value.line = parent.key_line;
      parent.value.members.emplace_back(std::move(*parent.key), std::move(value));
      parent.key.reset();
    } else {
      const std::string key = key_text ? *key_text : value.string;
      if (!key_text && !value.is_string())
        fail(mark, "a key must be text");
      if (!parent.keys.insert(key).second)
        fail(mark, "key '" + printable(key) + "' occurs twice");
      parent.key = key;
      parent.key_line = mark.line + 1;
    }
  }

  std::string name_;
  bool is_tagged_;
  std::vector<Value> roots_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, Value> anchors_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

/// Plain where nothing could read it as something else; double-quoted otherwise.
void emit_string(YAML::Emitter& out, const std::string& text) {
  static const std::vector<std::string> words{"yes", "no",   "on",    "off",  "y",
                                              "n",   "true", "false", "null", "~"};
  bool plain = plain_scalar(text).is_string() &&
               text.find_first_of(":#{}[],&*!|>'\"%@`\n\t\\") == std::string::npos &&
               text.front() != '-' && text.front() != '?' && text.front() != ' ' &&
               text.back() != ' ' && text.front() != '.' && text.front() != '=' &&
               text.find_first_not_of("0123456789.:_xXeE+-") != std::string::npos;
  for (const auto& word : words)
    plain = plain && lower(text) != word;
  if (!plain)
    out << YAML::DoubleQuoted;
  out << text;
}

/// Lines that end in one line break, as scripts do: a block that people can read says the same.
/// (YAML 1.2, 8.1.2)
bool is_block(const std::string& text) {
  const auto is_odd = [](unsigned char c) { return (c < 0x20 && c != '\n') || c >= 0x7f; };
  return text.size() > 2 && text.ends_with('\n') && text[text.size() - 2] != '\n' &&
         text.find('\n') + 1 != text.size() && text.front() != ' ' && text.front() != '\n' &&
         std::none_of(text.begin(), text.end(), is_odd);
}

void emit(YAML::Emitter& out, const Value& value) {
  switch (value.kind) {
  case Value::Kind::null: out << YAML::Null; return;
  case Value::Kind::boolean: out << value.boolean; return;
  case Value::Kind::integer: out << value.integer; return;
  case Value::Kind::number: out << number(value.real); return;
  case Value::Kind::string:
    if (is_block(value.string))
      out << YAML::Literal << value.string.substr(0, value.string.size() - 1); // '|' ends in one
    else
      emit_string(out, value.string);
    return;
  case Value::Kind::array:
    if (value.items.empty())
      out << YAML::Flow;
    out << YAML::BeginSeq;
    for (const auto& item : value.items)
      emit(out, item);
    out << YAML::EndSeq;
    return;
  case Value::Kind::object:
    if (value.members.empty())
      out << YAML::Flow;
    out << YAML::BeginMap;
    for (const auto& [key, member] : value.members) {
      out << YAML::Key;
      emit_string(out, key);
      out << YAML::Value;
      emit(out, member);
    }
    out << YAML::EndMap;
    return;
  }
}

void read_documents(std::string_view text, const std::string& name, TreeBuilder& builder) {
  if (!is_valid_utf8(text))
    throw Error(Fault::input, name + ": is not UTF-8 text", "is this the right file?");
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    throw Error(Fault::input,
                name + ":" + std::to_string(error.mark.line + 1) + ": not valid YAML: " + error.msg,
                has_tab_indent(text) ? "a line starts with a tab; YAML wants spaces" : "");
  }
}

} // namespace

Value parse_yaml(std::string_view text, const std::string& name) {
  TreeBuilder builder(name);
  read_documents(text, name, builder);
  return builder.take_root();
}

std::vector<Value> parse_yaml_documents(std::string_view text, const std::string& name) {
  TreeBuilder builder(name, Reading::all_tagged);
  read_documents(text, name, builder);
  return builder.take_roots();
}

std::string to_yaml(const Value& value) {
  YAML::Emitter out;
  if (value.is_string())
    emit_string(out, value.string); // some put it behind a key of theirs
  else
    emit(out, value);
  return std::string(out.c_str()) + "\n";
}

} // namespace mlopsctl
