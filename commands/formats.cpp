// SPDX-License-Identifier: Apache-2.0
// formats: what label formats there are, what each can carry and what it needs.
#include "commands/command.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "formats/labels/format.hpp"

namespace mlopsctl::commands {
namespace {

struct Trait {
  const char* name;
  bool formats::CanHold::*member;
};

constexpr Trait k_traits[] = {
    {"boxes", &formats::CanHold::boxes},
    {"image_size", &formats::CanHold::image_size},
    {"class_ids", &formats::CanHold::class_ids},
    {"score", &formats::CanHold::score},
    {"crowd", &formats::CanHold::crowd},
    {"image_classes", &formats::CanHold::image_classes},
    {"multilabel", &formats::CanHold::multilabel},
    {"mask", &formats::CanHold::mask},
    {"difficult", &formats::CanHold::difficult},
    {"truncated", &formats::CanHold::truncated},
    {"unlabelled", &formats::CanHold::unlabelled},
    {"split", &formats::CanHold::split},
    {"other_members", &formats::CanHold::unknown_fields},
    {"fractions", &formats::CanHold::fractions},
};

Value to_document() {
  Value list = Value::array();
  for (const auto* format : formats::all_label_formats()) {
    Value entry = Value::object();
    entry["name"] = format->name;
    entry["summary"] = format->summary;
    entry["read"] = true;
    entry["write"] = format->create != nullptr;
    entry["needs"] = formats::needs_name(format->needs);
    Value extensions = Value::array();
    for (const auto extension : format->extensions)
      extensions.push(extension);
    entry["extensions"] = std::move(extensions);
    Value holds = Value::object();
    for (const auto& trait : k_traits)
      holds[trait.name] = format->holds.*trait.member;
    entry["holds"] = std::move(holds);
    list.push(std::move(entry));
  }
  Value document = Value::object();
  document["schema"] = "mlopsctl.formats/1";
  document["formats"] = std::move(list);
  return document;
}

int print_limits(const Context& ctx) {
  Table table{{"limit", "value", "of", "memory"}, {}};
  Value list = Value::array();
  for (const auto& known : all_limits()) {
    table.rows.push_back({std::string(known.name), std::to_string(limit(known.limit)),
                          std::string(known.what), std::string(known.memory)});
    Value entry = Value::object();
    entry["name"] = known.name;
    entry["value"] = static_cast<std::int64_t>(limit(known.limit));
    entry["what"] = known.what;
    entry["memory"] = known.memory;
    list.push(std::move(entry));
  }
  if (!ctx.options.json) {
    ctx.print(table);
    return exit_ok;
  }
  Value document = Value::object();
  document["schema"] = "mlopsctl.limits/1";
  document["limits"] = std::move(list);
  ctx.print(document);
  return exit_ok;
}

int run(bool is_limits, Context& ctx) {
  if (is_limits)
    return print_limits(ctx);
  if (ctx.options.json) {
    ctx.print(to_document());
    return exit_ok;
  }
  Table table{{"format", "reads", "writes", "needs", "file", "what"}, {}};
  for (const auto* format : formats::all_label_formats()) {
    std::vector<std::string> extensions(format->extensions.begin(), format->extensions.end());
    table.rows.push_back({std::string(format->name), "yes", format->create ? "yes" : "no",
                          std::string(formats::needs_name(format->needs)),
                          extensions.empty() ? "folder" : join(extensions, " "),
                          std::string(format->summary)});
  }
  ctx.print(table);
  ctx.say("");
  Table holds{{"can hold"}, {}};
  for (const auto& trait : k_traits) {
    std::string name = trait.name;
    for (auto& c : name)
      c = c == '_' ? ' ' : c;
    holds.header.push_back(std::move(name));
  }
  for (const auto* format : formats::all_label_formats()) {
    std::vector<std::string> row{std::string(format->name)};
    for (const auto& trait : k_traits)
      row.emplace_back(format->holds.*trait.member ? "yes" : "-");
    holds.rows.push_back(std::move(row));
  }
  ctx.print(holds);
  return exit_ok;
}

Run declare(Args& args) {
  auto is_limits = std::make_shared<bool>(false);
  args.flag("--limits", *is_limits, "Show what is refused for its size, and stop");
  return [is_limits](Context& ctx) { return run(*is_limits, ctx); };
}

} // namespace
extern const Command list_formats;
const Command list_formats{"formats", "List the label formats and what each can carry", declare};
} // namespace mlopsctl::commands
