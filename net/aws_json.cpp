// SPDX-License-Identifier: Apache-2.0
#include "net/aws_json.hpp"

#include <array>

namespace mlopsctl::net {
namespace {

constexpr std::size_t k_shown_message = 500;

/// {"__type":"com.amazonaws...#Code","message":"..."}; a proxy's page has neither.
AwsFailure read_failure(const HttpReply& reply) {
  AwsFailure failure;
  try {
    const Value document = parse_json(reply.body, "reply");
    if (const Value* type = document.find("__type"); type != nullptr && type->is_string())
      failure.code = type->string.substr(type->string.find('#') + 1);
    for (const char* key : {"message", "Message"})
      if (const Value* text = document.find(key); text != nullptr && text->is_string())
        failure.message = text->string.substr(0, k_shown_message);
  } catch (const Error&) { // NOLINT(bugprone-empty-catch): the status has to do
  }
  return failure;
}

/// CRC-32 of IEEE 802.3, as DynamoDB sends it with each reply.
std::uint32_t crc32(std::string_view bytes) {
  constexpr std::uint32_t k_polynomial = 0xEDB88320;
  static const auto table = [] {
    std::array<std::uint32_t, 256> out{};
    for (std::uint32_t i = 0; i < out.size(); ++i) {
      out[i] = i;
      for (int bit = 0; bit < 8; ++bit)
        out[i] = (out[i] >> 1U) ^ ((out[i] & 1U) != 0 ? k_polynomial : 0);
    }
    return out;
  }();
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes)
    crc = table[(crc ^ static_cast<unsigned char>(c)) & 0xFFU] ^ (crc >> 8U);
  return ~crc;
}

} // namespace

AwsJsonClient::AwsJsonClient(AwsService service, Endpoint endpoint, CredentialChain credentials,
                             AwsCaller::MakeClient make_client, Backoff backoff)
    : service_(std::move(service)), endpoint_(std::move(endpoint)),
      caller_(service_.name, std::move(credentials), std::move(make_client), std::move(backoff)) {}

Value AwsJsonClient::call(const std::string& operation, const Value& body) {
  const Url url = parse_url(endpoint_.url, "endpoint");
  AwsRequest request;
  request.name = place() + ": " + operation;
  request.region = endpoint_.region;
  request.http.url = url.path == "/" ? endpoint_.url + "/" : endpoint_.url;
  request.http.body = to_json(body);
  request.signable.method = "POST";
  request.signable.path = url.path;
  request.signable.headers = {{"Host", url.authority()},
                              {"Content-Type", service_.content_type},
                              {"X-Amz-Target", service_.target + "." + operation}};
  request.signable.payload_hash = payload_hash(request.http.body);
  const auto failure = [&](const HttpReply& reply) -> std::optional<AwsFailure> {
    const auto expected = reply.header("x-amz-crc32");
    if (expected && *expected != std::to_string(crc32(reply.body)))
      throw TransportError(place() + ": a reply arrived damaged (its CRC-32 differs)", "",
                           k_attempts);
    return reply.status == 200 ? std::nullopt : std::optional(read_failure(reply));
  };
  const HttpReply reply = caller_.call(request, {failure});
  return parse_json(reply.body, place() + ": reply to " + operation);
}

std::unique_ptr<AwsJsonClient> create_aws_json_client(const AwsService& service,
                                                      const RemoteOptions& options) {
  AwsSetup setup = find_aws_setup(service.name, options);
  return std::make_unique<AwsJsonClient>(
      service, std::move(setup.endpoint), std::move(setup.credentials),
      [http = std::move(setup.http)] { return create_http_client(http); });
}

} // namespace mlopsctl::net
