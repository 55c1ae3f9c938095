// SPDX-License-Identifier: Apache-2.0
// A comparison for a CI job's summary (Markdown) and for its list of tests (JUnit XML).
#pragma once

#include "bench/comparison.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::report {

/// "0.5180", "84.1 ms", "512.0 MiB": a number with the unit that its name ends in.
std::string shown_number(const std::string& name, const bench::Metric& value);
/// "+0.0120", "-3.1 ms".
std::string shown_difference(const std::string& name, double value);
/// "-0.0200 ... +0.0040", or "-" where it is not known.
std::string shown_range(const bench::ComparedNumber& number);
/// "no worse", "REGRESSION", "undecided: why"; "not judged".
std::string shown_finding(const bench::ComparedNumber& number);
/// "REGRESSION: map_50 ..." in one sentence.
std::string verdict_line(const bench::Comparison& comparison);

std::string comparison_markdown(const bench::Comparison& comparison);

/// One test case for each number that is judged: a failure is a regression, an error is no verdict.
/// Source: the schema that Jenkins and GitLab read (testsuites/testsuite/testcase).
std::string comparison_junit(const bench::Comparison& comparison);

/// A Markdown table; every cell stays text.
std::string markdown_table(const std::vector<std::string>& header,
                           const std::vector<std::vector<std::string>>& rows);

/// Text inside a cell of a Markdown table: nothing in it is markup.
std::string markdown_escaped(std::string_view text);

} // namespace mlopsctl::report
