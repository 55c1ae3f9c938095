// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/yolo_layout.hpp"

#include "core/text.hpp"
#include "core/value.hpp"
#include "formats/labels/image_files.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <unordered_set>

namespace mlopsctl::formats {
namespace {

using dataset::Split;

constexpr std::uint64_t k_max_description_bytes = 4 * 1024 * 1024;
constexpr std::uint64_t k_max_list_bytes = 256 * 1024 * 1024;
constexpr std::size_t k_max_classes = 10'000;

std::vector<std::string> lines_of(const Folder& folder, const std::string& file,
                                  std::uint64_t limit) {
  std::vector<std::string> lines;
  for (const auto& line : split(read_all(*folder.open(file), limit), '\n'))
    lines.emplace_back(trim(line));
  while (!lines.empty() && lines.back().empty())
    lines.pop_back();
  return lines;
}

class Layout {
public:
  explicit Layout(const Folder& folder) : folder_(folder) {
    for (const auto& entry : folder.list()) {
      files_.push_back(entry.name);
      known_.insert(entry.name);
    }
  }

  YoloLayout find(std::string description) {
    if (description.empty())
      description = find_description();
    const std::string name = lower(description);
    if (name.ends_with(".yaml") || name.ends_with(".yml"))
      read_yaml(description);
    else if (name.ends_with(".data"))
      read_darknet(description);
    else
      read_plain();
    if (layout_.names.empty())
      throw Error(Fault::input, folder_.name() + ": no class names",
                  "YOLO needs data.yaml with names, obj.names, or classes.txt");
    for (std::size_t i = 0; i < layout_.names.size(); ++i)
      if (layout_.names[i].empty() || !is_valid_utf8(layout_.names[i]))
        throw Error(Fault::input,
                    folder_.name() + ": class " + std::to_string(i) +
                        " has no name, or one that is not UTF-8",
                    "every class id needs a name");
    if (layout_.names.size() > k_max_classes)
      throw Error(Fault::input, folder_.name() + ": " + std::to_string(layout_.names.size()) +
                                    " classes, at most " + std::to_string(k_max_classes) +
                                    " are read");
    return std::move(layout_);
  }

private:
  std::string find_description() const {
    for (const char* name : {"data.yaml", "data.yml", "dataset.yaml", "obj.data"})
      if (known_.count(name) > 0)
        return name;
    for (const char* extension : {".yaml", ".yml", ".data"})
      for (const auto& file : files_)
        if (file.find('/') == std::string::npos && lower(file).ends_with(extension))
          return file;
    return "";
  }

  std::string place(const std::string& file) const { return folder_.name() + "/" + file; }

  // --- Ultralytics

  void read_yaml(const std::string& file) {
    const Value root =
        parse_yaml(read_all(*folder_.open(file), k_max_description_bytes), place(file));
    read_names(root, file);
    const Value* path = root.find("path");
    const std::string base = path && path->is_string() ? path->string : "";
    bool has_any = false;
    for (const auto& [key, split] :
         {std::pair{"train", Split::train}, std::pair{"val", Split::validation},
          std::pair{"valid", Split::validation}, std::pair{"test", Split::test}}) {
      const Value* value = root.find(key);
      if (!value || value->is_null())
        continue;
      has_any = true;
      for (const auto& target : value->is_array() ? value->items : std::vector<Value>{*value})
        add_target(file, base, target, split);
    }
    if (!has_any)
      add_folders();
  }

  void read_names(const Value& root, const std::string& file) {
    const Value* names = root.find("names");
    if (!names)
      return;
    if (names->is_array())
      for (const auto& name : names->items)
        layout_.names.push_back(name_text(name));
    std::map<std::int64_t, std::string> by_id;
    for (const auto& [key, name] : names->members) {
      const auto id = parse_int(key);
      if (!id || *id < 0 || *id >= static_cast<std::int64_t>(k_max_classes))
        throw Error(Fault::input, place(file) + ": names: '" + key + "' is not a class id");
      by_id[*id] = name_text(name);
    }
    for (const auto& [id, name] : by_id) {
      while (static_cast<std::int64_t>(layout_.names.size()) < id)
        layout_.names.push_back("class_" + std::to_string(layout_.names.size()));
      layout_.names.push_back(name);
    }
    const Value* count = root.find("nc");
    if (count && count->kind == Value::Kind::integer &&
        count->integer != static_cast<std::int64_t>(layout_.names.size()))
      report("class-count", file,
             "nc is " + std::to_string(count->integer) + ", names has " +
                 std::to_string(layout_.names.size()) + " entries");
  }

  /// Class names like 1 or yes need not stand in quotes.
  static std::string name_text(const Value& value) {
    if (value.is_string())
      return value.string;
    if (value.kind == Value::Kind::boolean)
      return value.boolean ? "true" : "false";
    return value.is_number() ? number(value.real) : "";
  }

  /// Relative to `path`, else to the folder; Roboflow writes "../train/images" for "train/images".
  void add_target(const std::string& file, const std::string& base, const Value& target,
                  Split split) {
    const std::string text = target.is_string() ? target.string : "";
    for (std::string candidate : {base + "/" + text, text}) {
      candidate = std::filesystem::path(candidate).lexically_normal().generic_string();
      while (candidate.starts_with("../"))
        candidate.erase(0, 3);
      while (candidate.starts_with("/") || candidate.starts_with("./"))
        candidate.erase(0, candidate.find('/') + 1);
      while (candidate.ends_with("/"))
        candidate.pop_back();
      if (known_.count(candidate) > 0) {
        // how our writer lists a set without splits, since trainers want a "train"
        add_list(candidate, base_name(candidate) == "all.txt" ? Split::none : split);
        return;
      }
      if (candidate == "." || has_files_below(candidate) ||
          has_files_below(labels_folder(candidate))) {
        add_folder(candidate == "." ? "" : candidate, split);
        return;
      }
    }
    report("missing-target", file, "'" + text + "' is neither a folder nor a list here");
  }

  bool has_files_below(const std::string& name) const {
    return std::any_of(files_.begin(), files_.end(), [&](const auto& file) {
      return file.size() > name.size() && file.starts_with(name) && file[name.size()] == '/';
    });
  }

  static std::string labels_folder(const std::string& images) {
    return yolo_label_path(images + "/x").substr(0, yolo_label_path(images + "/x").size() - 6);
  }

  // --- Darknet

  void read_darknet(const std::string& file) {
    std::map<std::string, std::string> settings;
    for (const auto& line : lines_of(folder_, file, k_max_description_bytes)) {
      const auto equals = line.find('=');
      if (equals != std::string::npos)
        settings[std::string(trim(line.substr(0, equals)))] = trim(line.substr(equals + 1));
    }
    if (const auto names = known_suffix(settings["names"]))
      layout_.names = lines_of(folder_, *names, k_max_description_bytes);
    for (const auto& [key, split] :
         {std::pair{"train", Split::train}, std::pair{"valid", Split::validation}})
      if (!settings[key].empty()) {
        const auto list = known_suffix(settings[key]);
        if (list)
          add_list(*list, settings["valid"].empty() || settings["valid"] == settings["train"]
                              ? Split::none
                              : split);
        else
          report("missing-target", file, "'" + settings[key] + "' is not here",
                 key == std::string("train") ? Severity::error : Severity::warning);
        if (settings["valid"] == settings["train"])
          return;
      }
  }

  /// Lists name files by the path of another machine: the longest end of it that is here.
  std::optional<std::string> known_suffix(std::string path) const {
    for (;;) {
      if (known_.count(path) > 0)
        return path;
      const auto slash = path.find('/');
      if (slash == std::string::npos)
        return std::nullopt;
      path.erase(0, slash + 1);
    }
  }

  // --- images/ + labels/ + classes.txt, or text files beside the images

  void read_plain() {
    for (const char* name : {"classes.txt", "labels/classes.txt", "obj.names", "names.txt"})
      if (layout_.names.empty() && known_.count(name) > 0) {
        layout_.names = lines_of(folder_, name, k_max_description_bytes);
        known_.erase(name);
      }
    add_folders();
  }

  void add_folders() {
    bool has_splits = false;
    for (const auto& [name, split] :
         {std::pair{"train", Split::train}, std::pair{"val", Split::validation},
          std::pair{"valid", Split::validation}, std::pair{"test", Split::test}})
      for (const auto& folder :
           {std::string(name) + "/images", "images/" + std::string(name), std::string(name)})
        if (has_files_below(folder) || has_files_below(labels_folder(folder))) {
          add_folder(folder, split);
          has_splits = true;
          break;
        }
    if (!has_splits)
      add_folder(has_files_below("images") || has_files_below("labels") ? "images" : "",
                 Split::none);
  }

  // --- entries

  void add_list(const std::string& list, Split split) {
    std::size_t missing = 0;
    std::string first_missing;
    for (const auto& line : lines_of(folder_, list, k_max_list_bytes)) {
      if (line.empty())
        continue;
      std::string image = line;
      std::replace(image.begin(), image.end(), '\\', '/');
      while (image.starts_with("./"))
        image.erase(0, 2);
      const auto label = find_label(image);
      if (!label && missing++ == 0)
        first_missing = line;
      add({image, label.value_or(""), split});
    }
    if (missing > 0)
      report("image-without-labels", list,
             std::to_string(missing) + " images have no label file and count as empty, first '" +
                 first_missing + "'",
             Severity::warning);
  }

  std::optional<std::string> find_label(const std::string& image) const {
    const std::string label = yolo_label_path(image);
    if (auto found = known_suffix(label))
      return found;
    const std::string beside = std::string(without_extension(image)) + ".txt";
    if (auto found = known_suffix(beside))
      return found;
    return known_suffix("labels/" + std::string(base_name(beside)));
  }

  /// Every image below, and every label file that has no image here.
  void add_folder(const std::string& folder, Split split) {
    const std::string prefix = folder.empty() ? "" : folder + "/";
    std::set<std::string> used;
    std::vector<YoloEntry> found;
    for (const auto& file : files_)
      if (file.starts_with(prefix) && has_image_extension(file)) {
        const auto label = find_label(file);
        if (label)
          used.insert(*label);
        found.push_back({file, label.value_or(""), split});
      }
    const std::string labels = folder.empty() ? "" : labels_folder(folder) + "/";
    for (const auto& file : files_)
      if (file.starts_with(labels) && file.ends_with(".txt") && used.count(file) == 0 &&
          is_label_file(file))
        found.push_back(
            {prefix + std::string(without_extension(file)).substr(labels.size()) + ".jpg", file,
             split});
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.ref < b.ref; });
    for (auto& entry : found)
      add(std::move(entry));
  }

  static bool is_label_file(const std::string& file) {
    static constexpr const char* k_others[] = {"classes.txt", "names.txt", "train.txt",
                                               "val.txt",     "test.txt",  "README.txt",
                                               "valid.txt",   "notes.txt", "requirements.txt"};
    const auto base = base_name(file);
    return std::none_of(std::begin(k_others), std::end(k_others),
                        [&](const char* other) { return base == other; });
  }

  void add(YoloEntry entry) {
    if (!refs_.insert(entry.ref).second) {
      report("duplicate-image", entry.ref, "stands in more than one list; the first one counts",
             Severity::warning);
      return;
    }
    layout_.entries.push_back(std::move(entry));
  }

  void report(const char* rule, const std::string& file, std::string text,
              Severity severity = Severity::error) {
    layout_.problems.push_back({rule, severity, place(file), std::move(text)});
  }

  const Folder& folder_;
  std::vector<std::string> files_;
  std::unordered_set<std::string> known_;
  std::unordered_set<std::string> refs_;
  YoloLayout layout_;
};

} // namespace

std::string yolo_label_path(const std::string& image) {
  std::string path(without_extension(image));
  path += ".txt";
  const auto inner = path.rfind("/images/");
  if (inner != std::string::npos)
    path.replace(inner, 8, "/labels/");
  else if (path.starts_with("images/"))
    path.replace(0, 7, "labels/");
  return path;
}

YoloLayout find_yolo_layout(const Folder& folder, const std::string& description) {
  return Layout(folder).find(description);
}

} // namespace mlopsctl::formats
