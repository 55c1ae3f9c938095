// SPDX-License-Identifier: Apache-2.0
// A regular expression of a JSON Schema, in time linear in the text and bounded memory.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace mlopsctl::templates {

class Pattern {
public:
  explicit Pattern(const std::string& expression);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  /// False for what such a matcher cannot do (looking ahead and behind) and what is too large.
  bool is_readable() const;
  /// Whether any part of \p text matches; true if the pattern is not readable.
  bool is_in(std::string_view text) const;

private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

} // namespace mlopsctl::templates
