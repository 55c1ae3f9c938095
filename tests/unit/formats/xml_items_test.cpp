// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "formats/labels/xml_items.hpp"
#include "tests/unit/error_of.hpp"
#include "tests/unit/formats/slow_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace mlopsctl::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// "line: text" of every child.
std::vector<std::string> items_of(const std::string& text, std::size_t step = 1 << 20) {
  SlowSource source(text, step, "x.xml");
  XmlItems items(source);
  std::vector<std::string> first;
  for (int round = 0; round < 2; ++round) {
    std::vector<std::string> result;
    while (const auto item = items.next())
      result.push_back(std::to_string(items.line()) + ": " + std::string(*item));
    EXPECT_TRUE(round == 0 || result == first);
    first = result;
    items.rewind();
  }
  return first;
}

std::string refusal(const std::string& text) {
  return error_of([&] { items_of(text); });
}

const char* const k_document =
    "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- <a> --><r b='>'>\n<c d=\"</c>/>\">t<!--</c>--><c/>\n"
    "<![CDATA[</c>]]></c  > text <e/>\n<?p <q> ?><f\n><g></g></f></r>\n<!-- end -->\n";

TEST(XmlItems, CutsChildrenInAnyPieces) {
  const auto whole = items_of(k_document);
  EXPECT_THAT(whole, ElementsAre("3: <c d=\"</c>/>\">t<!--</c>--><c/>\n<![CDATA[</c>]]></c  >",
                                 "4: <e/>", "5: <f\n><g></g></f>"));
  for (std::size_t step = 1; step < 40; ++step)
    EXPECT_EQ(items_of(k_document, step), whole) << step;
  EXPECT_THAT(items_of("<r/>"), ElementsAre());
  EXPECT_THAT(items_of("<r></r>"), ElementsAre());
}

TEST(XmlItems, WhatIsBrokenIsRefused) {
  EXPECT_EQ(refusal(""), "x.xml:1: not valid XML in UTF-8");
  EXPECT_EQ(refusal("[]"), "x.xml:1: not valid XML in UTF-8");
  EXPECT_EQ(refusal("<!-- "), "x.xml:1: not valid XML: ends before '-->'");
  EXPECT_THAT(refusal("\n<!DOCTYPE r><r/>"), HasSubstr("x.xml:2: holds a DOCTYPE"));
  EXPECT_EQ(refusal("<r"), "x.xml:1: not valid XML: ends within a tag");
  EXPECT_EQ(refusal("<r>\n<a>"),
            "x.xml:2: not valid XML: ends within an element of line 2; was it cut off?");
  EXPECT_EQ(refusal("<r><a/>"), "x.xml:1: not valid XML: ends before </r>; was it cut off?");
  EXPECT_EQ(refusal("<r></s>"), "x.xml:1: not valid XML: <r> is closed by 's'");
  EXPECT_EQ(refusal("<r></r><r/>"), "x.xml:1: not valid XML: goes on behind </r>");
  EXPECT_EQ(refusal("< r/>"), "x.xml:1: not valid XML: a tag without a name");
}

TEST(XmlItems, LongChildrenAreRefusedBeforeMemoryIsTaken) {
  SlowSource source("<r><a b=\"" + std::string(3 << 20, 'x') + "\"/></r>", 1 << 20, "x.xml");
  XmlItems items(source, 1 << 20);
  EXPECT_THAT(error_of([&] { items.next(); }),
              HasSubstr("an element that begins in line 1 is longer than 1"));
}

} // namespace
} // namespace mlopsctl::formats
