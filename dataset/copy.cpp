// SPDX-License-Identifier: Apache-2.0
#include "dataset/copy.hpp"

#include "core/interrupt.hpp"
#include "core/parallel.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace mlopsctl::dataset {
namespace {

constexpr std::size_t k_batch_images = 256;

/// Lets threads through one at a time in the order of their numbers. Workers take pieces in order,
/// so whoever waits here waits for a thread that runs.
class Turnstile {
public:
  /// Holds the turn of one number; gives it on when it goes out of scope, by an exception too.
  class Turn {
  public:
    Turn(Turnstile& turnstile, std::uint64_t number) : turnstile_(turnstile), number_(number) {}
    ~Turn() {
      wait();
      {
        const std::lock_guard lock(turnstile_.mutex_);
        ++turnstile_.current_;
      }
      turnstile_.changed_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    void wait() {
      std::unique_lock lock(turnstile_.mutex_);
      turnstile_.changed_.wait(lock, [this] { return turnstile_.current_ == number_; });
    }

  private:
    Turnstile& turnstile_;
    std::uint64_t number_;
  };

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t current_ = 0;
};

struct Input {
  std::uint64_t number = 0;
  std::unique_ptr<BlockReader::Block> block; ///< set if the reader works in pieces
  std::vector<Sample> samples;               ///< set if it does not
};

struct Output {
  std::unique_ptr<BlockWriter::Piece> piece; ///< set if the writer works in pieces
  std::vector<Sample> samples;               ///< set if it does not
  std::int64_t images = 0;
};

std::optional<Input> pull(SampleReader& reader, std::uint64_t number) {
  check_interrupt();
  Input input;
  input.number = number;
  if (BlockReader* blocks = reader.blocks()) {
    input.block = blocks->cut();
    return input.block ? std::optional<Input>(std::move(input)) : std::nullopt;
  }
  Sample sample;
  while (input.samples.size() < k_batch_images && reader.next(sample))
    input.samples.push_back(std::move(sample));
  return input.samples.empty() ? std::nullopt : std::optional<Input>(std::move(input));
}

} // namespace

std::int64_t copy_samples(SampleReader& reader, SampleWriter& writer, const CopyOptions& options) {
  std::int64_t images = 0;
  std::uint64_t pulled = 0;
  Turnstile turnstile;
  const auto work = [&](Input&& input) {
    Output output;
    {
      Turnstile::Turn turn(turnstile, input.number);
      if (input.block)
        reader.blocks()->parse(*input.block);
      auto& samples = input.block ? input.block->samples : input.samples;
      output.images = static_cast<std::int64_t>(samples.size());
      if (options.transform)
        std::erase_if(samples, [&](Sample& sample) { return !options.transform(sample); });
      turn.wait();
      if (input.block) {
        reader.blocks()->settle(*input.block);
        input.samples = std::move(input.block->samples);
      }
      if (writer.blocks())
        output.piece = writer.blocks()->reserve(input.samples);
    }
    if (writer.blocks())
      writer.blocks()->format(input.samples, *output.piece);
    else
      output.samples = std::move(input.samples);
    return output;
  };
  const auto consume = [&](Output&& output) {
    check_interrupt();
    if (output.piece)
      writer.blocks()->append(*output.piece);
    for (const auto& sample : output.samples)
      writer.write(sample);
    images += output.images;
    if (options.advance)
      options.advance(output.images);
  };
  ordered_parallel<Input, Output>(
      options.jobs, [&] { return pull(reader, pulled++); }, work, consume);
  return images;
}

std::vector<std::string> read_classes(SampleReader& reader) {
  if (reader.classes().size() > 0) // the format lists them at its start
    return reader.classes().names();
  Sample sample;
  while (reader.next(sample))
    check_interrupt();
  auto names = reader.classes().names();
  reader.rewind();
  return names;
}

} // namespace mlopsctl::dataset
