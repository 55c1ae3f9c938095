// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/targets.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/value.hpp"
#include "formats/archive/archive.hpp"
#include "formats/model/onnx.hpp"
#include "package/draft.hpp"
#include "package/model_spec.hpp"

#include <cstdio>
#include <cstdlib>

namespace mlopsctl::fuzz {
namespace {

void parse_json_text(std::string_view bytes) {
  to_json(parse_json(bytes, "fuzz"));
}

/// What was read and written must read the same again.
void parse_yaml_text(std::string_view bytes) {
  const Value value = parse_yaml(bytes, "fuzz");
  if (value.is_object() && to_json(parse_yaml(to_yaml(value), "again")) != to_json(value))
    std::abort();
}

void read_archive(std::string_view bytes) {
  formats::ArchiveLimits limits;
  limits.unpacked_bytes = 1 << 20;
  const auto source = source_from_text(std::string(bytes), "fuzz");
  const auto reader = formats::open_archive(*source, limits);
  while (const auto member = reader->next())
    if (read_all(reader->bytes(), 1 << 21).size() > limits.unpacked_bytes)
      std::abort();
}

/// Whatever graph is read, a draft of it is YAML.
void read_onnx_file(std::string_view bytes) {
  const auto model = formats::read_onnx(bytes, "fuzz");
  const package::DraftOptions options{
      "model.onnx", "sha256:" + std::string(64, '0'), "fuzz", "", {}, {}};
  parse_yaml(package::draft_model_yaml(model, options).yaml, "draft");
}

void read_model_yaml(std::string_view bytes) {
  const auto text = package::to_model_yaml(package::parse_model_spec(bytes, "fuzz"));
  if (package::to_model_yaml(package::parse_model_spec(text, "again")) != text)
    std::abort();
}

} // namespace

const std::vector<Target>& targets() {
  static const std::vector<Target> table{
      {"archive", read_archive}, {"json", parse_json_text}, {"model", read_model_yaml},
      {"onnx", read_onnx_file},  {"yaml", parse_yaml_text},
  };
  return table;
}

void run_target(std::string_view name, std::string_view bytes) {
  for (const auto& target : targets()) {
    if (target.name != name)
      continue;
    try {
      target.parse(bytes);
    } catch (const Error&) { // NOLINT(bugprone-empty-catch): refusing is what a parser should do
    }
    return;
  }
  std::fprintf(stderr, "MLOPSCTL_FUZZ_TARGET must be one of:\n");
  for (const auto& target : targets())
    std::fprintf(stderr, "  %.*s\n", static_cast<int>(target.name.size()), target.name.data());
  std::exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

} // namespace mlopsctl::fuzz
