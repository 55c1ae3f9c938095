// SPDX-License-Identifier: Apache-2.0
// A graph as ONNX Runtime made it ready for this processor, kept in the user's cache: making an
// 87 MB graph ready takes 180 ms, mapping what was made takes 5. For onnxruntime.cpp only.
#pragma once

#include "core/io.hpp"

#include <memory>
#include <string>

namespace mlopsctl::inference {

/// One file of the cache. What is in it depends on the model, the runtime and the processor, and
/// its name does, too. Processes do not disturb each other: files appear whole, by renaming.
class OptimizedGraph {
public:
  /// \param model_digest of the weights; empty: nothing is kept. \param runtime says which ONNX
  /// Runtime, its version and more.
  OptimizedGraph(const std::string& model_digest, const std::string& runtime);
  OptimizedGraph(const OptimizedGraph&) = delete;
  OptimizedGraph& operator=(const OptimizedGraph&) = delete;
  ~OptimizedGraph(); ///< removes a draft that was not kept

  /// The kept file, mapped; null if there is none, or another user may have written it.
  std::unique_ptr<ByteSource> open() const;
  /// A name for the runtime to write to; empty: nothing can be kept here.
  const std::string& draft() const { return draft_; }
  /// The draft is whole: the next process finds it. Failing costs only time, so it is silent.
  void keep();
  /// The kept file is of no use.
  void forget();

private:
  std::string folder_;
  std::string path_; ///< empty: nothing is kept
  std::string draft_;
};

} // namespace mlopsctl::inference
