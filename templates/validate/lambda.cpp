// SPDX-License-Identifier: Apache-2.0
// Functions that Lambda would refuse: limits, and what is missing in a package that lies beside the
// template.
#include "core/io.hpp"
#include "core/text.hpp"
#include "package/image_check.hpp"
#include "package/inspect.hpp"
#include "package/lambda_bundle.hpp"
#include "templates/checks.hpp"
#include "templates/validate/rules.hpp"

#include <filesystem>
#include <set>

namespace mlopsctl::templates {
namespace {

void check_range(const Stack& stack, const Resource& function, std::string_view property,
                 std::int64_t least, std::int64_t most, std::string_view rule,
                 const std::string& unit, Report& report) {
  const Value* value = function.properties->find(property);
  for (const auto* literal : literals_of(stack, value)) {
    const auto number = literal->is_number() ? literal->real : parse_double(literal->string);
    if (number && (*number < static_cast<double>(least) || *number > static_cast<double>(most)))
      report.add(rule, value->line > 0 ? *value : *function.body,
                 function.path + ".Properties." + std::string(property),
                 "is " + mlopsctl::number(*number) + unit + "; Lambda takes " +
                     std::to_string(least) + " to " + std::to_string(most));
  }
}

struct Code {
  std::string path;  ///< of a file or folder that is there; empty if none is
  const Value* at;   ///< what names it
  std::string place; ///< in the template
};

/// A path in the template, or the last part of an object's key or image's name, beside the
/// template.
Code code_beside(const Resource& function, const std::string& template_path) {
  const auto folder = std::filesystem::path(template_path).parent_path();
  for (const auto* name : {"Code", "CodeUri"}) {
    const Value* code = function.properties->find(name);
    if (!code)
      continue;
    std::vector<std::string> candidates;
    const Value* key = code->find("S3Key");
    const Value* image = code->find("ImageUri");
    if (code->is_string())
      candidates.push_back(code->string);
    if (key)
      candidates.push_back(std::filesystem::path(text_of(*key)).filename().string());
    if (image) {
      const auto uri = text_of(*image);
      const auto last = uri.substr(uri.rfind('/') + 1);
      const auto stem = last.substr(0, last.find_first_of("@:"));
      candidates.insert(candidates.end(), {stem + ".tar", stem});
    }
    for (const auto& candidate : candidates) {
      const auto path = (folder / candidate).string();
      if (candidate.find("://") == std::string::npos && name_fault(candidate).empty() &&
          (is_file(path) || is_folder(path)))
        return {path, code, function.path + ".Properties." + name};
    }
  }
  return {"", nullptr, ""};
}

/// What a handler's module may be called inside of the package.
/// (Lambda developer guide, "Define Lambda function handler", of each language)
std::vector<std::string> handler_files(const std::string& runtime, const std::string& handler) {
  if (runtime.starts_with("provided"))
    return {"bootstrap"};
  auto module = handler.substr(0, handler.rfind('.'));
  if (runtime.starts_with("python")) {
    std::string file = module;
    for (auto& c : file)
      c = c == '.' ? '/' : c;
    return {file + ".py", file + "/__init__.py"};
  }
  if (runtime.starts_with("nodejs"))
    return {module + ".js", module + ".mjs", module + ".cjs"};
  return {};
}

void check_zip(const Resource& function, const Code& code, Report& report) {
  std::set<std::string> names;
  std::uint64_t unpacked_bytes = 0;
  formats::ArchiveLimits limits;
  limits.expansion_ratio = 100'000; // only counted
  try {
    package::visit_package(code.path, limits, [&](const package::PackageItem& item, ByteSource&) {
      names.insert(item.name);
      unpacked_bytes += item.size_bytes;
    });
  } catch (const Error& error) {
    report.add("package-unreadable", *code.at, code.place, shown(error.what()));
    return;
  }
  if (unpacked_bytes > package::k_lambda_unpacked_bytes)
    report.add("zip-too-large", *code.at, code.place,
               shown(code.path) + " unpacks to " + std::to_string(unpacked_bytes) +
                   " bytes; Lambda takes " + std::to_string(package::k_lambda_unpacked_bytes) +
                   " with all layers");
  const Value* runtime = function.properties->find("Runtime");
  const Value* handler = function.properties->find("Handler");
  if (!runtime || !handler || !handler->is_string())
    return;
  const auto wanted = handler_files(text_of(*runtime), handler->string);
  for (const auto& name : wanted)
    if (names.contains(name))
      return;
  if (!wanted.empty())
    report.add("handler-not-in-package", *handler, function.path + ".Properties.Handler",
               "'" + shown(handler->string) + "' needs " + shown(wanted.front()) + ", which " +
                   shown(code.path) + " does not have at its top");
}

void check_image(const Code& code, Report& report) {
  try {
    for (const auto& image : package::check_images(code.path, {}).images)
      for (const auto& fit : image.fits)
        for (const auto& reason : fit.reasons)
          if (fit.target == "lambda-image")
            report.add("image-refused", *code.at, code.place, shown(code.path) + " " + reason);
  } catch (const Error& error) {
    report.add("package-unreadable", *code.at, code.place, shown(error.what()));
  }
}

/// Source text in the template is always called index.
void check_inline(const Resource& function, Report& report) {
  const Value* handler = function.properties->find("Handler");
  if (look_up(*function.properties, "Code.ZipFile") && handler && handler->is_string() &&
      !handler->string.starts_with("index."))
    report.add("handler-not-in-package", *handler, function.path + ".Properties.Handler",
               "'" + shown(handler->string) +
                   "' is not in the source that the template holds, "
                   "which Lambda calls index");
}

} // namespace

void check_lambda(const Stack& stack, const std::string& template_path, Report& report) {
  for (const auto& resource : stack.resources()) {
    if (resource.type != "AWS::Lambda::Function" && resource.type != "AWS::Serverless::Function")
      continue;
    check_range(stack, resource, "Timeout", 1, package::k_lambda_most_timeout_s, "lambda-timeout",
                " s", report);
    check_range(stack, resource, "MemorySize", package::k_lambda_least_memory_mb,
                package::k_lambda_most_memory_mb, "lambda-memory", " MB", report);
    check_inline(resource, report);
    const auto code = code_beside(resource, template_path);
    if (code.path.empty())
      continue;
    if (look_up(*resource.properties, "Code.ImageUri"))
      check_image(code, report);
    else
      check_zip(resource, code, report);
  }
}

} // namespace mlopsctl::templates
