// SPDX-License-Identifier: Apache-2.0
// One line of an augmented manifest -> one Sample. SageMaker developer guide, "Output data":
// a label K stands beside K-metadata whose type starts with groundtruth/.
#pragma once

#include "formats/labels/format.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::formats {

/// What parsing a line found out besides the sample; places are lines inside the block.
struct LineNotes {
  struct Note {
    std::int64_t line = 0;
    std::string rule;
    Severity severity = Severity::error;
    std::string text;
  };
  struct ClassUse { ///< the first line of the block that gives this id this name
    std::int64_t id = 0;
    std::string name;
    std::int64_t line = 0;
  };
  std::vector<Note> notes;
  std::vector<ClassUse> classes;
  std::map<std::string, std::int64_t> verdicts; ///< of verification labels, if options ask for them
  std::int64_t discarded = 0;                   ///< lines left out for their verdict
  std::int64_t first_discarded_line = 0;
};

/// Holds the JSON parser and its buffers; one for each thread.
class GroundTruthLineParser {
public:
  GroundTruthLineParser();
  ~GroundTruthLineParser();
  GroundTruthLineParser(const GroundTruthLineParser&) = delete;
  GroundTruthLineParser& operator=(const GroundTruthLineParser&) = delete;

  /// \param text one line without its end. \param readable bytes that may be read from its begin.
  /// \return false if the line is bad as a whole (a note says why) or discarded by its verdict.
  bool parse(std::string_view text, std::size_t readable, std::int64_t line,
             const ReadOptions& options, dataset::Sample& sample, LineNotes& notes);

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace mlopsctl::formats
