// SPDX-License-Identifier: Apache-2.0
// The door to RE2. std::regex recurses once a character: long text crashes it.
#include "templates/validate/pattern.hpp"

#include <re2/re2.h>

namespace mlopsctl::templates {
namespace {

constexpr std::size_t k_max_expression_bytes = 10'000;
constexpr std::int64_t k_max_memory_bytes = std::int64_t{4} << 20;

/// From the dialects of the schemas (ECMA, Java, Python) to RE2's: \uXXXX and \Z.
std::string in_our_dialect(std::string_view expression) {
  std::string out;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] != '\\' || i + 1 == expression.size()) {
      out += expression[i];
      continue;
    }
    const char next = expression[++i];
    if (next == 'u' && i + 4 < expression.size()) {
      out += "\\x{" + std::string(expression.substr(i + 1, 4)) + "}";
      i += 4;
    } else if (next == 'Z') {
      out += "\\z";
    } else {
      out += {'\\', next};
    }
  }
  return out;
}

re2::RE2::Options options() {
  re2::RE2::Options out;
  out.set_log_errors(false);
  out.set_max_mem(k_max_memory_bytes);
  return out;
}

} // namespace

struct Pattern::Compiled {
  explicit Compiled(const std::string& expression)
      : regex(expression.size() > k_max_expression_bytes ? "(" : in_our_dialect(expression),
              options()) {}
  re2::RE2 regex;
};

Pattern::Pattern(const std::string& expression)
    : compiled_(std::make_unique<Compiled>(expression)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

bool Pattern::is_readable() const {
  return compiled_->regex.ok();
}

bool Pattern::is_in(std::string_view text) const {
  return !is_readable() ||
         re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->regex);
}

} // namespace mlopsctl::templates
