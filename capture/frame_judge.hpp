// SPDX-License-Identifier: Apache-2.0
// FrameJudge: decides which candidates of a capture are kept, in order, from a window of frames
// around each. What it decides depends on the frames alone.
#pragma once

#include "capture/journal.hpp"
#include "capture/keep_rules.hpp"
#include "imaging/glance.hpp"
#include "imaging/yuv.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::capture {

/// A frame that was chosen by time or by count, on its way to the folder.
struct Candidate {
  JournalEntry entry;
  std::string jpeg;                              ///< empty: not wanted, or not readable
  imaging::YuvImage planes;                      ///< instead of a JPEG, for a clip
  std::string thumbnail;                         ///< JPEG for the report; empty: none is made
  std::string problem;                           ///< why it has no picture; empty: it has
  const char* fault = reason::k_unreadable;      ///< what became of it where there is a problem
  std::shared_ptr<const imaging::Glance> glance; ///< null: not readable, or no rules
};

class FrameJudge {
public:
  /// \param is_waited_for somebody waits for the decisions: they are made beside the fewest frames
  /// to come.
  explicit FrameJudge(const KeepRules& rules, bool is_waited_for = false);

  void add(Candidate&& candidate);
  /// No more frames come: the rest is decided by what is there.
  void finish();
  /// \return the next candidate whose entry is decided, in the order in which they came.
  std::optional<Candidate> next();
  /// Even the best one had no steep edge: all were blurred alike, and were kept.
  bool saw_no_sharp_frame() const;

private:
  /// What is remembered of a frame while it is in somebody's window.
  struct Sight {
    std::shared_ptr<const imaging::Glance> glance; ///< null: not readable
    std::optional<double> time_s;
    std::int64_t scene = 0;
    std::optional<double> before; ///< difference to the frame some time before; none at a cut
    std::optional<double> after;
  };
  struct Kept {
    std::shared_ptr<const imaging::Glance> glance;
    std::int64_t frame_index = 0;
  };
  struct Waiting {
    Candidate candidate;
    bool is_decided = false;
  };

  Sight& sight(std::int64_t position);
  Waiting& waiting(std::int64_t position);
  std::int64_t end() const { return first_sight_ + static_cast<std::int64_t>(sights_.size()); }
  void find_scene(Sight& sight);
  void look_around(std::int64_t position);
  static std::optional<double> motion_of(const Sight& sight);
  void judge_ready();
  void judge(std::int64_t position);
  bool is_blurred(std::int64_t position, Judgement& judgement) const;
  bool is_transition(std::int64_t position, Judgement& judgement) const;
  void drop(std::int64_t position, const char* why);
  void keep(std::int64_t position);
  void compare(std::int64_t position);
  void join_run(std::int64_t position);
  void close_run();
  const Kept* find_like(const imaging::Glance& glance, double& changed) const;

  KeepRules rules_;
  std::int64_t window_ = 0; ///< frames looked at behind one before it is decided; 0: not known yet
  std::deque<Sight> sights_;
  std::int64_t first_sight_ = 0;                     ///< position of sights_.front()
  std::shared_ptr<const imaging::Glance> last_seen_; ///< the last readable one
  double last_change_ = 0;     ///< between the last two readable ones, mean levels
  double best_sharpness_ = -1; ///< of all frames; -1: there were none
  std::int64_t scene_ = 0;
  std::int64_t no_after_ = 0; ///< first position whose `after` is not settled
  std::int64_t judged_ = 0;   ///< next position to be judged
  std::deque<Waiting> waiting_;
  std::int64_t first_waiting_ = 0;
  std::vector<std::int64_t> run_; ///< alike, not decided; the first one leads
  std::int64_t best_ = 0;         ///< of the run
  std::deque<Kept> kept_;
};

} // namespace mlopsctl::capture
