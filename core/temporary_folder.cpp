// SPDX-License-Identifier: Apache-2.0
#include "core/temporary_folder.hpp"

#include "core/error.hpp"
#include "core/io.hpp"

#include <cstdlib>
#include <string>

namespace fs = std::filesystem;

namespace mlopsctl {

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "mlopsctl-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw Error(Fault::input, name + ": cannot be made: " + system_error_text(),
                "set TMPDIR to a folder that can be written to");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

} // namespace mlopsctl
