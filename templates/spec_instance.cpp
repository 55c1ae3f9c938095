// SPDX-License-Identifier: Apache-2.0
// Section 'instance': the service on one machine.
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/spec_sections.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace mlopsctl::templates {
namespace {

/// "10.0.0.0/8", "2001:db8::/32". \return the bits of the network; nothing if it is none.
std::optional<std::int64_t> network_bits(const std::string& cidr, bool is_v6) {
  const auto slash = cidr.find('/');
  if (slash == std::string::npos)
    return std::nullopt;
  std::array<unsigned char, sizeof(in6_addr)> address{};
  const auto bits = parse_int(cidr.substr(slash + 1));
  const bool is_address =
      inet_pton(is_v6 ? AF_INET6 : AF_INET, cidr.substr(0, slash).c_str(), address.data()) == 1;
  if (!is_address || !bits || *bits < 0 || *bits > (is_v6 ? 128 : 32))
    return std::nullopt;
  return bits;
}

std::string check_network(const ObjectReader& reader, const std::string& cidr) {
  constexpr std::int64_t k_least_bits = 8, k_least_bits_v6 = 16;
  const bool is_v6 = cidr.find(':') != std::string::npos;
  const auto bits = network_bits(cidr, is_v6);
  if (!bits)
    reader.fail("allow_from", "'" + shown(cidr) + "' is not a network",
                "write it as 203.0.113.0/24; one address is 203.0.113.7/32");
  if (*bits < (is_v6 ? k_least_bits_v6 : k_least_bits))
    reader.fail(
        "allow_from", "'" + shown(cidr) + "' is open to the world, or to much of it",
        "name the networks whose machines ask; the whole world goes through a load balancer");
  return cidr;
}

/// "ami-0123456789abcdef0", "subnet-...".
std::string check_id(const ObjectReader& reader, const std::string& key, std::string id,
                     const std::string& prefix) {
  const auto digits = id.substr(std::min(id.size(), prefix.size()));
  if (!id.starts_with(prefix) || digits.size() < 8 || digits.size() > 17 ||
      digits.find_first_not_of("0123456789abcdef") != std::string::npos)
    reader.fail(key, "'" + shown(id) + "' is not " + prefix + " and 8 to 17 digits");
  return id;
}

std::string read_id(ObjectReader& reader, const std::string& key, const std::string& prefix) {
  auto id = reader.text(key, "");
  return id.empty() ? id : check_id(reader, key, id, prefix);
}

/// Where it runs on EC2, and who may reach it there.
void read_machine(ObjectReader& reader, Instance& instance) {
  instance.type = reader.text("type", "");
  if (!instance.type.empty())
    check_name(reader, "type", instance.type, {"an instance type", 4, 64, "-."});
  instance.ami =
      reader.text("ami", "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64");
  if (instance.ami.starts_with('/'))
    check_name(reader, "ami", instance.ami, {"a parameter with an image's id", 2, 255, "-_./"});
  else
    check_id(reader, "ami", instance.ami, "ami-");
  instance.vpc = read_id(reader, "vpc", "vpc-");
  instance.subnet = read_id(reader, "subnet", "subnet-");
  if (instance.vpc.empty() != instance.subnet.empty())
    reader.fail(instance.vpc.empty() ? "vpc" : "subnet", "is missing",
                "a network of your own is both: vpc and one of its subnets");
  for (const auto& cidr : reader.texts("allow_from"))
    instance.allow_from.push_back(check_network(reader, cidr));
  if (!instance.type.empty() && instance.allow_from.empty())
    reader.fail("allow_from", "is missing: nobody could reach the service",
                "name the networks whose machines ask, such as [203.0.113.0/24]");
  constexpr std::int64_t k_least_gb = 8, k_most_gb = 16'384;
  instance.volume_gb = check_range(reader, "volume_gb", reader.integer("volume_gb", 16), k_least_gb,
                                   k_most_gb, "of the disk, encrypted");
}

void read_runtime(ObjectReader& instance, Instance& out) {
  auto reader = instance.object("runtime");
  if (!reader)
    instance.fail("runtime", "is missing",
                  "add {url: s3://bucket/runtime.tar.gz, digest: "
                  "\"sha256:...\"}, as 'mlopsctl package runtime' prints");
  out.runtime.url = check_s3_url(*reader, "url", reader->text("url"));
  out.runtime.digest = check_digest(*reader, "digest", reader->text("digest"));
  reader->finish();
}

/// Files on the machine that the service alone may read.
void read_secrets(ObjectReader& instance, Instance& out, const std::string& folder) {
  const auto read_path = [](ObjectReader& reader, const std::string& key,
                            const std::string& fallback) {
    return check_device_path(reader, key, reader.text(key, fallback));
  };
  out.token_file = read_path(instance, "token_file", folder + "/token");
  out.tls_certificate = folder + "/tls-certificate.pem";
  out.tls_key = folder + "/tls-key.pem";
  auto tls = instance.object("tls");
  if (!tls)
    return;
  out.tls_certificate = read_path(*tls, "certificate", out.tls_certificate);
  out.tls_key = read_path(*tls, "key", out.tls_key);
  tls->finish();
}

} // namespace

std::optional<Instance> read_instance(ObjectReader& top, const DeploySpec& spec) {
  auto reader = top.object("instance");
  if (!reader)
    return std::nullopt;
  Instance instance;
  read_machine(*reader, instance);
  read_runtime(*reader, instance);
  read_secrets(*reader, instance, "/etc/mlopsctl/" + spec.name);
  instance.port = check_range(*reader, "port", reader->integer("port", 8443), 1024, 65'535,
                              "a port below 1024 needs privileges that the service does not have");
  for (const auto& host : reader->texts("hosts"))
    instance.hosts.push_back(check_name(*reader, "hosts", host, {"a host name", 1, 253, "-."}));
  reader->finish();
  return instance;
}

} // namespace mlopsctl::templates
