// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/targets.hpp"

#include "capture/journal.hpp"
#include "capture/name_template.hpp"
#include "capture/pattern_source.hpp"
#include "core/error.hpp"
#include "core/expression.hpp"
#include "core/io.hpp"
#include "core/value.hpp"
#include "formats/archive/archive.hpp"
#include "formats/archive/oci.hpp"
#include "formats/model/mxnet_deploy.hpp"
#include "formats/model/mxnet_ssd.hpp"
#include "formats/model/onnx.hpp"
#include "imaging/codecs.hpp"
#include "imaging/jpeg_reduced.hpp"
#include "imaging/media/packet_plan.hpp"
#include "net/credentials.hpp"
#include "net/dynamodb.hpp"
#include "net/profile.hpp"
#include "net/registry_auth.hpp"
#include "net/registry_name.hpp"
#include "net/s3.hpp"
#include "package/draft.hpp"
#include "package/model_spec.hpp"
#include "package/sign.hpp"
#include "serving/edge/configuration.hpp"
#include "serving/edge/request.hpp"
#include "serving/http/picture_body.hpp"
#include "serving/lambda/event.hpp"
#include "templates/import/import.hpp"
#include "templates/spec.hpp"
#include "templates/validate/validate.hpp"
#include "tests/fuzz/label_targets.hpp"
#include "tests/unit/net/fakes.hpp"

#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace mlopsctl::fuzz {
namespace {

void parse_json_text(std::string_view bytes) {
  to_json(parse_json(bytes, "fuzz"));
}

/// What was read and written must read the same again.
void parse_yaml_text(std::string_view bytes) {
  const Value value = parse_yaml(bytes, "fuzz");
  if (value.is_object() && to_json(parse_yaml(to_yaml(value), "again")) != to_json(value))
    std::abort();
}

void read_archive(std::string_view bytes) {
  formats::ArchiveLimits limits;
  limits.unpacked_bytes = 1 << 20;
  const auto source = source_from_text(std::string(bytes), "fuzz");
  const auto reader = formats::open_archive(*source, limits);
  while (const auto member = reader->next())
    if (read_all(reader->bytes(), 1 << 21).size() > limits.unpacked_bytes)
      std::abort();
}

void read_lambda_event(std::string_view bytes) {
  const auto event = serving::parse_lambda_event(bytes);
  for (const auto& picture : event.pictures)
    if (event.kind == serving::LambdaEvent::Kind::stored &&
        (picture.id.size() != 64 || !picture.name.starts_with("s3://")))
      std::abort();
}

/// A start that is taken is bounded, and a picture that is asked for is in the folder.
void read_edge_request(std::string_view bytes) {
  constexpr double k_longest_s = 60;
  const std::filesystem::path folder = "/proc/self/fdinfo"; // files that are always there
  try {
    const auto path = serving::parse_picture_request(bytes);
    if (path && !serving::resolve_inside(folder, *path).string().starts_with("/proc/"))
      std::abort();
  } catch (const Error&) { // NOLINT(bugprone-empty-catch): it may be a start
  }
  serving::CapturePlan plan;
  plan.selection.duration_s = 1;
  const auto start = serving::parse_start(bytes, plan, k_longest_s);
  const auto& selection = start.plan.selection;
  if (!(*selection.duration_s > 0) || *selection.duration_s > k_longest_s ||
      (selection.step_s && !(*selection.step_s > 0)))
    std::abort();
}

void read_edge_configuration(std::string_view bytes) {
  serving::parse_edge_configuration(bytes, "front");
}

/// A line with the Content-Type, then the body.
void find_sent_picture(std::string_view bytes) {
  const auto line_end = bytes.find('\n');
  if (line_end == std::string_view::npos)
    return;
  serving::Request request;
  request.headers = {{"Content-Type", std::string(bytes.substr(0, line_end))}};
  request.body = std::string(bytes.substr(line_end + 1));
  std::string storage;
  const auto sent = serving::find_picture(request, storage);
  if (sent.bytes.size() > request.body.size()) // every way to send one is longer
    std::abort();
  volatile char last = sent.bytes.empty() ? '\0' : sent.bytes.back(); // it must still be there
  static_cast<void>(last);
}

/// Packets of a video: a byte that says the codec, then for each a byte of size, one that moves its
/// stamp, and its bytes. Whatever they are, every wanted frame is decoded.
void plan_packets(std::string_view bytes) {
  if (bytes.empty())
    return;
  const auto kind = static_cast<unsigned char>(bytes.front());
  std::array<std::uint8_t, 23> extra{1};
  extra[4] = extra[21] = kind >> 2;
  AVCodecParameters parameters{};
  parameters.codec_id = (kind & 1U) != 0 ? AV_CODEC_ID_HEVC : AV_CODEC_ID_H264;
  parameters.extradata = extra.data();
  parameters.extradata_size = (kind & 2U) != 0 ? static_cast<int>(extra.size()) : 0;
  AVStream stream{};
  stream.codecpar = &parameters;
  media::PacketInspector inspector(stream);
  std::vector<media::PacketInfo> packets;
  std::int64_t stamp = 0;
  for (std::size_t at = 1; at + 2 <= bytes.size();) {
    const auto size =
        std::min<std::size_t>(static_cast<unsigned char>(bytes[at]), bytes.size() - at - 2);
    stamp += static_cast<signed char>(bytes[at + 1]);
    std::vector<std::uint8_t> data(bytes.begin() + static_cast<std::ptrdiff_t>(at + 2),
                                   bytes.begin() + static_cast<std::ptrdiff_t>(at + 2 + size));
    AVPacket packet{};
    packet.data = data.data();
    packet.size = static_cast<int>(data.size());
    packet.pts = stamp;
    if (const auto info = inspector.inspect(packet))
      packets.push_back(*info);
    at += 2 + size;
  }
  const auto plan = media::PacketPlan::make(
      packets, [](std::int64_t index, std::int64_t) { return index % 3 == 1; });
  if (!plan)
    return;
  for (const auto& wanted : plan->wanted())
    for (std::size_t i = 0; i < packets.size(); ++i)
      if (packets[i].stamp == wanted.stamp && !plan->is_needed(i))
        std::abort();
}

/// An image's manifest, configuration or index: what was read and written must read the same again.
void parse_image_documents(std::string_view bytes) {
  const auto again = [&](const auto& parse) {
    try {
      const auto text = formats::to_json(parse(bytes, "fuzz"));
      if (formats::to_json(parse(text, "again")) != text)
        std::abort();
    } catch (const Error&) { // NOLINT(bugprone-empty-catch): the other kinds are tried, too
    }
  };
  again(formats::parse_oci_manifest);
  again(formats::parse_oci_config);
  formats::parse_oci_index(bytes, "fuzz");
}

/// Names of registries, and what they ask for.
void read_challenge(std::string_view bytes) {
  net::HttpReply reply;
  reply.headers.emplace_back("WWW-Authenticate", std::string(bytes));
  net::find_challenge(reply);
  const auto name = net::parse_registry_name(std::string(bytes));
  if (net::parse_registry_name(name.text()).text() != name.text())
    std::abort();
}

/// Whatever a server answers, every kind of call ends with a result or an Error.
void read_s3_reply(std::string_view bytes) {
  const std::vector<std::function<void(net::S3Client&)>> calls{
      [](net::S3Client& client) {
        client.list({"bucket", ""}, "/", "");
      },
      [](net::S3Client& client) { client.list_buckets(); },
      [](net::S3Client& client) {
        client.create_upload({"bucket", "key"});
      },
      [](net::S3Client& client) {
        client.list_parts({"bucket", "key"}, "upload");
      },
      [](net::S3Client& client) {
        client.find_upload({"bucket", "key"});
      },
      [](net::S3Client& client) {
        client.remove("bucket", {"a", "b"});
      },
      [](net::S3Client& client) {
        client.complete_upload({"bucket", "key"}, "upload", {{1, 5, "e"}},
                               net::S3Existing::replace);
      },
  };
  for (const auto& call : calls) {
    net::FakeServer server;
    constexpr int k_replies = 4; // pages of pages
    for (int i = 0; i < k_replies; ++i)
      server.reply(200, std::string(bytes));
    net::S3Client client(
        {"http://127.0.0.1:9000", "us-east-1", false}, {},
        net::CredentialChain("", {},
                             net::environment_of({{"AWS_ACCESS_KEY_ID", "AKID"},
                                                  {"AWS_SECRET_ACCESS_KEY", "secret"}}),
                             net::factory_of(server)),
        [&] { return std::make_unique<net::FakeClient>(server); }, net::Backoff([](double) {}));
    try {
      call(client);
    } catch (const Error&) {
    }
  }
}

/// Whatever graph is read, a draft of it is YAML.
void read_onnx_file(std::string_view bytes) {
  const auto model = formats::read_onnx(bytes, "fuzz");
  const package::DraftOptions options{
      "model.onnx", "sha256:" + std::string(64, '0'), "fuzz", "", {}, {}};
  parse_yaml(package::draft_model_yaml(model, options).yaml, "draft");
}

void read_model_yaml(std::string_view bytes) {
  const auto text = package::to_model_yaml(package::parse_model_spec(bytes, "fuzz"));
  if (package::to_model_yaml(package::parse_model_spec(text, "again")) != text)
    std::abort();
}

void decode_image(std::string_view bytes) {
  constexpr std::int64_t k_enough_pixels = 1'000'000; // more only takes longer
  const auto info = imaging::probe(bytes, "fuzz");
  if (std::int64_t{info.width} * info.height > k_enough_pixels)
    return;
  const auto image = imaging::decode(bytes, "fuzz");
  if (image.width != info.width || image.height != info.height || image.channels != info.channels)
    std::abort();
}

/// The short way to a small picture must give what libjpeg-turbo gives without a warning.
void reduce_jpeg(std::string_view bytes) {
  for (const int scale : {4, 8}) {
    const auto reduced = imaging::reduced_grey_jpeg(bytes, scale);
    if (!reduced)
      continue;
    const std::unique_ptr<void, decltype(&tjDestroy)> handle(tjInitDecompress(), &tjDestroy);
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    imaging::Image expected(reduced->width, reduced->height, 1);
    if (tjDecompress2(handle.get(), data, bytes.size(), expected.pixels.data(), expected.width, 0,
                      expected.height, TJPF_GRAY, TJFLAG_LIMITSCANS) != 0 ||
        expected.pixels != reduced->pixels)
      std::abort();
  }
}

/// What was read and written must read the same again.
void parse_capture_journal(std::string_view bytes) {
  const auto line = capture::to_line(capture::parse_line(bytes, "fuzz"));
  if (capture::to_line(capture::parse_line(line, "again")) != line)
    std::abort();
}

/// Names of a template that was accepted are plain and differ.
void parse_capture_words(std::string_view bytes) {
  if (bytes.starts_with("pattern:")) {
    capture::parse_pattern_url(std::string(bytes));
    return;
  }
  const capture::NameTemplate names{std::string(bytes)};
  const auto name = names.name(1, 5);
  if (name == names.name(2, 5) || name.find('/') != name.npos)
    std::abort();
}

/// A condition that was accepted can be asked, whatever its names mean.
void parse_expression(std::string_view bytes) {
  const Expression expression(std::string(bytes), "fuzz");
  for (const ExpressionValue& value :
       {ExpressionValue(), ExpressionValue(2.0), ExpressionValue(std::string("a/b"))})
    static_cast<void>(expression.holds([&](std::size_t) { return value; }));
}

void parse_aws_files(std::string_view bytes) {
  net::parse_aws_config(bytes, "fuzz");
}

void parse_credentials_reply(std::string_view bytes) {
  const auto held = net::parse_credentials_document(bytes, "fuzz");
  if (held.keys.access_key_id.empty() || held.keys.secret_access_key.empty())
    std::abort();
}

/// What was read as an item and written must read the same again.
void parse_dynamodb_item(std::string_view bytes) {
  const Value row = net::from_item(parse_json(bytes, "fuzz"), "fuzz");
  if (to_json(net::from_item(net::to_item(row), "again")) != to_json(row))
    std::abort();
}

void read_signature(std::string_view bytes) {
  const auto signature = package::parse_signature(bytes, "x.sig");
  package::listing_text(signature.digests);
}

/// What people deploy from: every check over it ends with findings or an Error.
void check_template(std::string_view bytes) {
  static templates::ResourceTypes types;
  templates::Validation done;
  templates::validate_text(bytes, "fuzz", types, done);
  for (const auto& finding : done.findings)
    if (finding.place.empty() || finding.text.empty())
      std::abort();
}

/// A group of Greengrass v1: what is written of it is read, and is literal text.
void import_group(std::string_view bytes) {
  const auto imported = templates::import_text(bytes, "fuzz", {"deploy.yaml", "", ""});
  templates::parse_spec(imported.text, "deploy.yaml");
  for (const auto& item : imported.items)
    if (item.place.empty() || item.what.empty() || item.todo.empty())
      std::abort();
}

} // namespace

/// A symbol file, a byte 0, and the weights.
void translate_mxnet(std::string_view bytes) {
  const auto end = std::min(bytes.find('\0'), bytes.size());
  const auto symbol = formats::read_mxnet_symbol(bytes.substr(0, end), "fuzz");
  const auto weights = formats::read_mxnet_params(
      end < bytes.size() ? bytes.substr(end + 1) : std::string_view(), "fuzz");
  const auto ssd = formats::translate_mxnet_ssd(symbol, weights, 4, 4, "fuzz");
  formats::read_onnx(ssd.onnx, "fuzz");
  const auto deployed = formats::mxnet_symbol_json(formats::deploy_mxnet_ssd(symbol, {}, "fuzz"));
  formats::translate_mxnet_ssd(formats::read_mxnet_symbol(deployed, "deployed"), weights, 4, 4,
                               "deployed", formats::MxSsdEnd::boxes);
}

const std::vector<Target>& targets() {
  static const std::vector<Target> table = [] {
    auto all = label_targets();
    all.insert(all.end(), {
                              {"archive", read_archive},
                              {"aws_config", parse_aws_files},
                              {"credentials_reply", parse_credentials_reply},
                              {"dynamodb_item", parse_dynamodb_item},
                              {"expression", parse_expression},
                              {"greengrass_v1", import_group},
                              {"json", parse_json_text},
                              {"model", read_model_yaml},
                              {"mxnet", translate_mxnet},
                              {"onnx", read_onnx_file},
                              {"signature", read_signature},
                              {"template", check_template},
                              {"yaml", parse_yaml_text},
                              {"image", decode_image},
                              {"jpeg_reduced", reduce_jpeg},
                              {"video_packets", plan_packets},
                              {"oci", parse_image_documents},
                              {"registry_challenge", read_challenge},
                              {"s3_reply", read_s3_reply},
                              {"request_body", find_sent_picture},
                              {"edge_configuration", read_edge_configuration},
                              {"edge_request", read_edge_request},
                              {"lambda_event", read_lambda_event},
                              {"capture-journal", parse_capture_journal},
                              {"capture-words", parse_capture_words},
                          });
    return all;
  }();
  return table;
}

void run_target(std::string_view name, std::string_view bytes) {
  for (const auto& target : targets()) {
    if (target.name != name)
      continue;
    try {
      target.parse(bytes);
    } catch (const Error&) { // NOLINT(bugprone-empty-catch): refusing is what a parser should do
    }
    return;
  }
  std::fprintf(stderr, "MLOPSCTL_FUZZ_TARGET must be one of:\n");
  for (const auto& target : targets())
    std::fprintf(stderr, "  %.*s\n", static_cast<int>(target.name.size()), target.name.data());
  std::exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

} // namespace mlopsctl::fuzz
