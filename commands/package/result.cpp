// SPDX-License-Identifier: Apache-2.0
#include "commands/package/result.hpp"

#include "core/text.hpp"

#include <filesystem>

namespace mlopsctl::commands {
namespace {

void read_size(const std::string& text, const std::string& flag, std::uint64_t& target) {
  if (text.empty())
    return;
  const auto bytes = parse_bytes(text);
  if (!bytes)
    throw Error(Fault::usage, flag + ": '" + printable(text) + "' is not a size",
                "write it like 500MB or 4GiB");
  target = *bytes;
}

Value tensors_value(const std::vector<formats::OnnxTensor>& tensors) {
  Value list = Value::array();
  for (const auto& tensor : tensors) {
    Value entry = Value::object();
    entry["name"] = tensor.name;
    entry["type"] = tensor.type;
    Value shape = Value::array();
    for (const auto& axis : tensor.shape)
      shape.push(axis.size ? Value(*axis.size) : Value(axis.symbol.empty() ? "?" : axis.symbol));
    entry["shape"] = tensor.has_shape ? std::move(shape) : Value{};
    list.push(std::move(entry));
  }
  return list;
}

} // namespace

void add_limit_options(Args& args, LimitOptions& options) {
  args.value("--max-members", options.limits.archive.members, "Most files in an archive")
      .metavar("N")
      .section("Limits");
  args.value("--max-unpacked", options.unpacked, "Most bytes that an archive may unpack to")
      .metavar("SIZE")
      .default_text("8GiB")
      .section("Limits");
  args.value("--max-ratio", options.limits.archive.expansion_ratio,
             "Most unpacked bytes for each byte of the archive, beyond 64 MiB")
      .metavar("N")
      .section("Limits");
  args.value("--max-model", options.model, "Largest weights file")
      .metavar("SIZE")
      .default_text("2GiB")
      .section("Limits");
}

package::InspectLimits limits_of(const LimitOptions& options) {
  auto limits = options.limits;
  read_size(options.unpacked, "--max-unpacked", limits.archive.unpacked_bytes);
  read_size(options.model, "--max-model", limits.model_bytes);
  if (limits.archive.expansion_ratio == 0)
    throw Error(Fault::usage, "--max-ratio: 0 would refuse everything", "give 1 or more");
  return limits;
}

void refuse_other_archive_names(const std::string& output) {
  const auto extension = std::filesystem::path(output).extension().string();
  for (const char* other : {".zip", ".7z", ".tar", ".whl", ".mar"})
    if (extension.size() == std::string_view(other).size() &&
        starts_with_ignoring_case(extension, other))
      throw Error(Fault::usage,
                  "-o: '" + output + "': what is written is a .tar.gz, whatever its name",
                  "call it model.tar.gz");
}

std::int64_t created_s(const Context& ctx) {
  const auto text = ctx.environment("SOURCE_DATE_EPOCH").value_or("");
  if (text.empty())
    return 0;
  constexpr std::int64_t k_year_10000_s = 253'402'300'800;
  const auto value = parse_int(text);
  if (!value || *value < 0 || *value >= k_year_10000_s)
    throw Error(Fault::usage, "SOURCE_DATE_EPOCH: '" + printable(text) + "' is no time",
                "seconds since 1970, or leave it unset");
  return *value;
}

Value items_value(const std::vector<package::PackageItem>& items) {
  Value list = Value::array();
  for (const auto& item : items) {
    Value entry = Value::object();
    entry["name"] = item.name;
    entry["bytes"] = static_cast<std::int64_t>(item.size_bytes);
    entry["digest"] = item.digest;
    list.push(std::move(entry));
  }
  return list;
}

Value package_document(const std::string& verb, const std::string& output, std::uint64_t bytes,
                       const std::string& digest, Value items) {
  Value document = Value::object();
  document["schema"] = "mlopsctl.package." + verb + "/1";
  document["output"] = output;
  document["bytes"] = static_cast<std::int64_t>(bytes);
  document["digest"] = digest;
  document["items"] = std::move(items);
  return document;
}

Value package_document(const std::string& verb, const std::string& output,
                       const formats::PackResult& archive) {
  return package_document(verb, output, archive.size_bytes, archive.digest,
                          items_value(archive.items));
}

void refuse_two_on_stdout(const Context& ctx, const std::string& output) {
  if (output == "-" && ctx.options.json)
    throw Error(Fault::usage, "--json and -o - both want stdout", "give a file with -o");
}

void say_items(const formats::PackResult& archive, const Context& ctx) {
  for (const auto& item : archive.items)
    ctx.say(item.digest + "  " + item.name + "  " + bytes_for_people(item.size_bytes));
}

Value texts_value(const std::vector<std::string>& texts) {
  Value list = Value::array();
  for (const auto& text : texts)
    list.push(text);
  return list;
}

Value fits_value(const std::vector<package::Fit>& fits) {
  Value list = Value::array();
  for (const auto& fit : fits) {
    Value value = Value::object();
    value["target"] = fit.target;
    value["bytes"] = static_cast<std::int64_t>(fit.bytes);
    value["limit_bytes"] = static_cast<std::int64_t>(fit.limit_bytes);
    value["fits"] = fit.reasons.empty();
    value["reasons"] = texts_value(fit.reasons);
    list.push(std::move(value));
  }
  return list;
}

void say_fits(const std::vector<package::Fit>& fits, const Context& ctx) {
  for (const auto& fit : fits)
    ctx.say(fit.target + ": " +
            (fit.reasons.empty() ? "fits, " + bytes_for_people(fit.bytes) + " of " +
                                       bytes_for_people(fit.limit_bytes)
                                 : "does not fit: " + join(fit.reasons, "; ")));
}

Value graph_value(const formats::OnnxModel& model) {
  Value value = Value::object();
  value["producer"] = model.producer;
  value["ir_version"] = model.ir_version;
  Value opsets = Value::object();
  for (const auto& [domain, version] : model.opsets)
    opsets[domain.empty() ? "ai.onnx" : domain] = version;
  value["opsets"] = std::move(opsets);
  value["inputs"] = tensors_value(model.inputs);
  value["outputs"] = tensors_value(model.outputs);
  Value operators = Value::object();
  for (const auto& [type, count] : model.operators)
    operators[type] = count;
  value["operators"] = std::move(operators);
  value["parameters"] = model.parameters;
  Value metadata = Value::object();
  for (const auto& [key, text] : model.metadata)
    metadata[key] = text;
  value["metadata"] = std::move(metadata);
  Value external = Value::array();
  for (const auto& file : model.external_files)
    external.push(file);
  value["external_files"] = std::move(external);
  return value;
}

std::string tensors_text(const std::vector<formats::OnnxTensor>& tensors) {
  std::vector<std::string> texts;
  texts.reserve(tensors.size());
  for (const auto& tensor : tensors)
    texts.push_back(tensor.name + " " + tensor.type + " " + formats::shape_text(tensor));
  return join(texts, ", ");
}

void print_findings(const Problems& findings, const Context& ctx) {
  Table table{{"", "rule", "where", "what"}, {}};
  for (const auto& finding : findings)
    table.rows.push_back({finding.severity == Severity::error ? "ERROR" : "warning", finding.rule,
                          finding.place, finding.text});
  if (!table.rows.empty())
    ctx.print(table);
}

} // namespace mlopsctl::commands
