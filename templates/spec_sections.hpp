// SPDX-License-Identifier: Apache-2.0
// The sections of deploy.yaml, one reader each; spec.cpp puts them together.
#pragma once

#include "core/value.hpp"
#include "templates/spec.hpp"

#include <vector>

namespace mlopsctl::templates {

std::vector<ItemTable> read_tables(ObjectReader& top);
/// \param spec with region, artifacts and tables already read
std::vector<Function> read_functions(ObjectReader& top, const DeploySpec& spec);
/// \param spec with retention_days and tables already read
std::optional<Edge> read_edge(ObjectReader& top, const DeploySpec& spec);
/// \param spec with region and artifacts already read
std::optional<Training> read_training(ObjectReader& top, const DeploySpec& spec);

/// Every key of the section, null where it says nothing. \param is_whole what functions and
/// subscriptions name is in it, or it is an Error
std::optional<Value> read_greengrass_v1(ObjectReader& top, bool is_whole = true);

/// \param spec with name already read
std::optional<Instance> read_instance(ObjectReader& top, const DeploySpec& spec);
/// \param spec with functions already read
std::optional<FanOut> read_fan_out(ObjectReader& top, const DeploySpec& spec);
std::optional<Pipeline> read_pipeline(ObjectReader& top);

/// The table that \p key of a section names. \throws Error(input) with "did you mean" if it is not
/// under 'tables'; empty if the key is not given.
std::string read_table_name(ObjectReader& reader, const std::vector<ItemTable>& tables,
                            const std::string& key = "table");

} // namespace mlopsctl::templates
