// SPDX-License-Identifier: Apache-2.0
// Ends of a stream that copy_samples() can feed from several threads: many writers at once, or a
// function.
#pragma once

#include "dataset/stream.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace mlopsctl::dataset {

/// Hands each sample to some of several writers. Works in pieces if all of them do. Finishing the
/// writers, and asking for their losses, is the owner's.
class RoutingWriter : public SampleWriter, public BlockWriter {
public:
  /// Called in the order of the samples, one at a time; may change the sample.
  /// \param targets to be filled with places in the list of writers, each at most once.
  using Route = std::function<void(Sample& sample, std::vector<std::size_t>& targets)>;

  RoutingWriter(std::vector<SampleWriter*> writers, Route route);

  void write(const Sample& sample) override;
  Written finish() override { return {}; }
  const Losses& losses() const override { return losses_; }
  BlockWriter* blocks() override;

  std::unique_ptr<Piece> reserve(const std::vector<Sample>& samples) override;
  void format(const std::vector<Sample>& samples, Piece& piece) const override;
  void append(Piece& piece) override;

private:
  struct Parts;
  std::vector<SampleWriter*> writers_;
  Route route_;
  Losses losses_;
};

/// Calls a function for each sample, in order, on the thread that copies.
class EachSample : public SampleWriter {
public:
  explicit EachSample(std::function<void(const Sample&)> take) : take_(std::move(take)) {}
  void write(const Sample& sample) override { take_(sample); }
  Written finish() override { return {}; }
  const Losses& losses() const override { return losses_; }

private:
  std::function<void(const Sample&)> take_;
  Losses losses_;
};

} // namespace mlopsctl::dataset
