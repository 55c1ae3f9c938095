// SPDX-License-Identifier: Apache-2.0
// What a function is called with: pictures that appeared in S3, one in the event itself, a request
// to its URL, or that it is time.
#pragma once

#include "serving/http/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::serving {

/// A picture to look at.
struct EventPicture {
  std::string name;  ///< "s3://bucket/key", or as the caller called it
  std::string bytes; ///< of a direct call; empty: to be fetched by its name
  std::string id;    ///< of this very version in this very event; empty for a direct call
};

struct LambdaEvent {
  enum class Kind {
    stored,   ///< of S3, alone or through EventBridge
    direct,   ///< {"image": "<base64>", "name": ...}
    request,  ///< to the function's URL
    schedule, ///< of EventBridge
    nothing   ///< a test of the notification, or objects that went: no pictures
  };
  Kind kind = Kind::nothing;
  std::vector<EventPicture> pictures;
  Request request; ///< without times
  std::string id;  ///< of a schedule: the same when the same event comes again
  /// Of stored: what a score is made from is wanted, not only what is shown.
  bool is_for_score = false;
};

/// \throws Error(input) for what is no JSON or none of these.
LambdaEvent parse_lambda_event(std::string_view json);

/// "a+b%2B.jpg" -> "a b+.jpg", as S3 writes keys into notifications. A '%' without two hexadecimal
/// digits stays.
std::string form_decoded(std::string_view text);

} // namespace mlopsctl::serving
