// SPDX-License-Identifier: Apache-2.0
#include "dataset/route.hpp"

#include <algorithm>

namespace mlopsctl::dataset {

/// What each writer gets of a piece.
struct RoutingWriter::Parts : BlockWriter::Piece {
  std::vector<std::vector<Sample>> samples;
  std::vector<std::unique_ptr<BlockWriter::Piece>> pieces; ///< null where there are no samples
};

RoutingWriter::RoutingWriter(std::vector<SampleWriter*> writers, Route route)
    : writers_(std::move(writers)), route_(std::move(route)) {}

void RoutingWriter::write(const Sample& sample) {
  Sample routed = sample;
  std::vector<std::size_t> targets;
  route_(routed, targets);
  for (const auto target : targets)
    writers_[target]->write(routed);
}

BlockWriter* RoutingWriter::blocks() {
  const bool all = std::all_of(writers_.begin(), writers_.end(),
                               [](SampleWriter* writer) { return writer->blocks() != nullptr; });
  return all ? this : nullptr;
}

std::unique_ptr<BlockWriter::Piece> RoutingWriter::reserve(const std::vector<Sample>& samples) {
  auto parts = std::make_unique<Parts>();
  parts->samples.resize(writers_.size());
  parts->pieces.resize(writers_.size());
  std::vector<std::size_t> targets;
  for (const auto& sample : samples) {
    Sample routed = sample;
    targets.clear();
    route_(routed, targets);
    for (std::size_t i = 0; i + 1 < targets.size(); ++i)
      parts->samples[targets[i]].push_back(routed);
    if (!targets.empty())
      parts->samples[targets.back()].push_back(std::move(routed));
  }
  for (std::size_t i = 0; i < writers_.size(); ++i)
    if (!parts->samples[i].empty())
      parts->pieces[i] = writers_[i]->blocks()->reserve(parts->samples[i]);
  return parts;
}

void RoutingWriter::format(const std::vector<Sample>&, Piece& piece) const {
  auto& parts = static_cast<Parts&>(piece);
  for (std::size_t i = 0; i < writers_.size(); ++i)
    if (parts.pieces[i])
      writers_[i]->blocks()->format(parts.samples[i], *parts.pieces[i]);
  parts.samples.clear();
}

void RoutingWriter::append(Piece& piece) {
  auto& parts = static_cast<Parts&>(piece);
  for (std::size_t i = 0; i < writers_.size(); ++i)
    if (parts.pieces[i])
      writers_[i]->blocks()->append(*parts.pieces[i]);
}

} // namespace mlopsctl::dataset
