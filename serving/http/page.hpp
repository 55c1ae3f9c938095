// SPDX-License-Identifier: Apache-2.0
// The page of a service: drop a picture, see its boxes.
#pragma once

#include "serving/http/message.hpp"

#include <string>

namespace mlopsctl::serving {

/// Everything is in it, and its policy allows nothing else. \param model shown as its title.
Response service_page(const std::string& model);

} // namespace mlopsctl::serving
