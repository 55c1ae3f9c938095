// SPDX-License-Identifier: Apache-2.0
#include "templates/validate/json_schema.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/validate/stack.hpp"

#include <algorithm>
#include <set>

namespace mlopsctl::templates {
namespace {

// Schemas are files of others: one that asks for work without end is stopped.
constexpr std::int64_t k_max_steps = 20'000'000;
constexpr int k_max_depth = 300;

std::string shown_value(const Value& value) {
  return value.is_string() ? "'" + shown(value.string) + "'" : shown(to_json(value));
}

std::string plain(const Value& value) {
  return value.is_string() ? value.string : to_json(value);
}

/// What CloudFormation makes of it: "3" is 3 where a number is wanted, and the other way round.
bool is_of_type(const Value& value, std::string_view type) {
  if (type == "string")
    return value.is_string() || value.is_number() || value.kind == Value::Kind::boolean;
  if (type == "integer")
    return value.kind == Value::Kind::integer || (value.is_string() && parse_int(value.string)) ||
           (value.is_number() && value.real == static_cast<double>(static_cast<std::int64_t>(
                                                   std::clamp(value.real, -9e15, 9e15))));
  if (type == "number")
    return value.is_number() || (value.is_string() && parse_double(value.string));
  if (type == "boolean")
    return value.kind == Value::Kind::boolean || value.string == "true" || value.string == "false";
  if (type == "object")
    return value.is_object();
  if (type == "array")
    return value.is_array();
  return type == "null" ? value.is_null() : true;
}

std::string_view type_words(std::string_view type) {
  if (type == "string")
    return "text";
  if (type == "integer")
    return "a whole number";
  if (type == "number")
    return "a number";
  if (type == "boolean")
    return "true or false";
  if (type == "object")
    return "a mapping";
  return type == "array" ? "a list" : type;
}

std::optional<double> number_of(const Value& value) {
  return value.is_number() ? value.real : parse_double(value.string);
}

/// Code points; bytes where the text is not UTF-8.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

bool holds_function(const Value& value) {
  if (is_function(value))
    return true;
  for (const auto& item : value.items)
    if (holds_function(item))
      return true;
  return std::any_of(value.members.begin(), value.members.end(),
                     [](const auto& member) { return holds_function(member.second); });
}

/// A macro or a loop puts in what cannot be seen.
bool is_incomplete(const Value& object) {
  return std::any_of(object.members.begin(), object.members.end(), [](const auto& member) {
    return member.first == "Fn::Transform" || member.first.starts_with("Fn::ForEach::");
  });
}

} // namespace

class SchemaCheck {
public:
  explicit SchemaCheck(JsonSchema& schema) : schema_(schema) {}

  std::vector<Violation> run(const Value& instance, const std::string& path) {
    check(schema_.root(), instance, path, 0);
    return std::move(found_);
  }

private:
  void add(const Value& at, const std::string& path, const std::string& text) {
    found_.push_back({&at, path, text});
  }

  void check(const Value& schema, const Value& value, const std::string& path, int depth) {
    if (++steps_ > k_max_steps || depth > k_max_depth)
      throw Error(Fault::input, "the schema refers to itself without end, or asks for too much",
                  "take AWS's published resource schemas");
    if (schema.kind == Value::Kind::boolean && !schema.boolean)
      add(value, path, "may not be there");
    if (!schema.is_object() || is_no_value(value))
      return;
    if (is_function(value)) {
      check_sides(schema, value, path, depth);
      return;
    }
    if (const Value* name = schema.find("$ref"); name && name->is_string())
      check(resolved(name->string), value, path, depth + 1);
    if (!check_type(schema, value, path))
      return;
    check_choice(schema, value, path);
    check_text(schema, value, path);
    check_number(schema, value, path);
    check_items(schema, value, path, depth);
    check_members(schema, value, path, depth);
    check_alternatives(schema, value, path, depth);
  }

  void check_sides(const Value& schema, const Value& value, const std::string& path, int depth) {
    const auto& [name, argument] = value.members.front();
    for (std::size_t i = 1; name == "Fn::If" && i < argument.items.size(); ++i)
      check(schema, argument.items[i], path + ".Fn::If[" + std::to_string(i) + "]", depth + 1);
  }

  const Value& resolved(const std::string& reference) const {
    const Value* found = &schema_.root();
    if (!reference.starts_with("#"))
      found = nullptr;
    for (const auto& part :
         split(std::string_view(reference).substr(reference.size() > 1 ? 2 : 1), '/'))
      found = found && !part.empty() ? found->find(part) : found;
    if (!found)
      throw Error(Fault::input, "the schema has no '" + shown(reference) + "'",
                  "take AWS's published resource schemas");
    return *found;
  }

  bool check_type(const Value& schema, const Value& value, const std::string& path) {
    const Value* type = schema.find("type");
    if (!type)
      return true;
    std::vector<std::string> words;
    for (const auto* one : as_list(type)) {
      if (is_of_type(value, one->string))
        return true;
      words.emplace_back(type_words(one->string));
    }
    add(value, path,
        "is " + (value.is_string() ? shown_value(value) : std::string(kind_name(value.kind))) +
            ", " + join(words, " or ") + " was expected");
    return false;
  }

  void check_choice(const Value& schema, const Value& value, const std::string& path) {
    if (const Value* only = schema.find("const"); only && plain(*only) != plain(value))
      add(value, path, "is " + shown_value(value) + ", only " + shown_value(*only) + " is taken");
    const Value* choices = schema.find("enum");
    if (!choices || value.is_object() || value.is_array())
      return;
    std::vector<std::string> words;
    for (const auto& choice : choices->items)
      words.push_back(plain(choice));
    if (std::find(words.begin(), words.end(), plain(value)) != words.end())
      return;
    const auto near = did_you_mean(plain(value), words);
    constexpr std::size_t k_most_shown = 30;
    if (words.size() > k_most_shown) {
      words.resize(k_most_shown);
      words.emplace_back("...");
    }
    add(value, path, "is " + shown_value(value) + ", which is none of " + join(words, ", ") + near);
  }

  void check_text(const Value& schema, const Value& value, const std::string& path) {
    if (!value.is_string() && !value.is_number())
      return;
    const auto text = plain(value);
    between(schema, "minLength", "maxLength", static_cast<double>(length_of(text)), value, path,
            " characters");
    const Value* expression = schema.find("pattern");
    if (expression && expression->is_string() && !schema_.pattern(expression->string).is_in(text))
      add(value, path,
          "is " + shown_value(value) + ", which does not match " + shown(expression->string));
  }

  void check_number(const Value& schema, const Value& value, const std::string& path) {
    if (!schema.find("minimum") && !schema.find("maximum"))
      return;
    if (const auto number = number_of(value))
      between(schema, "minimum", "maximum", *number, value, path, "");
  }

  void between(const Value& schema, std::string_view least, std::string_view most, double number,
               const Value& value, const std::string& path, const std::string& unit) {
    const Value* low = schema.find(least);
    const Value* high = schema.find(most);
    if (low && low->is_number() && number < low->real)
      add(value, path,
          "has " + mlopsctl::number(number) + unit + ", " + mlopsctl::number(low->real) +
              " at least");
    if (high && high->is_number() && number > high->real)
      add(value, path,
          "has " + mlopsctl::number(number) + unit + ", " + mlopsctl::number(high->real) +
              " at most");
  }

  void check_items(const Value& schema, const Value& value, const std::string& path, int depth) {
    if (!value.is_array())
      return;
    between(schema, "minItems", "maxItems", static_cast<double>(value.items.size()), value, path,
            " items");
    if (const Value* unique = schema.find("uniqueItems"); unique && unique->boolean) {
      std::set<std::string> seen;
      for (const auto& item : value.items)
        if (!holds_function(item) && !seen.insert(to_json(item)).second)
          add(item, path, "has " + shown_value(item) + " twice");
    }
    if (const Value* items = schema.find("items"))
      for (std::size_t i = 0; i < value.items.size(); ++i)
        check(*items, value.items[i], path + "[" + std::to_string(i) + "]", depth + 1);
  }

  void check_members(const Value& schema, const Value& value, const std::string& path, int depth) {
    if (!value.is_object())
      return;
    between(schema, "minProperties", "maxProperties", static_cast<double>(value.members.size()),
            value, path, " properties");
    if (!is_incomplete(value))
      check_required(schema, value, path);
    const Value* properties = schema.find("properties");
    const Value* patterns = schema.find("patternProperties");
    const Value* others = schema.find("additionalProperties");
    for (const auto& [key, member] : value.members) {
      const auto where = below(path, key);
      const Value* known = properties ? properties->find(key) : nullptr;
      if (known)
        check(*known, member, where, depth + 1);
      const bool is_matched = check_patterns(patterns, key, member, where, depth);
      if (known || is_matched || !others || key.starts_with("Fn::"))
        continue;
      if (others->kind == Value::Kind::boolean && !others->boolean)
        add(member, where, "is no property here" + did_you_mean(key, names_in(properties)));
      else
        check(*others, member, where, depth + 1);
    }
  }

  static std::vector<std::string> names_in(const Value* properties) {
    std::vector<std::string> out;
    if (properties)
      for (const auto& [name, schema] : properties->members)
        out.push_back(name);
    return out;
  }

  bool check_patterns(const Value* patterns, const std::string& key, const Value& member,
                      const std::string& path, int depth) {
    bool is_matched = false;
    if (patterns)
      for (const auto& [expression, schema] : patterns->members)
        if (schema_.pattern(expression).is_in(key)) {
          is_matched = true;
          check(schema, member, path, depth + 1);
        }
    return is_matched;
  }

  void check_required(const Value& schema, const Value& value, const std::string& path) {
    const auto is_there = [&](const std::string& key) {
      const Value* member = value.find(key);
      return member && !is_no_value(*member);
    };
    for (const auto* key : as_list(schema.find("required")))
      if (!is_there(key->string))
        add(value, path, "lacks " + shown(key->string));
    if (const Value* dependent = schema.find("dependentRequired"))
      for (const auto& [key, needs] : dependent->members)
        for (const auto* need : as_list(is_there(key) ? &needs : nullptr))
          if (!is_there(need->string))
            add(value, path, "has " + shown(key) + ", and so needs " + shown(need->string));
  }

  /// What \p schema alone says; nothing is added to what was found.
  std::vector<Violation> tried(const Value& schema, const Value& value, const std::string& path,
                               int depth) {
    auto before = std::move(found_);
    found_.clear();
    check(schema, value, path, depth + 1);
    auto out = std::move(found_);
    found_ = std::move(before);
    return out;
  }

  void check_alternatives(const Value& schema, const Value& value, const std::string& path,
                          int depth) {
    if (const Value* all = schema.find("allOf"))
      for (const auto& one : all->items)
        check(one, value, path, depth + 1);
    for (const auto* name : {"anyOf", "oneOf"})
      if (const Value* list = schema.find(name); list && !list->items.empty())
        check_some(*list, std::string_view(name) == "oneOf", value, path, depth);
    if (const Value* no = schema.find("not");
        no && !holds_function(value) && tried(*no, value, path, depth).empty())
      add(value, path, "is what it may not be");
    if (const Value* condition = schema.find("if")) {
      const bool is_so = tried(*condition, value, path, depth).empty();
      if (const Value* then = schema.find(is_so ? "then" : "else"))
        check(*then, value, path, depth + 1);
    }
  }

  void check_some(const Value& list, bool is_exactly_one, const Value& value,
                  const std::string& path, int depth) {
    std::size_t fits = 0;
    std::vector<Violation> best;
    for (const auto& one : list.items) {
      auto violations = tried(one, value, path, depth);
      if (violations.empty())
        ++fits;
      else if (best.empty() || violations.size() < best.size())
        best = std::move(violations);
    }
    if (fits == 0)
      add(*best.front().at, best.front().path,
          best.front().text + " (none of " + std::to_string(list.items.size()) + " forms fits)");
    else if (is_exactly_one && fits > 1 && !holds_function(value))
      add(value, path, "fits " + std::to_string(fits) + " forms that exclude each other");
  }

  JsonSchema& schema_;
  std::vector<Violation> found_;
  std::int64_t steps_ = 0;
};

std::vector<Violation> JsonSchema::check(const Value& instance, const std::string& path) {
  return SchemaCheck(*this).run(instance, path);
}

std::vector<std::string> JsonSchema::unread_patterns() const {
  std::vector<std::string> out;
  for (const auto& [expression, pattern] : patterns_)
    if (!pattern.is_readable())
      out.push_back(expression);
  return out;
}

const Pattern& JsonSchema::pattern(const std::string& expression) {
  const auto found = patterns_.find(expression);
  return found != patterns_.end()
             ? found->second
             : patterns_.emplace(expression, Pattern(expression)).first->second;
}

} // namespace mlopsctl::templates
