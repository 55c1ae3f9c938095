// SPDX-License-Identifier: Apache-2.0
// Session: pictures of one class after the other, a given number of each; which frame is of which
// class depends on the order and the times of the frames alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::capture {

/// For whoever stands in front of the camera.
struct SessionState {
  std::string label; ///< the class that is recorded, or comes next
  std::int64_t kept = 0;
  double countdown_s = 0; ///< until it begins; 0: it is recorded
  bool is_full = false;   ///< that was its last frame
};

struct SessionOptions {
  std::vector<std::string> classes;      ///< in the order of recording; empty: no session
  std::optional<std::int64_t> per_class; ///< frames; nothing: one class, without end
  /// Before each class, in the source's time. Nothing: 3 s in front of a camera, else none.
  std::optional<double> countdown_s;
  std::function<void(const SessionState&)> on_state; ///< at each frame; may be empty

  bool any() const { return !classes.empty(); }
};

/// \throws Error(usage) for no, empty, or repeated names, or numbers out of range.
void check_session(const SessionOptions& options);

class Session {
public:
  using Counts = std::map<std::string, std::int64_t>;

  /// \param countdown_s see SessionOptions. \param counts frames by class that are there already.
  Session(const SessionOptions& options, double countdown_s, Counts counts);

  /// The next frame, which is of label() if it is kept. \return false: it is of no class, because
  /// the countdown runs or all classes are full.
  bool admits(double time_s);
  const std::string& label() const { return options_.classes[class_]; }
  /// A frame of label() is kept. Behind its last one label() is another class.
  void add_kept();
  std::size_t number() const { return class_; } ///< of label()
  bool is_full() const { return class_ == options_.classes.size(); }

private:
  void skip_full();
  void tell(double countdown_s, bool is_full = false) const;

  const SessionOptions& options_;
  double countdown_s_;
  Counts counts_;
  std::size_t class_ = 0;
  double begin_s_;    ///< of the class
  double last_s_ = 0; ///< of the last frame
};

} // namespace mlopsctl::capture
