// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "package/debian.hpp"
#include "package/sbom.hpp"
#include "package/shared_libraries.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::package {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(SharedLibraries, ReadsWhatTheLoaderLists) {
  const auto found = parse_library_list("\tlinux-vdso.so.1 (0x00007ffd)\n"
                                        "\tlibz.so.1 => /lib/a (b)/libz.so.1 (0x00007f03)\n"
                                        "\t/lib64/ld-linux-x86-64.so.2 (0x00007f04)\n",
                                        "program");
  EXPECT_THAT(found, ElementsAre(Pair("libz.so.1", "/lib/a (b)/libz.so.1")));
  EXPECT_TRUE(parse_library_list("\tstatically linked\n", "program").empty());
  EXPECT_THAT(error_of([] { parse_library_list("\tlibq.so => not found\n", "program"); }),
              HasSubstr("program: needs libq.so, which this machine does not have"));
}

TEST(SharedLibraries, OfNothingIsTheLoader) {
  EXPECT_THAT(shared_libraries({}), ElementsAre(Pair("ld-linux-x86-64.so.2", k_system_loader)));
  EXPECT_THAT(error_of([] { shared_libraries({"/etc/passwd"}); }),
              HasSubstr("/etc/passwd: is no program or library"));
}

TEST(Debian, ReadsOwners) {
  EXPECT_THAT(parse_owners("libz1:amd64: /lib/libz.so.1\n"
                           "a, b: /usr/share/doc\n"
                           "diversion by dash from: /bin/sh\n"
                           "nonsense\n"),
              ElementsAre(Pair("/lib/libz.so.1", "libz1:amd64"), Pair("/usr/share/doc", "a")));
}

TEST(Debian, NamesLicencesOfMachineReadableFilesOnly) {
  constexpr std::string_view k_head =
      "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n";
  EXPECT_THAT(licence_names(std::string(k_head) + "License: MIT\n text\nLicense: BSD-3-clause\n"
                                                  "License: MIT\nLicense:\n"),
              ElementsAre("BSD-3-clause", "MIT"));
  EXPECT_TRUE(licence_names("License: MIT\n").empty());
}

TEST(Debian, SourceIsNamedByItsExactVersion) {
  EXPECT_EQ(source_url({"libc6", "2.36-9", "glibc", "2.36-9+deb12u9"}),
            "https://snapshot.debian.org/package/glibc/2.36-9%2Bdeb12u9/");
}

TEST(Sbom, HoldsWhatIsKnownAndNothingElse) {
  const SbomComponent known{
      "library", "z", "1", "pkg:deb/debian/z@1", {"MIT"}, "https://x/", {{"lib/z", "sha256:ab"}}};
  EXPECT_EQ(to_json(to_value(known)),
            R"({"type":"library","name":"z","version":"1","licenses":[{"license":{"name":"MIT"}}],)"
            R"("purl":"pkg:deb/debian/z@1","externalReferences":[{"type":"distribution",)"
            R"("url":"https://x/","comment":"source"}],"components":[{"type":"file",)"
            R"("name":"lib/z","hashes":[{"alg":"SHA-256","content":"ab"}]}]})");
  EXPECT_EQ(to_json(to_value(SbomComponent{"data", "d", "", "", {}, "", {}})),
            R"({"type":"data","name":"d"})");
}

} // namespace
} // namespace mlopsctl::package
