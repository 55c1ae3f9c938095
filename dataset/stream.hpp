// SPDX-License-Identifier: Apache-2.0
// The sample stream: readers pull, writers push. Formats implement both; operations on streams use
// nothing else.
#pragma once

#include "core/error.hpp"
#include "dataset/sample.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mlopsctl::dataset {

/// Reading in pieces that several threads may parse at once; what must happen in the order of the
/// file is settle().
class BlockReader {
public:
  struct Block {
    virtual ~Block() = default;
    std::vector<Sample> samples;
  };
  virtual ~BlockReader() = default;
  virtual std::unique_ptr<Block> cut() = 0;   ///< the next piece, not yet parsed; null at the end
  virtual void parse(Block& block) const = 0; ///< fills samples; called from any thread
  /// In order, one at a time: line numbers, problems, what needs to know the pieces before.
  virtual void settle(Block& block) = 0;
};

/// Writing in pieces that several threads may format at once.
class BlockWriter {
public:
  struct Piece {
    virtual ~Piece() = default;
  };
  virtual ~BlockWriter() = default;
  /// In order, one at a time: takes the ids that \p samples will use.
  virtual std::unique_ptr<Piece> reserve(const std::vector<Sample>& samples) = 0;
  virtual void format(const std::vector<Sample>& samples, Piece& piece) const = 0; ///< any thread
  virtual void append(Piece& piece) = 0; ///< in order, one at a time
};

/// What did not come through, by field.
struct Loss {
  std::string field; ///< what it is, such as "score" or "boxes rounded to whole pixels"
  std::int64_t count = 0;
  std::string first; ///< where it happened first: "file:line", or the image
};
using Losses = std::vector<Loss>; ///< by field as text

/// Pulls samples. Bad records do not stop it: they are left out and listed in problems().
class SampleReader {
public:
  virtual ~SampleReader() = default;
  /// \param sample overwritten; its buffers are reused. \return false at the end.
  virtual bool next(Sample& sample) = 0;
  /// Back to the first sample; problems() starts again too.
  virtual void rewind() = 0;
  /// Class names in the order of the source (ids of the source where it has them, else first seen).
  /// Complete only after the last sample in formats that name classes along the way.
  virtual const ClassMap& classes() const = 0;
  /// Ids and names of the classes that the source declares (COCO's categories), also of those that
  /// no sample has.
  virtual std::vector<std::pair<std::int64_t, std::string>> class_ids() const { return {}; }
  virtual const Problems& problems() const = 0;
  /// Records (images) so far that were too bad to hand out.
  virtual std::int64_t left_out() const { return 0; }
  /// So far: what the source says and a Sample cannot hold, such as a polygon read as its box.
  virtual const Losses& losses() const;
  /// Members of the whole document that no sample carries, such as COCO's "info".
  virtual const Fields& document() const;
  /// Null: only next(). A reader is used through one of the two, not both.
  virtual BlockReader* blocks() { return nullptr; }
};

/// Counts for the report of a command.
struct Written {
  std::int64_t images = 0;
  std::int64_t annotations = 0;
};

/// Pushes samples. Nothing is visible before finish().
class SampleWriter {
public:
  virtual ~SampleWriter() = default;
  virtual void write(const Sample& sample) = 0;
  virtual Written finish() = 0;
  /// What the target cannot hold.
  virtual const Losses& losses() const = 0;
  /// Null: only write().
  virtual BlockWriter* blocks() { return nullptr; }
};

} // namespace mlopsctl::dataset
