// SPDX-License-Identifier: Apache-2.0
// Secrets that were written down. Their text is never repeated in a finding.
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/validate/rules.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::templates {
namespace {

struct Form {
  std::string_view start;
  std::size_t least_more; ///< characters of a word that follow, at least
  std::string_view what;
};

// How the issuers begin what they issue.
constexpr std::array<Form, 14> k_forms{
    Form{"AKIA", 16, "an AWS access key"}, Form{"ASIA", 16, "an AWS session's access key"},
    Form{"ghp_", 30, "a GitHub token"},    Form{"gho_", 30, "a GitHub token"},
    Form{"ghs_", 30, "a GitHub token"},    Form{"github_pat_", 30, "a GitHub token"},
    Form{"glpat-", 16, "a GitLab token"},  Form{"xoxb-", 16, "a Slack token"},
    Form{"xoxp-", 16, "a Slack token"},    Form{"hf_", 30, "a Hugging Face token"},
    Form{"npm_", 30, "an npm token"},      Form{"AIza", 30, "a Google key"},
    Form{"sk_live_", 16, "a Stripe key"},  Form{"eyJhbGciOi", 30, "a signed token (JWT)"},
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

bool has_form(std::string_view text, const Form& form) {
  for (auto at = text.find(form.start); at != std::string_view::npos;
       at = text.find(form.start, at + 1)) {
    if (at > 0 && is_word(text[at - 1]))
      continue;
    const auto rest = text.substr(at + form.start.size());
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_word);
    if (static_cast<std::size_t>(end - rest.begin()) >= form.least_more)
      return true;
  }
  return false;
}

/// "scheme://user:password@host", where the password is written out.
bool has_password_in_url(std::string_view text) {
  for (auto at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    const auto host = text.substr(at + 3, text.substr(at + 3).find_first_of("/ \n\"'"));
    const auto sign = host.rfind('@');
    const auto colon = host.find(':');
    if (sign != std::string_view::npos && colon < sign && colon + 1 < sign &&
        host[colon + 1] != '$' && host[colon + 1] != '{' && host[colon + 1] != '<')
      return true;
  }
  return false;
}

bool is_secret_name(const std::string& name) {
  static constexpr std::array<std::string_view, 9> words{"password",   "passwd",     "secret",
                                                         "token",      "apikey",     "accesskey",
                                                         "privatekey", "credential", "passphrase"};
  static constexpr std::array<std::string_view, 14> ends{
      "arn",   "name",  "id",     "path",  "file",   "url",     "uri", "ttl",
      "count", "limit", "region", "table", "expiry", "exchange"}; // where it is, not what it is
  std::string text;
  for (const char c : lower(name))
    if (c != '_' && c != '-' && c != '.')
      text += c;
  const auto holds = [&](auto word) { return text.find(word) != std::string::npos; };
  return std::any_of(words.begin(), words.end(), holds) &&
         std::none_of(ends.begin(), ends.end(), [&](auto end) { return text.ends_with(end); });
}

/// Written out, not fetched: no reference, no ARN, no file, no place to fill in.
bool is_written_out(const Value& value) {
  if (!value.is_string() && !value.is_number())
    return false;
  const auto text = text_of(value);
  return !text.empty() && text.find("${") == std::string::npos &&
         text.find("{{") == std::string::npos && !text.starts_with("arn:") &&
         !text.starts_with('/') && !text.starts_with('<') && text != "true" && text != "false";
}

class SecretSearch {
public:
  explicit SecretSearch(Report& report) : report_(report) {}

  void walk(const Value& value, const std::string& path) {
    if (value.is_string())
      look(value, path);
    for (std::size_t i = 0; i < value.items.size(); ++i)
      walk(value.items[i], path + "[" + std::to_string(i) + "]");
    for (const auto& [key, member] : value.members) {
      if (is_environment(key))
        look_at_environment(member, below(path, key));
      walk(member, below(path, key));
    }
  }

private:
  static bool is_environment(const std::string& key) {
    return key == "Variables" || key == "EnvironmentVariables" || key == "Environment" ||
           key == "Setenv" || key == "environment" || key == "env";
  }

  void look(const Value& value, const std::string& path) {
    const auto what = secret_in(value.string);
    if (!what.empty())
      report_.add("secret-in-text", value, path, "holds " + what);
  }

  /// A mapping of names, or a list of {Name, Value}.
  void look_at_environment(const Value& variables, const std::string& path) {
    for (const auto& [name, value] : variables.members)
      look_at_variable(name, value, path);
    for (const auto& item : variables.items) {
      const Value* name = item.find("Name") ? item.find("Name") : item.find("name");
      const Value* value = item.find("Value") ? item.find("Value") : item.find("value");
      if (name && value)
        look_at_variable(name->string, *value, path);
    }
  }

  void look_at_variable(const std::string& name, const Value& value, const std::string& path) {
    if (is_secret_name(name) && is_written_out(value) && secret_in(value.string).empty())
      report_.add("secret-in-environment", value, below(path, name),
                  "whoever may read the configuration reads this secret");
  }

  Report& report_;
};

} // namespace

std::string secret_in(std::string_view text) {
  if (text.find("PRIVATE KEY-----") != std::string_view::npos &&
      text.find("-----BEGIN ") != std::string_view::npos)
    return "a private key";
  for (const auto& form : k_forms)
    if (has_form(text, form))
      return std::string(form.what) + " ('" + std::string(form.start) + "...')";
  return has_password_in_url(text) ? "a password in a URL" : "";
}

void check_secrets(const Document& document, Report& report) {
  SecretSearch(report).walk(document.root, "");
  if (const Value* parameters = document.root.find("Parameters"))
    for (const auto& [name, parameter] : parameters->members)
      if (const Value* value = parameter.find("Default"); value && is_secret_name(name) &&
                                                          is_written_out(*value) &&
                                                          secret_in(value->string).empty())
        report.add("secret-in-text", *value, "Parameters." + name + ".Default",
                   "is the default of a parameter that holds a secret");
}

} // namespace mlopsctl::templates
