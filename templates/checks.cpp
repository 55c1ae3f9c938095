// SPDX-License-Identifier: Apache-2.0
// The rules, each with the page that it comes from. No regular expressions: std::regex recurses on
// long text.
#include "templates/checks.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::templates {
namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alnum(char c) {
  return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z');
}
bool only(std::string_view text, std::string_view extra) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alnum(c) || extra.find(c) != std::string_view::npos;
  });
}
bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f;
  });
}

[[noreturn]] void refuse(const ObjectReader& reader, std::string_view key, std::string_view text,
                         const std::string& why, const std::string& hint = {}) {
  reader.fail(key, "'" + shown(text) + "' " + why, hint);
}

/// What another interpreter would replace in \p text; empty if nothing.
std::string replaced_by_others(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return "a control character";
  if (!is_valid_utf8(text))
    return "bytes that are not UTF-8";
  if (text.find("{{") != std::string_view::npos)
    return "'{{', which CloudFormation resolves wherever it stands";
  if (text.find("${") != std::string_view::npos)
    return "'${', which CloudFormation, IAM and IoT policies replace";
  // Greengrass recipes: {configuration:/...} {artifacts:path} {iot:thingName} {component:work:path}
  // (component recipe reference, "Recipe variables").
  for (std::size_t open = text.find('{'); open != std::string_view::npos;
       open = text.find('{', open + 1)) {
    const auto close = text.find('}', open);
    const auto colon = text.find(':', open);
    if (close != std::string_view::npos && colon != std::string_view::npos && colon < close)
      return "'" + printable(text.substr(open, std::min<std::size_t>(close - open + 1, 40))) +
             "', which Greengrass replaces";
  }
  return {};
}

void check_literal(std::string_view text, const std::string& path, int line,
                   const std::string& where) {
  const auto what = replaced_by_others(text);
  if (!what.empty())
    throw Error(Fault::input,
                path + ":" + std::to_string(line) + ": " + (where.empty() ? "a key" : where) +
                    ": '" + shown(text) + "' holds " + what,
                "write it without; deploy.yaml is taken literally");
}

void walk(const Value& value, const std::string& path, const std::string& where) {
  if (value.is_string())
    check_literal(value.string, path, value.line, where);
  for (std::size_t i = 0; i < value.items.size(); ++i)
    walk(value.items[i], path, where + "[" + std::to_string(i) + "]");
  for (const auto& [key, member] : value.members) {
    check_literal(key, path, member.line, where);
    walk(member, path, (where.empty() ? "" : where + ".") + key);
  }
}

} // namespace

void check_literal_text(const Value& value, const std::string& path) {
  walk(value, path, "");
}

std::string shown(std::string_view text) {
  constexpr std::size_t k_shown_bytes = 60;
  if (text.size() <= k_shown_bytes)
    return printable(text);
  std::size_t end = k_shown_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end; // not inside a UTF-8 sequence
  return printable(text.substr(0, end)) + "...";
}

std::string check_name(const ObjectReader& reader, std::string_view key, std::string text,
                       const NameRule& rule) {
  if (text.size() < rule.min_length || text.size() > rule.max_length)
    refuse(reader, key, text,
           "has " + std::to_string(text.size()) + " bytes; " + rule.what + " has " +
               std::to_string(rule.min_length) + " to " + std::to_string(rule.max_length));
  if (!only(text, rule.extra))
    refuse(reader, key, text, std::string("is not ") + rule.what,
           std::string("use letters, digits and ") + rule.extra);
  return text;
}

// S3 user guide, "Bucket naming rules".
std::string check_bucket(const ObjectReader& reader, std::string_view key, std::string text) {
  const auto is_bucket_char = [](char c) {
    return is_lower(c) || is_digit(c) || c == '-' || c == '.';
  };
  const bool is_ok = text.size() >= 3 && text.size() <= 63 &&
                     std::all_of(text.begin(), text.end(), is_bucket_char) && text.front() != '-' &&
                     text.front() != '.' && text.back() != '-' && text.back() != '.' &&
                     text.find("..") == std::string::npos;
  if (!is_ok)
    refuse(reader, key, text, "is not a bucket name",
           "3 to 63 lower-case letters, digits, '-' and '.', with a letter or digit at both ends");
  const bool looks_like_address =
      std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; }) &&
      std::count(text.begin(), text.end(), '.') == 3;
  if (looks_like_address)
    refuse(reader, key, text, "looks like an IP address, which S3 refuses as a bucket name");
  return text;
}

// '*' and '?' are wildcards in IAM and in event patterns; what a URL would encode is
// written encoded in bucket notifications but plain in policies, so it would mean two things.
std::string check_key_part(const ObjectReader& reader, std::string_view key, std::string text) {
  if (text.size() > 512)
    refuse(reader, key, text, "has " + std::to_string(text.size()) + " bytes; at most 512 here");
  if (!only(text, "!-_./()"))
    refuse(reader, key, text, "holds characters that S3 filters and IAM read differently",
           "use letters, digits and ! - _ . / ( )");
  return text;
}

std::string check_s3_url(const ObjectReader& reader, std::string_view key, std::string text) {
  constexpr std::string_view k_scheme = "s3://";
  const auto slash = text.find('/', k_scheme.size());
  if (!text.starts_with(k_scheme) || slash == std::string::npos)
    refuse(reader, key, text, "is not an S3 URL", "write s3://bucket/key");
  check_bucket(reader, key, text.substr(k_scheme.size(), slash - k_scheme.size()));
  const auto object = text.substr(slash + 1);
  if (object.empty() || object.size() > 1024)
    refuse(reader, key, text, "has a key of " + std::to_string(object.size()) + " bytes",
           "an object key has 1 to 1024");
  if (!is_printable_ascii(object))
    refuse(reader, key, text, "has a key that is not ASCII",
           "rename the object: CloudFormation turns other characters into '?'");
  if (object.find_first_of("*?\"\\{}$<>") != std::string::npos)
    refuse(reader, key, text, "has a key with a character that IAM policies read as a wildcard",
           "rename the object without * ? \" \\ { } $ < >");
  return text;
}

std::string check_shared_place(const ObjectReader& reader, std::string_view key, std::string text) {
  if (text.starts_with("s3://"))
    return check_s3_url(reader, key, text);
  if (!text.starts_with('/') || text.size() > 1024)
    refuse(reader, key, text, "is no place that every machine finds",
           "write s3://bucket/key, or a path of at most 1024 bytes from '/' on");
  return text;
}

// OCI distribution specification, "Pulling manifests"; '@' comes before a digest.
std::string check_image(const ObjectReader& reader, std::string_view key, std::string text) {
  const auto slash = text.find('/');
  const auto name = text.substr(slash == std::string::npos ? 0 : slash + 1);
  if (text.size() > 512 || !only(text, "-_./:@") || slash == std::string::npos || slash == 0 ||
      name.find_first_of(":@") == std::string::npos)
    refuse(reader, key, text, "is not an image with its registry and a tag or digest",
           "write REGISTRY/REPOSITORY@sha256:...");
  return text;
}

std::string check_ec2_id(const ObjectReader& reader, std::string_view key, std::string text,
                         std::string_view prefix) {
  if (!text.starts_with(prefix) || text.size() == prefix.size() || text.size() > 64 ||
      !only(text.substr(prefix.size()), ""))
    refuse(reader, key, text, "is not an id of EC2", "write " + std::string(prefix) + "0123abcd");
  return text;
}

std::string check_digest(const ObjectReader& reader, std::string_view key, std::string text) {
  constexpr std::string_view k_algorithm = "sha256:";
  const bool is_ok =
      text.starts_with(k_algorithm) && text.size() == k_algorithm.size() + 64 &&
      std::all_of(text.begin() + static_cast<std::ptrdiff_t>(k_algorithm.size()), text.end(),
                  [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
  if (!is_ok)
    refuse(reader, key, text, "is not sha256: and 64 lower-case hex digits",
           "take the digest that 'mlopsctl package' prints, or sha256sum FILE");
  return text;
}

// arn:partition:iam::account:role/path/name
std::string check_role_arn(const ObjectReader& reader, std::string_view key, std::string text) {
  const auto parts = split(text, ':');
  const bool is_ok = parts.size() == 6 && parts[0] == "arn" &&
                     (parts[1] == "aws" || parts[1] == "aws-cn" || parts[1] == "aws-us-gov") &&
                     parts[2] == "iam" && parts[3].empty() && parts[4].size() == 12 &&
                     all_digits(parts[4]) && parts[5].starts_with("role/") && parts[5].size() > 5 &&
                     only(parts[5], "-_.+=,@/") && text.size() <= 600;
  if (!is_ok)
    refuse(reader, key, text, "is not the ARN of a role",
           "write arn:aws:iam::123456789012:role/NAME, or leave it out to have one rendered");
  return text;
}

// arn:partition:iot:region:account:cert/<64 hex>
std::string check_certificate_arn(const ObjectReader& reader, std::string_view key,
                                  std::string text) {
  const auto parts = split(text, ':');
  const bool is_ok = parts.size() == 6 && parts[0] == "arn" && parts[1].starts_with("aws") &&
                     only(parts[1], "-") && parts[2] == "iot" && !parts[3].empty() &&
                     only(parts[3], "-") && parts[4].size() == 12 && all_digits(parts[4]) &&
                     parts[5].size() == 69 && parts[5].starts_with("cert/") &&
                     only(parts[5].substr(5), "") && text.size() <= 200;
  if (!is_ok)
    refuse(reader, key, text, "is not the ARN of a certificate",
           "aws iot list-thing-principals --thing-name NAME prints it");
  return text;
}

std::string check_region(const ObjectReader& reader, std::string_view key, std::string text) {
  const auto parts = split(text, '-');
  bool is_ok = parts.size() >= 3 && text.size() <= 32 && parts.front().size() == 2 &&
               all_digits(parts.back()) && parts.back().size() == 1;
  for (std::size_t i = 0; is_ok && i + 1 < parts.size(); ++i)
    is_ok = !parts[i].empty() && std::all_of(parts[i].begin(), parts[i].end(), is_lower);
  if (!is_ok)
    refuse(reader, key, text, "is not a region", "write one such as eu-west-1");
  return text;
}

std::string check_account(const ObjectReader& reader, std::string_view key, std::string text) {
  if (text.size() != 12 || !all_digits(text))
    refuse(reader, key, text, "is not an account number", "12 digits, in quotes");
  return text;
}

// ACCOUNT.dkr.ecr.REGION.amazonaws.com/repository
std::string check_registry(const ObjectReader& reader, std::string_view key, std::string text,
                           std::string_view region) {
  const auto slash = text.find('/');
  const auto host = split(text.substr(0, slash), '.');
  const bool has_host = slash != std::string::npos && host.size() >= 6 && host[0].size() == 12 &&
                        all_digits(host[0]) && host[1] == "dkr" && host[2] == "ecr" &&
                        host[4] == "amazonaws" && host[5] == "com" &&
                        (host.size() == 6 || (host.size() == 7 && host[6] == "cn"));
  const auto repository = has_host ? text.substr(slash + 1) : std::string();
  const bool is_repository = repository.size() >= 2 && repository.size() <= 256 &&
                             is_alnum(repository.front()) && is_alnum(repository.back()) &&
                             only(repository, "-_./") && lower(repository) == repository;
  if (!is_repository)
    refuse(reader, key, text, "is not an ECR repository",
           "write ACCOUNT.dkr.ecr.REGION.amazonaws.com/repository; Lambda takes images from ECR "
           "only");
  if (!only(host[3], "-") || (!region.empty() && host[3] != region))
    refuse(reader, key, text,
           "is in another region than the functions (" + std::string(region) + ")",
           "Lambda takes images from its own region only: push there");
  return text;
}

// IoT Core message broker limits: 256 bytes, 7 slashes; '#', '+' are MQTT wildcards, '*' and '?'
// are wildcards in an IoT policy, '$' starts reserved topics.
std::string check_topic(const ObjectReader& reader, std::string_view key, std::string text) {
  if (text.empty() || text.size() > 256)
    refuse(reader, key, text,
           "has " + std::to_string(text.size()) + " bytes; a topic has 1 to 256");
  if (!only(text, "-_./:="))
    refuse(reader, key, text, "is not a topic that policies take literally",
           "use letters, digits and - _ . / : =");
  if (std::count(text.begin(), text.end(), '/') > 7)
    refuse(reader, key, text, "has more than the 7 slashes that IoT Core takes");
  return text;
}

// A user and password in a URL would end in the deployment document, which many can read.
std::string check_camera(const ObjectReader& reader, std::string_view key, std::string text) {
  constexpr std::array<std::string_view, 6> k_starts{"/dev/",    "camera:", "rtsp://",
                                                     "rtsps://", "http://", "https://"};
  const bool is_source = std::any_of(k_starts.begin(), k_starts.end(), [&](std::string_view start) {
    return text.starts_with(start) && text.size() > start.size();
  });
  if (!is_source || text.size() > 512)
    refuse(reader, key, text, "is not a camera",
           "write /dev/video0, /dev/v4l/by-id/NAME, camera:0 or rtsp://host/path");
  if (text.find_first_of("@?") != std::string::npos)
    reader.fail(key,
                "holds '@' or '?': a user, password or token would be readable by everybody "
                "who may see the deployment",
                "give the camera its credentials on the device");
  if (!only(text, "/_.:=,+-") || text.find("..") != std::string::npos)
    refuse(reader, key, text, "holds characters that a device path or URL does not need here",
           "use letters, digits and / _ . : = , + -");
  return text;
}

std::string check_device_path(const ObjectReader& reader, std::string_view key, std::string text) {
  const bool is_ok = text.size() >= 2 && text.size() <= 256 && text.front() == '/' &&
                     text.back() != '/' && only(text, "/_.-") &&
                     text.find("..") == std::string::npos && text.find("//") == std::string::npos;
  if (!is_ok)
    refuse(reader, key, text, "is not an absolute path of letters, digits and / _ . -",
           "write one such as /shared/greengrass/buffer");
  return text;
}

std::string check_host(const ObjectReader& reader, std::string_view key, std::string text) {
  if (text.size() < 4 || text.size() > 253 || !only(text, "-.") ||
      text.find('.') == std::string::npos || text.front() == '.' || text.front() == '-')
    refuse(reader, key, text, "is not a host name",
           "aws iot describe-endpoint --endpoint-type iot:Data-ATS prints it");
  return text;
}

namespace {

// EventBridge user guide, "Rate expressions": 1 with the singular, more with the plural.
bool is_rate(std::string_view body) {
  const auto parts = split(body, ' ');
  if (parts.size() != 2 || !all_digits(parts[0]) || parts[0].size() > 6 || parts[1].empty())
    return false;
  const auto count = parse_int(parts[0]).value_or(0);
  const std::string unit = count == 1 ? parts[1] + "s" : parts[1];
  return count > 0 && (count > 1 || parts[1].back() != 's') &&
         (unit == "minutes" || unit == "hours" || unit == "days");
}

// "Cron expressions": minutes hours day-of-month month day-of-week year; one of the two days is ?.
bool is_cron(std::string_view body) {
  const auto fields = split(body, ' ');
  if (fields.size() != 6 || (fields[2] == "?") == (fields[4] == "?"))
    return false;
  return std::all_of(fields.begin(), fields.end(), [](const std::string& field) {
    return !field.empty() && only(field, "*,-/?#");
  });
}

} // namespace

std::string check_schedule(const ObjectReader& reader, std::string_view key, std::string text) {
  const auto open = text.find('(');
  const bool is_closed = open != std::string::npos && text.back() == ')' && text.size() <= 256;
  const auto kind = text.substr(0, is_closed ? open : 0);
  const auto body = is_closed ? text.substr(open + 1, text.size() - open - 2) : std::string();
  if (kind == "rate" && !is_rate(body))
    refuse(reader, key, text, "is not a rate",
           "write rate(1 day) or rate(5 minutes): minute, hour or day, with s from 2 on");
  if (kind == "cron" && !is_cron(body))
    refuse(reader, key, text, "is not a cron expression",
           "six fields, one of day-of-month and day-of-week is ?: cron(0 3 * * ? *), UTC");
  if (kind != "rate" && kind != "cron")
    refuse(reader, key, text, "is no schedule", "write rate(1 day) or cron(0 3 * * ? *), UTC");
  return text;
}

std::string check_version(const ObjectReader& reader, std::string_view key, std::string text) {
  const auto parts = split(text, '.');
  const bool is_ok =
      parts.size() == 3 && std::all_of(parts.begin(), parts.end(), [](const auto& p) {
        return all_digits(p) && p.size() <= 9 && (p.size() == 1 || p[0] != '0');
      });
  if (!is_ok)
    refuse(reader, key, text, "is not a component version", "write three numbers, such as 2.12.0");
  return text;
}

std::string check_posix_user(const ObjectReader& reader, std::string_view key, std::string text) {
  const auto parts = split(text, ':');
  const bool is_ok =
      parts.size() == 2 && std::all_of(parts.begin(), parts.end(), [](const std::string& p) {
        return !p.empty() && p.size() <= 32 && (is_lower(p[0]) || p[0] == '_') && only(p, "-_");
      });
  if (!is_ok)
    refuse(reader, key, text, "is not user:group", "write ggc_user:ggc_group");
  if (parts[0] == "root")
    refuse(reader, key, text, "would run the component as root", "write ggc_user:ggc_group");
  return text;
}

// DynamoDB developer guide, "Naming rules": a key attribute's name has at most 255 bytes. ASCII,
// because CloudFormation turns other characters into '?'.
std::string check_attribute(const ObjectReader& reader, std::string_view key, std::string text) {
  if (text.empty() || text.size() > 255 || !is_printable_ascii(text))
    refuse(reader, key, text, "is not an attribute name", "1 to 255 ASCII characters");
  return text;
}

std::int64_t check_range(const ObjectReader& reader, std::string_view key, std::int64_t value,
                         std::int64_t min, std::int64_t max, const std::string& reason) {
  if (value < min || value > max)
    reader.fail(key,
                std::to_string(value) + " is outside " + std::to_string(min) + " to " +
                    std::to_string(max),
                reason);
  return value;
}

} // namespace mlopsctl::templates
