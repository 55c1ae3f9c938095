// SPDX-License-Identifier: Apache-2.0
// Model archives (.mar) of MXNet's multi-model-server and of TorchServe: a zip of the model's
// files, a handler in Python, and MAR-INF/MANIFEST.json, which names them. Source:
// awslabs/multi-model-server, model-archiver; pytorch/serve, model-archiver.
#pragma once

#include "core/error.hpp"
#include "formats/archive/archive.hpp"
#include "package/inspect.hpp"

#include <cstdint>
#include <string>

namespace mlopsctl::package {

enum class MarLayout { mms, torchserve };

struct MarOptions {
  std::string model; ///< archive of pack_model()
  std::string
      handler; ///< "service.py", "path/service.py:function", or a name that TorchServe knows
  MarLayout layout = MarLayout::mms;
  std::string name;           ///< empty: the model's
  std::int64_t created_s = 0; ///< since 1970; TorchServe's manifest says it
};

/// \param output "NAME.mar", a zip; or, as multi-model-server knows it too, "NAME.tar.gz" with
/// every file below NAME/. Equal inputs give equal bytes. \throws Error(input) if the model does
/// not pass verify_package(), the name is not one that the servers take, or there is no handler.
formats::PackResult pack_mar(const MarOptions& options, const std::string& output,
                             Existing existing, int jobs);

/// What the servers would refuse about an archive with a manifest, or one that is named .mar;
/// nothing about others. Rule mar-manifest.
Problems check_mar(const std::string& path, const Inspection& inspection);

} // namespace mlopsctl::package
