// SPDX-License-Identifier: Apache-2.0
#include "commands/manifest/dataset_report.hpp"

#include <algorithm>
#include <filesystem>

namespace mlopsctl::commands {

Value dataset_document(std::string_view verb, std::int64_t images_read, dataset::Written written,
                       const Problems& problems) {
  Value document = Value::object();
  document["schema"] = "mlopsctl.manifest." + std::string(verb) + "/1";
  document["images_read"] = images_read;
  document["images_written"] = written.images;
  document["annotations_written"] = written.annotations;
  document["problems"] = to_value(problems);
  return document;
}

bool has_errors(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return problem.severity == Severity::error; });
}

void refuse_bad_records(const Context& ctx, const Problems& problems) {
  print_problems(ctx, problems);
  if (!has_errors(problems))
    return;
  const auto errors = std::count_if(problems.begin(), problems.end(), [](const Problem& problem) {
    return problem.severity == Severity::error;
  });
  throw Error(Fault::input, std::to_string(errors) + " bad records, nothing was written",
              "mend them ('mlopsctl manifest validate' lists all), or leave them out with "
              "'manifest convert --discard-bad'");
}

std::string folder_of(const std::string& path) {
  if (path == "-")
    return ".";
  if (is_folder(path))
    return path;
  return std::filesystem::path(path).parent_path().string();
}

} // namespace mlopsctl::commands
