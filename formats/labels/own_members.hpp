// SPDX-License-Identifier: Apache-2.0
// Members of ours in JSON formats: split, group and time_s stand beside what the format defines.
#pragma once

#include "dataset/sample.hpp"

#include <string>

namespace mlopsctl::formats {

/// Moves "split", "group" and "time_s" from extra to the sample's own fields, if they have the form
/// that append_own_members writes.
void take_own_members(dataset::Sample& sample);
/// ",\"split\":..." and so on, for what is set.
void append_own_members(std::string& out, const dataset::Sample& sample);

} // namespace mlopsctl::formats
