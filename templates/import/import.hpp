// SPDX-License-Identifier: Apache-2.0
// A group of Greengrass v1, as people have it, becomes deploy.yaml. Nothing is asked of a network.
#pragma once

#include "templates/spec.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl::templates {

/// What deploy.yaml has no place for, or what a person must decide.
struct ImportItem {
  std::string what;
  std::string place; ///< "file:line"
  std::string todo;
};

struct ImportOptions {
  std::string output;  ///< name of deploy.yaml, for messages
  std::string region;  ///< empty: from the ARNs of the group
  std::string account; ///< empty: from the ARNs of the group
};

struct Imported {
  std::string text; ///< deploy.yaml, with a comment where a person must decide
  std::vector<ImportItem> items;
};

/// \param paths greengo's YAML, or a CloudFormation template, or answers of v1's API: the version
/// of the group and its definition versions, as files, lists or a folder. \throws Error(input) with
/// the line and what to do.
Imported import_group(const std::vector<std::string>& paths, const ImportOptions& options);

/// The same of one text. \param path for messages
Imported import_text(std::string_view text, const std::string& path, const ImportOptions& options);

/// \param path deploy.yaml, or what import_group() reads. \param items gets those of the import
DeploySpec read_spec_or_group(const std::string& path, const ImportOptions& options,
                              std::vector<ImportItem>& items);

} // namespace mlopsctl::templates
