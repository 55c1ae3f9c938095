// SPDX-License-Identifier: Apache-2.0
// What a capture tells when it is done: words, a document, a page.
#pragma once

#include "capture/capture.hpp"
#include "commands/capture/options.hpp"
#include "commands/command.hpp"
#include "report/capture_page.hpp"

#include <optional>
#include <string>

namespace mlopsctl::commands {

inline constexpr const char* k_capture_schema = "mlopsctl.capture/1";

/// The page of --report.
class CaptureReport {
public:
  /// \param path empty: there is none. \param options are told to fill it; must not outlive it.
  CaptureReport(const std::string& path, Existing existing, capture::CaptureOptions& options);
  CaptureReport(const CaptureReport&) = delete;
  CaptureReport& operator=(const CaptureReport&) = delete;
  /// Without it no page is left.
  void finish(const capture::CaptureResult& result);

private:
  std::optional<report::CapturePage> page_;
};

/// "20 clips with 600 frames", or "600 frames".
std::string kept_text(const CaptureFlags& o, const capture::CaptureResult& result);
/// One line for a person.
std::string result_text(const CaptureFlags& o, const capture::CaptureResult& result,
                        double seconds);
/// How many frames were dropped, by reason.
Value dropped_value(const capture::CaptureResult& result);
/// The document of --json, without its schema and the time it took.
Value to_value(const CaptureFlags& o, const capture::CaptureResult& result);
/// Something was lost, so that the exit status is 1.
bool is_damaged(const capture::CaptureResult& result);

} // namespace mlopsctl::commands
