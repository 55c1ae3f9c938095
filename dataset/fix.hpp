// SPDX-License-Identifier: Apache-2.0
// Mends what a rule found, where there is only one sensible way; the rules say which (rules.hpp).
#pragma once

#include "dataset/sample.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace mlopsctl::dataset {

/// Two passes where spellings matter: learn() all samples, then fix() them in the same order.
class Fixer {
public:
  /// Counts how often each spelling of a class is used: the most frequent one wins, of equals the
  /// first as bytes.
  void learn(const Sample& sample);
  /// \return false if the sample is left out: a second line about the same image, equal to the
  /// first.
  bool fix(Sample& sample);
  /// By rule: how many records were mended.
  const std::map<std::string, std::int64_t>& counts() const { return counts_; }

private:
  void fix_boxes(Sample& sample);
  void fix_spelling(std::string& label);

  std::map<std::string, std::map<std::string, std::int64_t>> spellings_; ///< by lower case
  std::map<std::string, std::string> chosen_;                            ///< spelling -> the winner
  bool is_chosen_ = false;
  std::map<std::string, std::uint64_t> seen_; ///< reference -> digest of what its line says
  std::map<std::string, std::int64_t> counts_;
};

} // namespace mlopsctl::dataset
