// SPDX-License-Identifier: Apache-2.0
// What an action refuses, in its own words.
#pragma once

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace mlopsctl {

inline constexpr const char* k_no_error = "no error";

/// The text of the Error that \p action throws, or k_no_error. \param fault if given, it is this.
template <class Action>
std::string error_of(const Action& action, std::optional<Fault> fault = std::nullopt) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), fault.value_or(error.fault()));
    return error.what();
  }
  return k_no_error;
}

/// "text; hint", or the text alone if there is no hint.
template <class Action>
std::string error_and_hint_of(const Action& action, std::optional<Fault> fault = std::nullopt) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), fault.value_or(error.fault()));
    return error.what() + (error.hint().empty() ? "" : "; " + error.hint());
  }
  return k_no_error;
}

} // namespace mlopsctl
