// SPDX-License-Identifier: Apache-2.0
// MXNet's weights file, "<prefix>-0000.params": a list of named arrays, little-endian.
// Source: MXNet 1.7, src/ndarray/ndarray.cc (NDArray::Save, Load, LegacyLoad).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::formats {

struct MxArray {
  std::string name;          ///< without "arg:" or "aux:"; empty if the file names none
  bool is_auxiliary = false; ///< "aux:": moving mean and variance
  std::vector<std::int64_t> shape;
  int type = 0;           ///< 0 float32, 1 float64, 2 float16 ... as MXNet numbers them
  std::string_view bytes; ///< in C order, inside the file

  std::int64_t count() const; ///< of its numbers
};

/// \param bytes the whole file, which the result looks into. \param name for messages.
/// \throws Error(input) with the position for what is no such list, sparse or cut short; sizes are
/// checked against the file before anything is taken.
std::vector<MxArray> read_mxnet_params(std::string_view bytes, const std::string& name);

/// The numbers of a float32, float64 or float16 array. \throws Error(input) for other types.
std::vector<float> mx_floats(const MxArray& array, const std::string& name);

} // namespace mlopsctl::formats
