// SPDX-License-Identifier: Apache-2.0
// Names and addresses in deploy.yaml against the rules of the service that will read them.
#pragma once

#include "core/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mlopsctl::templates {

/// A name made of ASCII letters, digits and \p extra.
struct NameRule {
  const char* what; ///< "a Lambda function name"
  std::size_t min_length;
  std::size_t max_length;
  const char* extra; ///< characters besides letters and digits
};

inline constexpr NameRule k_stack_name{"a deployment name", 1, 64, "-"};
inline constexpr NameRule k_function_name{"a Lambda function name", 1, 64, "-_"};
inline constexpr NameRule k_table_name{"a DynamoDB table name", 3, 255, "-_."};
inline constexpr NameRule k_thing_name{"an IoT thing or thing group name", 1, 128, "-_:"};
inline constexpr NameRule k_component_name{"a Greengrass component name", 1, 128, "-_."};

/// Walks the whole file before anything else is looked at: no text and no key may hold control
/// characters, broken UTF-8, or what another interpreter would replace: "{{resolve:...}}" and "${"
/// (CloudFormation, IAM), "{iot:", "{configuration:" and their like (Greengrass recipes).
/// \throws Error(input) with the line.
void check_literal_text(const Value& value, const std::string& path);

/// A value as a message shows it: no control characters, at most 60 bytes of it.
std::string shown(std::string_view text);

// Each takes the text that was read for \p key and returns it, or fails with place, value and hint.
std::string check_name(const ObjectReader& reader, std::string_view key, std::string text,
                       const NameRule& rule);
std::string check_bucket(const ObjectReader& reader, std::string_view key, std::string text);
/// Prefix or suffix of object keys: letters, digits and ! - _ . / ( ) only.
std::string check_key_part(const ObjectReader& reader, std::string_view key, std::string text);
std::string check_s3_url(const ObjectReader& reader, std::string_view key, std::string text);
/// s3://bucket/key, or a path from '/' on: what every machine finds under the same name.
std::string check_shared_place(const ObjectReader& reader, std::string_view key, std::string text);
/// A container image: "registry/repository:tag" or "...@sha256:...".
std::string check_image(const ObjectReader& reader, std::string_view key, std::string text);
/// "subnet-0123abcd": an id that EC2 gave. \param prefix "subnet-"
std::string check_ec2_id(const ObjectReader& reader, std::string_view key, std::string text,
                         std::string_view prefix);
std::string check_digest(const ObjectReader& reader, std::string_view key, std::string text);
std::string check_role_arn(const ObjectReader& reader, std::string_view key, std::string text);
std::string check_certificate_arn(const ObjectReader& reader, std::string_view key,
                                  std::string text);
std::string check_region(const ObjectReader& reader, std::string_view key, std::string text);
std::string check_account(const ObjectReader& reader, std::string_view key, std::string text);
/// \param region empty if unknown: Lambda takes images from its own region only.
std::string check_registry(const ObjectReader& reader, std::string_view key, std::string text,
                           std::string_view region);
std::string check_topic(const ObjectReader& reader, std::string_view key, std::string text);
std::string check_camera(const ObjectReader& reader, std::string_view key, std::string text);
std::string check_device_path(const ObjectReader& reader, std::string_view key, std::string text);
std::string check_host(const ObjectReader& reader, std::string_view key, std::string text);
std::string check_schedule(const ObjectReader& reader, std::string_view key, std::string text);
std::string check_version(const ObjectReader& reader, std::string_view key, std::string text);
std::string check_posix_user(const ObjectReader& reader, std::string_view key, std::string text);
/// Name of a table's key attribute: printable ASCII, 1 to 255 bytes.
std::string check_attribute(const ObjectReader& reader, std::string_view key, std::string text);

/// \param reason what the limit is, for the message
std::int64_t check_range(const ObjectReader& reader, std::string_view key, std::int64_t value,
                         std::int64_t min, std::int64_t max, const std::string& reason);

} // namespace mlopsctl::templates
