// SPDX-License-Identifier: Apache-2.0
#include "bench/redact.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace mlopsctl::bench {
namespace {

constexpr const char* k_mask = "***";

/// A shell word: its text, and how it stood on the line.
struct Word {
  std::string text;
  bool is_quoted = false;
};

std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  Word word;
  bool has_word = false;
  bool in_quotes = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\'') {
      in_quotes = !in_quotes;
      word.is_quoted = has_word = true;
    } else if (!in_quotes && c == '\\' && i + 1 < line.size()) {
      word.text += line[++i];
      has_word = true;
    } else if (!in_quotes && (c == ' ' || c == '\t')) {
      if (has_word)
        words.push_back(word);
      word = {};
      has_word = false;
    } else {
      word.text += c;
      has_word = true;
    }
  }
  if (has_word)
    words.push_back(word);
  return words;
}

std::string quoted(const Word& word) {
  if (!word.is_quoted)
    return word.text;
  std::string out = "'";
  for (const char c : word.text)
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// "--api-key", "AWS_SECRET_ACCESS_KEY", "remote.token"; not "--keep", not "--token-file".
bool is_secret_name(std::string_view name) {
  static constexpr std::array<std::string_view, 10> k_parts{
      "token",  "tokens",     "secret",      "password", "passwd",
      "apikey", "credential", "credentials", "key",      "passphrase"};
  std::string part;
  std::vector<std::string> parts;
  for (const char c : lower(name) + "-") {
    if (c != '-' && c != '_' && c != '.') {
      part += c;
      continue;
    }
    if (!part.empty())
      parts.push_back(part);
    part.clear();
  }
  if (parts.empty() || parts.back() == "file")
    return false;
  return std::any_of(parts.begin(), parts.end(), [](const std::string& p) {
    return std::find(k_parts.begin(), k_parts.end(), p) != k_parts.end();
  });
}

/// In running text a URL ends at a space; a word of a command line may hold spaces itself.
std::string_view url_ends(bool is_one_word) {
  return is_one_word ? "\"'<>," : " \t\n\"'<>,";
}

std::string clean_urls(std::string_view text, bool is_one_word) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto scheme = text.find("://", i);
    if (scheme == std::string_view::npos)
      return out + std::string(text.substr(i));
    const auto begin = scheme + 3;
    const auto end = std::min(text.find_first_of(url_ends(is_one_word), begin), text.size());
    std::string_view rest = text.substr(begin, end - begin);
    // A password may hold '?', '#' or '/' where somebody forgot to escape it: the last '@' before
    // the end of the URL is taken as the end of the user info if a ':' stands before it.
    const auto host_end = rest.find_first_of("/?#");
    auto at = rest.substr(0, host_end).rfind('@');
    if (at == std::string_view::npos && rest.substr(0, rest.rfind('@')).find(':') < host_end &&
        rest.rfind('@') != std::string_view::npos)
      at = rest.rfind('@');
    if (at != std::string_view::npos)
      rest.remove_prefix(at + 1);
    rest = rest.substr(0, rest.find_first_of("?#"));
    out += std::string(text.substr(i, begin - i)) + std::string(rest);
    i = end;
  }
  return out;
}

} // namespace

std::string without_url_secrets(std::string_view text) {
  return clean_urls(text, false);
}

std::string without_secrets(std::string_view text) {
  std::string out;
  bool mask_next = false;
  for (std::size_t i = 0; i < text.size();) {
    const auto begin = std::min(text.find_first_not_of(" \t\n", i), text.size());
    const auto end = std::min(text.find_first_of(" \t\n", begin), text.size());
    out += text.substr(i, begin - i);
    const auto word = text.substr(begin, end - begin);
    const auto equals = word.find('=');
    if (mask_next && !word.empty())
      out += k_mask;
    else if (equals != std::string_view::npos && is_secret_name(word.substr(0, equals)))
      out += std::string(word.substr(0, equals + 1)) + k_mask;
    else
      out += clean_urls(word, false);
    mask_next = !mask_next && word.starts_with("-") && equals == std::string_view::npos &&
                is_secret_name(word);
    i = end;
  }
  return out;
}

std::string redact_command_line(std::string_view line) {
  std::string out;
  bool mask_next = false;
  for (auto& word : words_of(line)) {
    const auto equals = word.text.find('=');
    const std::string_view name = std::string_view(word.text).substr(0, equals);
    const bool is_option = word.text.starts_with("-") && !mask_next;
    if (mask_next)
      word = {k_mask, false};
    else if (equals != std::string::npos && is_secret_name(name))
      word.text = std::string(name) + "=" + k_mask;
    else
      word.text = clean_urls(word.text, true);
    mask_next = is_option && equals == std::string::npos && is_secret_name(name);
    out += (out.empty() ? "" : " ") + quoted(word);
  }
  return out;
}

} // namespace mlopsctl::bench
