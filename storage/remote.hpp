// SPDX-License-Identifier: Apache-2.0
// s3:// names for everything that reads or writes by name. Nothing is looked up or connected before
// the first of them is opened.
#pragma once

#include "net/endpoint.hpp"

namespace mlopsctl::net {
class S3Client;
}

namespace mlopsctl::storage {

/// What the command line says of clouds; set before the first name is opened.
net::RemoteOptions& remote_options();

/// The one client of this process, made by the first call. Any thread.
net::S3Client& s3_client();

/// Makes core's open_source, create_sink, open_folder and create_folder know s3:// names.
void register_s3_scheme();

} // namespace mlopsctl::storage
