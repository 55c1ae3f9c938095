// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"
#include "core/error.hpp"
#include "formats/archive/archive.hpp"
#include "formats/archive/oci.hpp"
#include "formats/archive/oci_layout.hpp"
#include "tests/unit/error_of.hpp"
#include "tests/unit/formats/packing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string unpacked(const std::string& bytes) {
  const auto source = source_from_text(bytes, "layer");
  return read_all(*open_unpacked(*source), std::uint64_t{1} << 30);
}

std::vector<ArchiveMember> listed(const std::string& tar) {
  const auto source = source_from_text(tar, "layer");
  const auto reader = open_tar_listing(*source, {});
  std::vector<ArchiveMember> out;
  while (const auto member = reader->next())
    out.push_back(*member);
  return out;
}

const std::string k_digest = "sha256:" + std::string(64, 'a');

TEST(Layer, HasFoldersBeforeTheirFilesAndBothDigests) {
  auto program = item("a/b/run", "#!");
  program.is_executable = true;
  TextSink sink;
  const auto layer = write_layer(sink, {program, item("a-b", "x"), {"tmp", 0, {}, false, true}}, 3);
  const auto tar = unpacked(sink.text);
  EXPECT_EQ(layer.diff_id, sha256(tar));
  EXPECT_EQ(layer.unpacked_bytes, tar.size());
  EXPECT_EQ(layer.archive.digest, sha256(sink.text));
  std::vector<std::string> lines;
  for (const auto& member : listed(tar))
    lines.push_back(member.name + " " + std::to_string(member.mode));
  EXPECT_THAT(lines, ElementsAre("a/ 493", "a-b 420", "a/b/ 493", "a/b/run 493", "tmp/ 1023"));
}

TEST(Layer, RefusesAFileThatIsAFolder) {
  TextSink sink;
  EXPECT_THAT(error_of([&] {
                write_layer(sink, {item("a", "1"), item("a/b", "2")}, 1);
              }),
              HasSubstr("'a': is a file and a folder"));
}

TEST(Layer, OfMoreThanOneBlockHasOneDiffId) {
  const std::string large(3'000'000, 'x');
  TextSink one, many;
  EXPECT_EQ(write_layer(one, {item("f", large)}, 1).diff_id,
            write_layer(many, {item("f", large)}, 4).diff_id);
  EXPECT_EQ(one.text, many.text);
}

TEST(Listing, SaysWhereBytesBegin) {
  const std::string deep = std::string(120, 'd') + "/file";
  TextSink sink;
  write_tar(sink, {item("a", "first"), item(deep, "second")});
  const auto members = listed(sink.text);
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(sink.text.substr(members[0].offset, members[0].size_bytes), "first");
  EXPECT_EQ(members[1].name, deep);
  EXPECT_EQ(sink.text.substr(members[1].offset, members[1].size_bytes), "second");
}

TEST(Unpacked, TakesGzipOfSeveralMembersAndPlainBytes) {
  TextSink sink;
  write_tar_gz(sink, {item("f", std::string(2'500'000, 'y'))}, 2);
  EXPECT_EQ(listed(unpacked(sink.text)).size(), 1U);
  EXPECT_EQ(unpacked("plain"), "plain");
  EXPECT_EQ(unpacked(""), "");
  EXPECT_THAT(error_of([&] { unpacked(sink.text.substr(0, sink.text.size() / 2)); }),
              HasSubstr("cannot be unpacked"));
}

TEST(Oci, DocumentsAreReadAsTheyWereWritten) {
  OciConfig config;
  config.created = "1970-01-01T00:00:00Z";
  config.architecture = "arm64";
  config.os = "linux";
  config.user = "1:1";
  config.env = {"A=1"};
  config.entrypoint = {"/bin/a", "b"};
  config.labels = {{"k", "v"}};
  config.diff_ids = {k_digest};
  config.history = {{"made", false}, {"set", true}};
  const auto text = to_json(config);
  EXPECT_EQ(to_json(parse_oci_config(text, "config")), text);
  OciManifest manifest{k_oci_manifest, {k_oci_config, k_digest, 3}, {{k_oci_layer, k_digest, 4}}};
  EXPECT_EQ(to_json(parse_oci_manifest(to_json(manifest), "manifest")), to_json(manifest));
  EXPECT_EQ(to_json(manifest),
            R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
            R"("config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":")" +
                k_digest + R"(","size":3},"layers":[{"mediaType":)" +
                R"("application/vnd.oci.image.layer.v1.tar+gzip","digest":")" + k_digest +
                R"(","size":4}]})");
}

TEST(Oci, ManifestsThatAreNone) {
  const auto error = [](const std::string& json) {
    return error_and_hint_of([&] { parse_oci_manifest(json, "m"); }, Fault::input);
  };
  EXPECT_THAT(error("[]"), HasSubstr("a mapping was expected"));
  EXPECT_THAT(error("{}"), HasSubstr("config: is missing"));
  EXPECT_THAT(error(R"({"schemaVersion":1})"), HasSubstr("schemaVersion: 1 is not known here"));
  EXPECT_THAT(error(R"({"config":{"digest":"sha512:aa","size":1}})"),
              HasSubstr("'sha512:aa' is no digest that is known here"));
  EXPECT_THAT(error(R"({"config":{"digest":"../../etc/passwd","size":1}})"),
              HasSubstr("is no digest"));
  EXPECT_THAT(error(R"({"config":{"digest":")" + k_digest + R"(","size":-1}})"),
              HasSubstr("size: -1 is negative"));
  EXPECT_THAT(error(R"({"config":{"digest":")" + k_digest + R"(","size":1.5}})"),
              HasSubstr("a whole number was expected"));
}

TEST(Oci, IndexSaysWhatIsAnAttestation) {
  const auto entries = parse_oci_index(
      R"({"schemaVersion":2,"manifests":[{"mediaType":"m","digest":")" + k_digest +
          R"(","size":1,"platform":{"architecture":"unknown","os":"unknown"},)" +
          R"("annotations":{"vnd.docker.reference.type":"attestation-manifest"}},)" +
          R"({"digest":")" + k_digest + R"(","size":2,"annotations":{)" +
          R"("org.opencontainers.image.ref.name":"v1"}}]})",
      "index.json");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_TRUE(entries[0].is_attestation);
  EXPECT_EQ(entries[0].os, "unknown");
  EXPECT_FALSE(entries[1].is_attestation);
  EXPECT_EQ(entries[1].reference, "v1");
}

} // namespace
} // namespace mlopsctl::formats
