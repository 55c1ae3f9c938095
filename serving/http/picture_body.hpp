// SPDX-License-Identifier: Apache-2.0
// The picture in the body of a request, in whichever way a client sends it.
#pragma once

#include "serving/http/message.hpp"

#include <string>
#include <string_view>

namespace mlopsctl::serving {

struct SentPicture {
  std::string name;       ///< of the file, where the client says it
  std::string_view bytes; ///< of the body or of the storage
};

/// The bytes of a picture as they are (whatever the Content-Type says); a form with a field
/// 'image', 'images' or 'file', multipart or urlencoded; JSON with such a member. A field holds the
/// bytes, or base64 of them with or without "data:...;base64,". URLs are not fetched.
/// \param storage keeps what was decoded as long as the result is used.
/// \throws HttpError 400, or 415 for an encoding that is not understood.
SentPicture find_picture(const Request& request, std::string& storage);

} // namespace mlopsctl::serving
