// SPDX-License-Identifier: Apache-2.0
// Small pictures of samples.
#pragma once

#include "imaging/image.hpp"
#include "report/preview.hpp"

#include <string>

namespace mlopsctl::report {

/// \param path of the picture; empty: it was not found. \param side_px of the longer side, at most;
/// a smaller picture keeps its size. \return empty if there is none, and why.
imaging::Image thumbnail(const std::string& path, int side_px, std::string& why_missing);

/// The same with the boxes of \p sample drawn on it; colours by the order of \p classes.
imaging::Image drawn_thumbnail(const dataset::Sample& sample, const dataset::ClassMap& classes,
                               imaging::Image thumbnail);

} // namespace mlopsctl::report
