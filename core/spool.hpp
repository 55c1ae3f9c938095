// SPDX-License-Identifier: Apache-2.0
// A spool (core/io.hpp) where a sink or a source is wanted.
#pragma once

#include "core/io.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace mlopsctl {

/// What the sink gets goes into \p spool, which is there to be read after finish().
std::unique_ptr<ByteSink> sink_to_spool(std::shared_ptr<Spool> spool, std::string name);
/// A part of a spool, which nobody writes to any more.
std::unique_ptr<ByteSource> source_from_spool(std::shared_ptr<Spool> spool, std::uint64_t offset,
                                              std::uint64_t size_bytes, std::string name);

} // namespace mlopsctl
