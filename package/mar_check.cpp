// SPDX-License-Identifier: Apache-2.0
#include "core/text.hpp"
#include "core/value.hpp"
#include "package/mar.hpp"
#include "package/mar_names.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::package {
namespace {

constexpr const char* k_old_manifest = "MANIFEST.json"; ///< of layout 0.1, at the top

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// The manifest's "model", with everything that is wrong about it.
class MarCheck {
public:
  MarCheck(std::string place, const Inspection& inspection)
      : place_(std::move(place)), inspection_(inspection) {}

  Problems run(const std::string& text) {
    Value manifest;
    try {
      manifest = parse_json(text, place_);
    } catch (const Error& error) {
      add(error.what());
      return std::move(problems_);
    }
    const Value* model = manifest.find("model");
    if (!model || !model->is_object()) {
      add("has no 'model'");
      return std::move(problems_);
    }
    const auto name = text_of(*model, "modelName");
    if (!name.empty() && !is_mar_name(name))
      add("modelName '" + printable(name) + "' is none that the servers take");
    const Value* runtime = manifest.find("runtime");
    check_handler(text_of(*model, "handler"),
                  runtime && runtime->is_string() ? runtime->string : "");
    if (const Value* file = model->find("serializedFile"); file && file->is_string())
      check_file("serializedFile", file->string);
    return std::move(problems_);
  }

private:
  void add(const std::string& text) {
    problems_.push_back({"mar-manifest", Severity::error, place_, text});
  }
  std::string text_of(const Value& model, const char* key) {
    const Value* value = model.find(key);
    if (value && value->is_string() && !value->string.empty())
      return value->string;
    add(std::string("has no model.") + key + ", which the servers need");
    return {};
  }
  bool holds(const std::string& name) const {
    return std::any_of(inspection_.items.begin(), inspection_.items.end(),
                       [&](const PackageItem& item) { return item.name == name; });
  }
  void check_file(const std::string& key, const std::string& name) {
    if (!holds(name))
      add("model." + key + ": '" + printable(name) + "' is not in the archive");
  }
  /// "service.py", "service:function", "service.py:function", or a built-in name. Other runtimes
  /// than Python name libraries.
  void check_handler(const std::string& handler, const std::string& runtime) {
    if (handler.empty() || !(runtime.empty() || runtime.starts_with("python")) ||
        is_torchserve_handler(handler))
      return;
    const auto file = split(handler, ':').front();
    check_file("handler", file.ends_with(".py") ? file : file + ".py");
  }

  std::string place_;
  const Inspection& inspection_;
  Problems problems_;
};

} // namespace

bool is_mar_name(std::string_view name) {
  return !name.empty() && is_letter_or_digit(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter_or_digit(c) || c == '_' || c == '-' || c == '.';
         });
}

bool is_torchserve_handler(std::string_view name) {
  constexpr std::array<std::string_view, 5> k_names{
      "base_handler", "image_classifier", "image_segmenter", "object_detector", "text_classifier"};
  return std::find(k_names.begin(), k_names.end(), name) != k_names.end();
}

Problems check_mar(const std::string& path, const Inspection& inspection) {
  if (inspection.mar_manifest)
    return MarCheck(k_mar_manifest, inspection).run(*inspection.mar_manifest);
  if (!lower(path).ends_with(".mar"))
    return {};
  const auto old =
      std::find_if(inspection.items.begin(), inspection.items.end(),
                   [](const PackageItem& item) { return item.name == k_old_manifest; });
  return {{"mar-manifest", Severity::error, path,
           old == inspection.items.end()
               ? std::string("has no ") + k_mar_manifest
               : std::string("has its manifest at the top, as layout 0.1 had it; since 1.0 the "
                             "server wants ") +
                     k_mar_manifest}};
}

} // namespace mlopsctl::package
