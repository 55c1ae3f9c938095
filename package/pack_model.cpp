// SPDX-License-Identifier: Apache-2.0
#include "package/pack_model.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"
#include "package/package_files.hpp"
#include "package/sbom.hpp"
#include "package/verify.hpp"

#include <algorithm>
#include <filesystem>

namespace mlopsctl::package {
namespace {

namespace fs = std::filesystem;

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  return fs::equivalent(a, b, ignored);
}

/// The archive of an earlier run may stand in the folder and be replaced; what goes into the
/// package may not.
bool is_earlier_archive(const std::string& name, const std::string& path, const ModelSpec& spec) {
  return name != k_model_yaml && name != spec.weights && !spec.digests.contains(name) &&
         formats::archive_kind(head_of(path)) == "gzip";
}

void refuse_output_among_inputs(const std::string& folder, const std::string& output,
                                const Verification& verification) {
  for (const auto& item : verification.inspection.items) {
    const auto path = resolve_inside(folder, item.name);
    if (is_same_file(path, output) && !is_earlier_archive(item.name, path, *verification.spec))
      throw Error(Fault::usage,
                  output + ": is a file of the package, and the archive would replace it",
                  "give another -o");
  }
}

/// Top-level lines of the key `digests`: from it to the next line that starts another key.
std::string without_digests(std::string_view text) {
  std::string out;
  bool is_inside = false;
  for (const auto& line : split(text, '\n')) {
    if (line.starts_with("digests:"))
      is_inside = true;
    else if (is_inside && !line.empty() && line.front() != ' ' && line.front() != '#' &&
             line.front() != '\t' && line.front() != '}' && line.front() != '\r')
      is_inside = false;
    if (!is_inside)
      out += line + "\n";
  }
  while (out.ends_with("\n\n"))
    out.pop_back();
  return out;
}

/// It names every file but model.yaml, which names it.
void add_sbom(ModelSpec& spec, std::vector<formats::PackItem>& items) {
  const auto document =
      sbom_document(model_component(spec, {}), {model_component(spec, spec.digests)});
  const auto text = to_json(document, 2) + "\n";
  spec.digests[k_sbom] = sha256(text);
  items.push_back({k_sbom, text.size(), [text] { return source_from_text(text, k_sbom); }});
}

} // namespace

std::string with_digests(std::string_view text, const ModelSpec& spec) {
  Value digests = Value::object();
  for (const auto& [name, digest] : spec.digests)
    digests["digests"][name] = digest;
  std::string out = without_digests(text) + to_yaml(digests);
  if (!out.ends_with('\n'))
    out += '\n';
  // A file in an unusual layout (flow style at the top, an anchor in the digests) is written anew.
  const auto wanted = to_model_yaml(spec);
  try {
    if (to_model_yaml(parse_model_spec(out, k_model_yaml)) == wanted)
      return out;
  } catch (const Error&) {
    return wanted;
  }
  return wanted;
}

PackedModel write_model(ModelSpec spec, std::string_view yaml, std::vector<formats::PackItem> items,
                        const std::string& origin, const std::string& output, Existing existing,
                        int jobs) {
  PackedModel out;
  out.spec = std::move(spec);
  if (!out.spec.digests.contains(k_sbom))
    add_sbom(out.spec, items);
  const auto text = with_digests(yaml, out.spec);
  items.push_back(
      {k_model_yaml, text.size(), [&text] { return source_from_text(text, k_model_yaml); }});
  const auto sink = create_sink(output, existing);
  out.archive = formats::write_tar_gz(*sink, std::move(items), jobs);
  auto digests = out.spec.digests;
  for (const auto& item : out.archive.items)
    if (item.name != k_model_yaml && digests[item.name] != item.digest)
      throw Error(Fault::input, origin + "/" + item.name + ": changed while it was packed",
                  "pack it again when nothing writes to it");
  digests[k_model_yaml] = sha256(text);
  out.package_digest = listing_digest(digests);
  sink->finish();
  return out;
}

PackedModel pack_model(const std::string& folder, const std::string& output, Existing existing,
                       int jobs) {
  auto verification = verify_package(folder);
  refuse_errors(folder, verification.findings);
  if (output != "-")
    refuse_output_among_inputs(folder, output, verification);
  auto spec = *verification.spec;
  spec.digests.clear();
  std::vector<formats::PackItem> items;
  for (const auto& item : verification.inspection.items) {
    const auto path = resolve_inside(folder, item.name);
    if (item.name == k_sbom && verification.inspection.own_sbom)
      continue; // of an earlier archive
    if (item.name == k_model_yaml || (output != "-" && is_same_file(path, output)))
      continue;
    spec.digests[item.name] = item.digest;
    items.push_back({item.name, item.size_bytes, [path] { return open_source(path); }});
  }
  auto out = write_model(std::move(spec), *verification.inspection.model_yaml, std::move(items),
                         folder, output, existing, jobs);
  out.warnings = std::move(verification.findings);
  std::erase_if(out.warnings, [](const Problem& problem) { return problem.rule == "no-digest"; });
  return out;
}

} // namespace mlopsctl::package
