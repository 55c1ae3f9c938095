// SPDX-License-Identifier: Apache-2.0
#include "dataset/copy.hpp"
#include "dataset/route.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mlopsctl::dataset {
namespace {

/// n samples, named by their number.
class Counting : public SampleReader {
public:
  explicit Counting(int count) : count_(count) {}
  bool next(Sample& sample) override {
    sample.clear();
    sample.ref = std::to_string(at_);
    return at_++ < count_;
  }
  void rewind() override { at_ = 0; }
  const ClassMap& classes() const override { return classes_; }
  const Problems& problems() const override { return problems_; }

private:
  int count_;
  int at_ = 0;
  ClassMap classes_;
  Problems problems_;
};

/// Keeps what it is given; in pieces if asked to.
class Keeping : public SampleWriter, public BlockWriter {
public:
  explicit Keeping(bool in_pieces) : in_pieces_(in_pieces) {}
  void write(const Sample& sample) override { text += sample.ref + " "; }
  Written finish() override { return {}; }
  const Losses& losses() const override { return losses_; }
  BlockWriter* blocks() override { return in_pieces_ ? this : nullptr; }

  struct Text : Piece {
    std::string text;
  };
  std::unique_ptr<Piece> reserve(const std::vector<Sample>&) override {
    return std::make_unique<Text>();
  }
  void format(const std::vector<Sample>& samples, Piece& piece) const override {
    for (const auto& sample : samples)
      static_cast<Text&>(piece).text += sample.ref + " ";
  }
  void append(Piece& piece) override { text += static_cast<Text&>(piece).text; }

  std::string text;

private:
  bool in_pieces_;
  Losses losses_;
};

TEST(RoutingWriter, HandsOutInOrderWhateverTheThreads) {
  std::string third, rest;
  for (int i = 0; i < 1000; ++i)
    (i % 3 == 0 ? third : rest) += (i == 10 ? std::string("ten") : std::to_string(i)) + " ";
  for (const bool in_pieces : {false, true})
    for (const int jobs : {1, 3}) {
      Counting reader(1000);
      Keeping a(in_pieces), b(in_pieces), both(in_pieces), none(in_pieces);
      int i = 0;
      RoutingWriter routing({&a, &b, &both, &none},
                            [&](Sample& sample, std::vector<std::size_t>& targets) {
                              if (i == 10)
                                sample.ref = "ten";
                              targets.push_back(i % 3 == 0 ? 0 : 1);
                              if (i++ == 999)
                                targets.push_back(2);
                            });
      EXPECT_EQ(routing.blocks() != nullptr, in_pieces);
      CopyOptions options;
      options.jobs = jobs;
      EXPECT_EQ(copy_samples(reader, routing, options), 1000);
      EXPECT_EQ(a.text, third);
      EXPECT_EQ(b.text, rest);
      EXPECT_EQ(both.text, "999 ");
      EXPECT_EQ(none.text, "");
    }
}

TEST(EachSample, SeesAllInOrder) {
  for (const int jobs : {1, 3}) {
    Counting reader(600);
    int at = 0;
    EachSample each([&](const Sample& sample) { EXPECT_EQ(sample.ref, std::to_string(at++)); });
    CopyOptions options;
    options.jobs = jobs;
    EXPECT_EQ(copy_samples(reader, each, options), 600);
    EXPECT_EQ(at, 600);
  }
}

} // namespace
} // namespace mlopsctl::dataset
