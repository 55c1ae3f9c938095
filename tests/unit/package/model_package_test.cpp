// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/io.hpp"
#include "package/model_package.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace mlopsctl::package {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class ModelPackageTest : public testing::Test {
protected:
  void SetUp() override {
    root_ =
        fs::path(testing::TempDir()) /
        ("package_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root_);
    fs::create_directories(root_ / "m");
  }
  void TearDown() override { fs::remove_all(root_); }

  void put(const std::string& name, const std::string& text) const {
    write_file((root_ / name).string(), text, Existing::replace);
  }
  void put_yaml(const std::string& weights, const std::string& tail = "") const {
    put("m/model.yaml", "schema: mlopsctl.model/1\nname: f\ntask: embedding\nweights: " + weights +
                            "\ninput: {name: x, width: 112, height: 112}\n" + tail);
  }
  std::string folder() const { return (root_ / "m").string(); }
  std::string archive() const { return (root_ / "m.tar.gz").string(); }
  void pack(const std::vector<std::pair<std::string, std::string>>& files) const {
    std::vector<formats::PackItem> items;
    for (const auto& [name, from] : files) {
      const auto path = (root_ / from).string();
      items.push_back({name, fs::file_size(path), [path] { return open_source(path); }});
    }
    const auto sink = create_sink(archive(), Existing::replace);
    formats::write_tar_gz(*sink, std::move(items), 2);
    sink->finish();
  }

  fs::path root_;
};

TEST_F(ModelPackageTest, OpensAFolder) {
  put_yaml("w.onnx", "digests: {w.onnx: \"" + sha256("weights") + "\"}\n");
  put("m/w.onnx", "weights");
  const auto package = open_model(folder());
  EXPECT_EQ(package.weights, "weights");
  EXPECT_EQ(package.spec.name, "f");
  const auto yaml = read_file(folder() + "/model.yaml", 10000);
  EXPECT_EQ(package.digest,
            sha256("model.yaml " + sha256(yaml) + "\nw.onnx " + sha256("weights") + "\n"));
}

TEST_F(ModelPackageTest, DigestCoversModelYaml) {
  put("m/w.onnx", "weights");
  put_yaml("w.onnx");
  const auto before = open_model(folder()).digest;
  put_yaml("w.onnx", "licence: MIT\n");
  EXPECT_NE(open_model(folder()).digest, before);
}

TEST_F(ModelPackageTest, RefusesAnotherDigest) {
  put_yaml("w.onnx", "digests: {w.onnx: \"" + sha256("other") + "\"}\n");
  put("m/w.onnx", "weights");
  EXPECT_THAT(error_and_hint_of([&] { open_model(folder()); }),
              HasSubstr("w.onnx has " + sha256("weights") + ", model.yaml says"));
}

TEST_F(ModelPackageTest, RefusesADigestOfAMissingOrOtherFile) {
  put("m/w.onnx", "weights");
  put_yaml("w.onnx", "digests: {LICENCE: \"" + sha256("text") + "\"}\n");
  EXPECT_THAT(error_and_hint_of([&] { open_model(folder()); }), HasSubstr("LICENCE: no such file"));
  put("m/LICENCE", "changed");
  EXPECT_THAT(error_and_hint_of([&] { open_model(folder()); }), HasSubstr("LICENCE has sha256:"));
  put("m/LICENCE", "text");
  EXPECT_NO_THROW(open_model(folder()));
}

TEST_F(ModelPackageTest, RefusesLinksThatLeave) {
  put_yaml("w.onnx");
  put("secret", "not in the package");
  fs::create_symlink("../secret", root_ / "m/w.onnx");
  EXPECT_THAT(error_and_hint_of([&] { open_model(folder()); }), HasSubstr("leaves the package"));
  fs::remove(root_ / "m/w.onnx");
  put("m/real.onnx", "weights");
  fs::create_symlink("real.onnx", root_ / "m/w.onnx");
  EXPECT_EQ(open_model(folder()).weights, "weights");
}

TEST_F(ModelPackageTest, NamesWhatIsMissing) {
  EXPECT_THAT(error_and_hint_of([&] { open_model(folder()); }),
              HasSubstr("mlopsctl package describe"));
  EXPECT_THAT(error_and_hint_of([&] { open_model(folder() + "/none"); }),
              HasSubstr("no such file or folder"));
  put_yaml("w.onnx");
  EXPECT_THAT(error_and_hint_of([&] { open_model(folder()); }), HasSubstr("w.onnx: no such file"));
}

TEST_F(ModelPackageTest, OpensAnArchiveLikeTheFolder) {
  put_yaml("w.onnx", "digests: {w.onnx: \"" + sha256("weights") + "\"}\n");
  put("m/w.onnx", "weights");
  pack({{"model.yaml", "m/model.yaml"}, {"w.onnx", "m/w.onnx"}});
  const auto package = open_model(archive());
  EXPECT_EQ(package.weights, "weights");
  EXPECT_EQ(package.digest, open_model(folder()).digest);
}

TEST_F(ModelPackageTest, RefusesArchivesWithoutTheirParts) {
  put_yaml("w.onnx", "digests: {w.onnx: \"" + sha256("other") + "\"}\n");
  put("m/w.onnx", "weights");
  pack({{"model.yaml", "m/model.yaml"}});
  EXPECT_THAT(error_and_hint_of([&] { open_model(archive()); }),
              HasSubstr("'w.onnx' is not in the archive"));
  pack({{"w.onnx", "m/w.onnx"}});
  EXPECT_THAT(error_and_hint_of([&] { open_model(archive()); }),
              HasSubstr("mlopsctl package describe"));
  pack({{"sub/model.yaml", "m/model.yaml"}, {"w.onnx", "m/w.onnx"}});
  EXPECT_THAT(error_and_hint_of([&] { open_model(archive()); }),
              HasSubstr("'sub/model.yaml', it must be"));
  pack({{"model.yaml", "m/model.yaml"}, {"w.onnx", "m/w.onnx"}});
  EXPECT_THAT(error_and_hint_of([&] { open_model(archive()); }), HasSubstr("model.yaml says"));
  EXPECT_THAT(error_and_hint_of([&] { open_model(folder() + "/w.onnx"); }),
              HasSubstr("neither a folder with model.yaml nor a package archive"));
}

TEST_F(ModelPackageTest, LimitsAreExact) {
  put_yaml("w.onnx");
  put("m/w.onnx", "1234");
  OpenLimits limits;
  limits.weights_bytes = 4;
  EXPECT_NO_THROW(open_model(folder(), {}, limits));
  limits.weights_bytes = 3;
  EXPECT_THAT(error_and_hint_of([&] { open_model(folder(), {}, limits); }),
              HasSubstr("over the limit"));
}

} // namespace
} // namespace mlopsctl::package
