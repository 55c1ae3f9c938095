// SPDX-License-Identifier: Apache-2.0
// Session: which frames are of which class, by their order and times.
#include "capture/session.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace mlopsctl::capture {
namespace {

using testing::HasSubstr;

/// The class of each frame of 10 a second, "-" for those of none; every frame is kept.
std::string record(const SessionOptions& options, double countdown_s, int frames,
                   Session::Counts counts = {}) {
  Session session(options, countdown_s, std::move(counts));
  std::string labels;
  for (int i = 0; i < frames; ++i) {
    if (!session.admits(i / 10.0)) {
      labels += "-";
      continue;
    }
    labels += session.label();
    session.add_kept();
  }
  return labels;
}

SessionOptions three_of(std::vector<std::string> classes) {
  SessionOptions options;
  options.classes = std::move(classes);
  options.per_class = 3;
  return options;
}

TEST(Session, OneClassAfterTheOther) {
  EXPECT_EQ(record(three_of({"A", "B", "C"}), 0, 12), "AAABBBCCC---");
}

TEST(Session, CountdownBeforeEachClass) {
  EXPECT_EQ(record(three_of({"A", "B"}), 0.3, 14), "---AAA--BBB---");
}

TEST(Session, GoesOnWithWhatIsMissing) {
  EXPECT_EQ(record(three_of({"A", "B", "C"}), 0.1, 8, {{"A", 3}, {"B", 2}}), "-BCCC---");
  EXPECT_EQ(record(three_of({"A"}), 0, 3, {{"A", 3}}), "---");
}

TEST(Session, OneClassWithoutEnd) {
  SessionOptions options;
  options.classes = {"A"};
  EXPECT_EQ(record(options, 0, 5), "AAAAA");
}

TEST(Session, TellsWhoeverStandsInFront) {
  std::string told;
  auto options = three_of({"A", "B"});
  options.on_state = [&](const SessionState& state) {
    told += state.label + std::to_string(state.kept) + (state.countdown_s > 0 ? "?" : "") +
            (state.is_full ? "!" : "") + " ";
  };
  record(options, 0.2, 8);
  EXPECT_EQ(told, "A0? A0? A0 A1 A2 A3! B0? B0 B1 ");
}

TEST(Session, Refuses) {
  const auto refusal = [](const SessionOptions& options) {
    return error_and_hint_of([&] { check_session(options); });
  };
  EXPECT_EQ(refusal(three_of({"A", "\xC3\x84 (1)"})), k_no_error);
  EXPECT_THAT(refusal(three_of({"A", "B", "A"})), HasSubstr("--classes: 'A' is there twice"));
  EXPECT_THAT(refusal(three_of({""})), HasSubstr("'' is no name of a class"));
  EXPECT_THAT(refusal(three_of({"a\nb"})), HasSubstr("is no name of a class"));
  auto options = three_of({"A"});
  options.per_class = 0;
  EXPECT_THAT(refusal(options), HasSubstr("--per-class: 0 is not from 1 to 1000000"));
  options = three_of({"A"});
  options.countdown_s = 5000;
  EXPECT_THAT(refusal(options), HasSubstr("--countdown: 5000 s is not up to 3600 s"));
}

} // namespace
} // namespace mlopsctl::capture
