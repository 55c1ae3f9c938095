// SPDX-License-Identifier: Apache-2.0
// FrameSender: sends the frames of a spool folder to a store over several connections while the
// capture goes on, and takes them out of the spool when they are there.
#pragma once

#include "capture/frame_outlet.hpp"
#include "capture/sent_log.hpp"
#include "core/time.hpp"
#include "storage/growing_folder.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace mlopsctl::capture {

enum class OnFull {
  stop,       ///< the capture ends
  drop_oldest ///< the frame that waits longest goes
};

/// How a spool takes what the store does not take yet.
struct SpoolRules {
  std::uint64_t limit_bytes = std::uint64_t{1} << 30; ///< of frames on this disk
  OnFull on_full = OnFull::stop;                      ///< of a live source; others wait
  double gap_s = 60;   ///< how long the store may be away when there is nothing to do but wait
  int connections = 8; ///< a frame is a few round trips' worth of waiting
};

/// A frame counts as sent when the log says so, at most a second after it was stored; one that was
/// stored and not noted, because the process was killed, is found to be there already.
class FrameSender final : public FrameOutlet {
public:
  /// \param folder of the spool.
  FrameSender(std::filesystem::path folder, const SpoolRules& rules);
  ~FrameSender() override;
  FrameSender(const FrameSender&) = delete;
  FrameSender& operator=(const FrameSender&) = delete;

  /// Before the folder is opened. \param is_live the source cannot wait.
  void begin(storage::GrowingFolder& store, bool is_live);

  void open(FolderMode mode) override;
  void make_room(std::uint64_t size_bytes) override;
  void take(const std::string& name, std::uint64_t size_bytes) override;
  bool has_taken(const std::string& name) const override;

  /// Until every frame is stored. \throws Error(remote) if the store stays away; Interrupted.
  void drain();
  /// "12 frames (1.5 MiB) wait in /spool".
  std::string waiting() const;
  /// After drain().
  const SentLog& log() const { return log_; }
  std::int64_t sent() const { return sent_; } ///< by this run

private:
  struct Item {
    std::string name;
    std::uint64_t size_bytes = 0;
  };
  enum class Outcome { stored, later, failed };
  using Lock = std::unique_lock<std::mutex>;

  void send_frames();
  Outcome send(const Item& item, storage::WrittenObject& object, std::string& problem);
  void settle(const Item& item, Outcome outcome, const storage::WrittenObject& object,
              const std::string& problem);
  void note_away(const std::string& problem);
  void note_back();
  void keep_log();
  void commit(Lock& lock);
  void drop_oldest();
  void add_settled(SentFrame frame);
  void wait_for_store(Lock& lock);
  [[noreturn]] void refuse_more() const;
  void check_patience(const Stopwatch& since) const;
  std::string waiting_text() const;

  std::filesystem::path folder_;
  storage::GrowingFolder* store_ = nullptr;
  SpoolRules rules_;
  bool is_live_ = false;

  std::mutex large_;         ///< held while a large file is sent
  mutable std::mutex mutex_; ///< of what follows
  std::condition_variable changed_;
  SentLog log_;
  std::deque<Item> queue_;
  std::vector<SentFrame> settled_;  ///< stored or dropped, not yet in the log
  std::uint64_t waiting_bytes_ = 0; ///< of files in the spool
  std::uint64_t leaving_bytes_ = 0; ///< of these settled, so that they go in a moment
  std::int64_t waiting_ = 0;        ///< files in the spool
  std::int64_t sent_ = 0;
  bool is_done_ = false;
  bool wants_commit_ = false;
  bool is_waiting_told_ = false;
  std::optional<Stopwatch> away_; ///< since the first failure after the last success
  std::string away_problem_;
  std::exception_ptr failure_; ///< for which no waiting helps
  std::vector<std::thread> threads_;
};

} // namespace mlopsctl::capture
