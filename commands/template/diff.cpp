// SPDX-License-Identifier: Apache-2.0
// template diff: what deploying one template after another would do; exit 3 if they differ.
#include "templates/diff.hpp"

#include "commands/command.hpp"
#include "core/text.hpp"

namespace mlopsctl::commands {
namespace {

using templates::ResourceChange;

struct Options {
  std::string before;
  std::string after;
  std::string schemas;
};

struct Counts {
  std::int64_t added = 0, removed = 0, changed = 0, replaced = 0, data_loss = 0;
};

Counts count(const std::vector<ResourceChange>& changes) {
  Counts out;
  for (const auto& change : changes) {
    out.added += change.kind == ResourceChange::Kind::added ? 1 : 0;
    out.removed += change.kind == ResourceChange::Kind::removed ? 1 : 0;
    out.changed += change.kind == ResourceChange::Kind::changed ? 1 : 0;
    out.replaced += change.is_replaced.value_or(false) ? 1 : 0;
    out.data_loss += change.loses_data ? 1 : 0;
  }
  return out;
}

Value to_value(const ResourceChange& change) {
  Value out = Value::object();
  out["change"] = templates::change_name(change.kind);
  out["resource"] = change.id;
  out["type"] = change.type;
  if (!change.file.empty())
    out["file"] = change.file;
  out["replaced"] = change.is_replaced ? Value(*change.is_replaced) : Value();
  out["data_loss"] = change.loses_data;
  out["properties"] = Value::array();
  for (const auto& property : change.properties) {
    Value entry = Value::object();
    entry["path"] = property.path;
    if (property.before)
      entry["before"] = *property.before;
    if (property.after)
      entry["after"] = *property.after;
    entry["replaces"] = property.replaces;
    out["properties"].push(std::move(entry));
  }
  return out;
}

Value to_document(const std::vector<ResourceChange>& changes) {
  const auto counts = count(changes);
  Value document = Value::object();
  document["schema"] = "mlopsctl.template.diff/1";
  document["same"] = changes.empty();
  document["counts"]["added"] = counts.added;
  document["counts"]["removed"] = counts.removed;
  document["counts"]["changed"] = counts.changed;
  document["counts"]["replaced"] = counts.replaced;
  document["counts"]["data_loss"] = counts.data_loss;
  document["changes"] = Value::array();
  for (const auto& change : changes)
    document["changes"].push(to_value(change));
  return document;
}

std::string shown(const std::optional<Value>& value) {
  constexpr std::size_t k_most_bytes = 100;
  if (!value)
    return "nothing";
  const auto text = to_json(*value);
  if (text.size() <= k_most_bytes)
    return printable(text);
  std::size_t end = k_most_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end; // not inside a UTF-8 sequence
  return printable(text.substr(0, end)) + "...";
}

void print(const std::vector<ResourceChange>& changes, const Context& ctx) {
  for (const auto& change : changes) {
    std::string line = std::string(templates::change_name(change.kind)) + ": " +
                       (change.file.empty() ? "" : printable(change.file) + ": ") +
                       printable(change.id);
    if (!change.type.empty())
      line += " (" + printable(change.type) + ")";
    if (change.is_replaced.value_or(false))
      line += ": REPLACED";
    if (!change.is_replaced)
      line += ": not known whether it is replaced (--schemas)";
    if (change.loses_data)
      line += ": ITS DATA IS LOST (no Retain)";
    ctx.say(line);
    for (const auto& property : change.properties)
      ctx.say("  " + printable(property.path) + ": " + shown(property.before) + " -> " +
              shown(property.after) + (property.replaces ? " (replaces the resource)" : ""));
  }
  const auto counts = count(changes);
  ctx.say(changes.empty()
              ? "no difference"
              : std::to_string(counts.added) + " added, " + std::to_string(counts.removed) +
                    " removed, " + std::to_string(counts.changed) + " changed, " +
                    std::to_string(counts.replaced) + " replaced, " +
                    std::to_string(counts.data_loss) + " with data lost");
}

int run(const Options& o, Context& ctx) {
  templates::ResourceTypes types(o.schemas);
  const auto changes = templates::diff_templates(o.before, o.after, types);
  if (ctx.options.json)
    ctx.print(to_document(changes));
  else
    print(changes, ctx);
  return changes.empty() ? exit_ok : exit_not_met;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("A", o->before, "Template that is deployed, or the folder that has it").required();
  args.value("B", o->after, "Template to deploy after it").required();
  args.value("--schemas", o->schemas, "AWS's published resource schemas, for types not built in")
      .metavar("DIR");
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command template_diff;
const Command template_diff{"template diff", "Show what deploying one template after another does",
                            declare};
} // namespace mlopsctl::commands
