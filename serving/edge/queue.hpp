// SPDX-License-Identifier: Apache-2.0
// The durable queue of an edge device: what was accepted stays until it is where it has to go,
// whatever happens to the process or the network.
#pragma once

#include "core/file_lock.hpp"
#include "storage/sqlite.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::serving {

/// start: a capture that goes on. frame: a picture nobody has looked at. picture: one to be kept
/// elsewhere. row: an item for the table. message: for the broker.
enum class WorkKind { start, frame, picture, row, message };
inline constexpr std::size_t k_work_kinds = 5;

struct Work {
  WorkKind kind = WorkKind::message;
  std::string id;          ///< of one kind only one waits at a time
  std::string body;        ///< JSON
  std::string topic{};     ///< of a message
  std::string picture{};   ///< name of a file in pictures(); goes when no work names it any more
  std::int64_t number = 0; ///< given by the queue, rising
};

enum class WhenFull { stop, drop_oldest };

struct BufferRules {
  std::uint64_t limit_bytes = std::uint64_t{1} << 30; ///< of pictures and texts
  WhenFull when_full = WhenFull::drop_oldest;
};

/// Any thread. After kill -9 it is as it was; after a power cut at most the last second is missing.
class EdgeQueue {
public:
  /// Takes the folder for this process, made with mode 0700 if it is not there.
  /// \throws Error(usage) if another process has it or others may look into it; Error(input).
  EdgeQueue(const std::filesystem::path& folder, const BufferRules& rules);
  EdgeQueue(const EdgeQueue&) = delete;
  EdgeQueue& operator=(const EdgeQueue&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path pictures() const { return folder_ / "pictures"; }

  /// In one step: the work of the number \p done is done, and \p next is to do.
  void step(std::int64_t done, const std::vector<Work>& next);
  void add(const std::vector<Work>& next) { step(0, next); }
  /// A picture and the work that names it, as step(); the oldest work goes if there is no room.
  /// \return false: there is no room, and nothing may go.
  bool add_picture(const std::string& name, std::string_view bytes, std::int64_t done,
                   const std::vector<Work>& next);
  /// The first of \p kind behind the number \p after.
  std::optional<Work> first(WorkKind kind, std::int64_t after = 0);
  bool contains(std::int64_t number);
  /// \return false if it was said before; the last thousand are remembered.
  bool is_new(const std::string& id);

  /// What was added longer ago goes, except starts: pictures of people have an end.
  void drop_older(std::int64_t seconds);

  std::int64_t waiting(WorkKind kind) const;
  bool is_empty() const;        ///< of everything but starts
  std::int64_t dropped() const; ///< by this process, for want of room or because of their age
  /// Until \p is_ready, or \p longest has passed; asked again when something was added.
  void wait(const std::function<bool()>& is_ready, std::chrono::milliseconds longest);
  void wake(); ///< those who wait look again
  /// Called when a message was added; from any thread. To be set before other threads use the
  /// queue.
  void on_message(std::function<void()> call) { on_message_ = std::move(call); }
  /// What was done until now survives a power cut.
  void sync();

private:
  using Lock = std::unique_lock<std::mutex>;
  void open();
  void remove_strays();
  void change(std::int64_t done, const std::vector<Work>& next, std::uint64_t picture_bytes);
  void drop_oldest();
  void drop(std::int64_t number, const std::string& why);
  bool waits_nothing() const;
  void notify(const std::vector<Work>& next);

  std::filesystem::path folder_;
  BufferRules rules_;
  mutable std::mutex mutex_; ///< of what follows
  std::condition_variable changed_;
  std::optional<FileLock> lock_;
  std::optional<storage::Sqlite> db_;
  std::array<std::int64_t, k_work_kinds> waiting_{};
  std::uint64_t bytes_ = 0;
  std::int64_t dropped_ = 0;
  bool is_dirty_ = false;
  std::function<void()> on_message_;
};

} // namespace mlopsctl::serving
