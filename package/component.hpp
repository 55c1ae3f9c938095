// SPDX-License-Identifier: Apache-2.0
// The artifact of a Greengrass v2 component: a zip, the only kind that the nucleus unpacks. Recipes
// of template edge-group take the runtime and the model as two of them, so that new weights do not
// send the program again.
//   of a runtime: mlopsctl-runtime (its launcher) and the bundle's files   of a model: its files
//   of both: the runtime's, and the model's below model/
#pragma once

#include "formats/archive/archive.hpp"

#include <cstdint>
#include <string>

namespace mlopsctl::package {

struct ComponentParts {
  std::string runtime; ///< archive of pack_runtime(); may be empty
  std::string model;   ///< archive of pack_model(); may be empty
};

struct PackedComponent {
  formats::PackResult archive;
  std::uint64_t unpacked_bytes = 0;
  std::string artifact; ///< name under which edge-group's recipe looks for it; empty: any
};

/// \param output a file, or "-". Equal parts give equal bytes. \throws Error(input) if a part is no
/// runtime bundle or does not pass verify_package().
PackedComponent pack_component(const ComponentParts& parts, const std::string& output,
                               Existing existing);

} // namespace mlopsctl::package
