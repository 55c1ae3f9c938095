// SPDX-License-Identifier: Apache-2.0
// Which format an input or an output has.
#include "formats/labels/format.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_head_bytes = 64 * 1024;

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const auto* format : all_label_formats())
    names.emplace_back(format->name);
  return names;
}

std::string read_head(ByteSource& source) {
  if (const auto mapped = source.mapped())
    return std::string(mapped->substr(0, k_head_bytes));
  std::string head(k_head_bytes, '\0');
  std::size_t length = 0;
  while (length < head.size()) {
    const auto count = source.read({head.data() + length, head.size() - length});
    if (count == 0)
      break;
    length += count;
  }
  head.resize(length);
  source.rewind();
  return head;
}

bool has_extension(const LabelFormat& format, const std::string& path) {
  const std::string name = lower(path);
  return std::any_of(format.extensions.begin(), format.extensions.end(),
                     [&](std::string_view extension) { return name.ends_with(extension); });
}

} // namespace

std::string_view needs_name(Needs needs) {
  switch (needs) {
  case Needs::streaming: return "streaming";
  case Needs::index: return "index";
  case Needs::whole: return "whole";
  }
  return "";
}

const LabelFormat& label_format(std::string_view name) {
  for (const auto* format : all_label_formats())
    if (format->name == name)
      return *format;
  throw Error(Fault::usage,
              "unknown format '" + printable(name) + "'" + did_you_mean(name, format_names()),
              "see 'mlopsctl formats'");
}

LabelInput open_label_input(const std::string& path) {
  LabelInput input;
  input.path = path;
  if (is_folder(path)) {
    input.folder = open_folder(path);
    return input;
  }
  input.source = open_source(path);
  input.head = read_head(*input.source);
  return input;
}

const LabelFormat& recognise(const LabelInput& input) {
  if (input.source && input.head.empty())
    throw Error(Fault::input, input.path + ": is empty",
                "a data set without images is an empty list, not an empty file; name the format "
                "with --from if that is what it is");
  for (const auto* format : all_label_formats())
    if (format->sniff(input))
      return *format;
  throw Error(Fault::input,
              input.path + ": no label format that is known here" +
                  (input.folder ? " (a folder without labels?)" : ""),
              "name it with --from; see 'mlopsctl formats'");
}

std::unique_ptr<dataset::SampleReader> open_labels(LabelInput input, const ReadOptions& options) {
  const LabelFormat& format =
      options.format.empty() ? recognise(input) : label_format(options.format);
  return format.open(std::move(input), options);
}

std::unique_ptr<dataset::SampleReader> open_labels(const std::string& path,
                                                   const ReadOptions& options) {
  if (!options.format.empty())
    label_format(options.format); // a misspelled name before a missing file
  return open_labels(open_label_input(path), options);
}

const LabelFormat& format_for_output(const std::string& path, const std::string& name) {
  if (!name.empty()) {
    const LabelFormat& format = label_format(name);
    if (!format.create)
      throw Error(Fault::usage, "format '" + name + "' can only be read",
                  "see 'mlopsctl formats' for what can be written");
    return format;
  }
  for (const auto* format : all_label_formats())
    if (format->create && has_extension(*format, path))
      return *format;
  throw Error(Fault::usage, path + ": its name does not say in which format to write",
              "name the format with --to; see 'mlopsctl formats'");
}

std::unique_ptr<dataset::SampleWriter> create_labels(const std::string& path,
                                                     const WriteOptions& options) {
  return format_for_output(path, options.format).create(path, options);
}

} // namespace mlopsctl::formats
