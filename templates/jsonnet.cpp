// SPDX-License-Identifier: Apache-2.0
// libjsonnet through its C interface.
#include "templates/jsonnet.hpp"

#include "core/io.hpp"
#include "core/text.hpp"
#include "templates/quote.hpp"
#include "templates/render.hpp"
#include "templates/spec.hpp"

extern "C" {
#include <libjsonnet.h> // it does not say so itself
}

#include <cstring>
#include <exception>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl::templates {

std::string_view embedded_template(std::string_view name); // made by mlopsctl_embed

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_max_import_bytes = 4 << 20;
constexpr std::string_view k_s3 = "s3://";

struct ImportContext {
  JsonnetVm* vm = nullptr;
  const TemplateSource* source = nullptr;
};

char* copy_for(JsonnetVm* vm, const std::string& text) {
  char* copy = jsonnet_realloc(vm, nullptr, text.size() + 1);
  std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

/// The file that an import names, if it lies in the template's folder once links are followed.
std::string read_import(const TemplateSource& source, const std::string& base,
                        const std::string& name, std::string& found) {
  constexpr std::string_view k_ours = "mlopsctl/";
  if (name.starts_with(k_ours)) {
    found = name;
    const auto text = embedded_template(name.substr(k_ours.size()));
    if (text.empty())
      throw std::runtime_error("there is no '" + printable(name) + "'");
    return std::string(text);
  }
  if (source.folder.empty())
    throw std::runtime_error("this template may import mlopsctl/... only");
  const fs::path root = fs::canonical(source.folder);
  const fs::path asked = fs::path(name).is_absolute() ? fs::path(name)
                         : base.empty()               ? root / name
                                                      : fs::path(base) / name;
  std::error_code error;
  const fs::path real = fs::canonical(asked, error);
  if (error)
    throw std::runtime_error("there is no '" + printable(name) + "' beside the template");
  const auto relative = real.lexically_relative(root);
  if (relative.empty() || *relative.begin() == "..")
    throw std::runtime_error("'" + printable(name) +
                             "' lies outside the template's folder, which imports may not leave");
  found = real.string();
  return read_file(found, k_max_import_bytes);
}

char* import_callback(void* context, const char* base, const char* name, char** found_here,
                      int* success) {
  const auto& import = *static_cast<ImportContext*>(context);
  try {
    std::string found;
    const auto text = read_import(*import.source, base, name, found);
    *found_here = copy_for(import.vm, found);
    *success = 1;
    return copy_for(import.vm, text);
  } catch (const std::exception& error) {
    *success = 0;
    return copy_for(import.vm, error.what());
  }
}

/// "s3://bucket/folder/file" -> "file".
std::string file_name(std::string_view url) {
  return std::string(url.substr(url.rfind('/') + 1));
}

/// "s3://bucket/folder/file" -> "bucket/folder/file"; empty of another text.
std::string_view s3_path(std::string_view url) {
  return url.starts_with(k_s3) ? url.substr(k_s3.size()) : std::string_view();
}

/// "s3://bucket/folder/file" -> "bucket".
std::string s3_bucket(std::string_view url) {
  return std::string(s3_path(url).substr(0, s3_path(url).find('/')));
}

/// "s3://bucket/folder/file" -> "folder/file"; empty of a bucket alone.
std::string s3_key(std::string_view url) {
  const auto slash = s3_path(url).find('/');
  return std::string(slash == std::string_view::npos ? "" : s3_path(url).substr(slash + 1));
}

/// "registry/name@sha256:abc" -> "registry"
std::string image_registry(std::string_view image) {
  return std::string(image.substr(0, image.find('/')));
}

/// "registry/name@sha256:abc" -> "sha256:abc"; empty of an image that is named by a tag.
std::string image_digest(std::string_view image) {
  const auto at = image.find('@');
  return std::string(at == std::string_view::npos ? "" : image.substr(at + 1));
}

using TextFunction = std::string (*)(std::string_view);

/// What templates get by std.native(NAME): texts of which each character matters, which Jsonnet
/// takes apart slowly (a millisecond for a name).
constexpr std::pair<const char*, TextFunction> k_natives[] = {
    {"file_name", file_name},
    {"image_digest", image_digest},
    {"image_registry", image_registry},
    {"logical_id", logical_id},
    {"quote_shell", quote_shell},
    {"quote_systemd", quote_systemd},
    {"quote_systemd_word", quote_systemd_word},
    {"quote_yaml", quote_yaml},
    {"s3_bucket", s3_bucket},
    {"s3_key", s3_key},
};

struct NativeContext {
  JsonnetVm* vm = nullptr;
  TextFunction function = nullptr;
};

JsonnetJsonValue* native_callback(void* context, const JsonnetJsonValue* const* arguments,
                                  int* success) {
  const auto& native = *static_cast<NativeContext*>(context);
  const char* text = jsonnet_json_extract_string(native.vm, arguments[0]);
  *success = text != nullptr;
  const auto result = text ? native.function(text) : std::string("wants a text");
  return jsonnet_json_make_string(native.vm, result.c_str());
}

} // namespace

Evaluation evaluate(const TemplateSource& source, const std::string& spec_json) {
  const std::unique_ptr<JsonnetVm, void (*)(JsonnetVm*)> vm(jsonnet_make(), jsonnet_destroy);
  ImportContext context{vm.get(), &source};
  jsonnet_import_callback(vm.get(), import_callback, &context);
  std::vector<NativeContext> natives;
  natives.reserve(std::size(k_natives)); // the callbacks point into it
  const char* const parameters[] = {"text", nullptr};
  for (const auto& [name, function] : k_natives) {
    natives.push_back({vm.get(), function});
    jsonnet_native_callback(vm.get(), name, native_callback, &natives.back(), parameters);
  }
  jsonnet_max_trace(vm.get(), 4);
  jsonnet_tla_code(vm.get(), "spec", spec_json.c_str());
  int failed = 0;
  char* out = jsonnet_evaluate_snippet(vm.get(), source.name.c_str(), source.text.c_str(), &failed);
  Evaluation evaluation{failed == 0, out};
  jsonnet_realloc(vm.get(), out, 0);
  return evaluation;
}

std::string message_for_people(const std::string& message, bool is_ours) {
  constexpr std::string_view k_runtime = "RUNTIME ERROR: ";
  constexpr std::string_view k_static = "STATIC ERROR: ";
  const auto lines = split(message, '\n');
  if (message.starts_with(k_static))
    return lines[0].substr(k_static.size());
  if (!message.starts_with(k_runtime))
    return lines[0];
  const auto words = lines[0].substr(k_runtime.size());
  if (is_ours)
    return words;
  // The place is the first line of the trace that names a file: "\tFILE:3:5-9\tfunction <x>".
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto line = std::string(trim(lines[i]));
    const auto place = line.substr(0, line.find('\t'));
    if (place.starts_with("std.") || place.starts_with("<") || place.starts_with("..."))
      continue;
    return place + ": " + words;
  }
  return words;
}

} // namespace mlopsctl::templates
