// SPDX-License-Identifier: Apache-2.0
// doctor: what is missing on this machine, for which command, and the exact command that fixes it.
#include "commands/command.hpp"
#include "core/module.hpp"
#include "core/text.hpp"
#include "inference/engine.hpp"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <unistd.h>

namespace mlopsctl::commands {
namespace {

struct Check {
  std::string what;
  std::string needed_for;
  bool is_ok = false;
  bool is_required = true; ///< false: worth knowing, not a reason to fail
  std::string detail;      ///< where it was found, or why not
  std::string fix;         ///< the exact command, empty when all is well
};

Check check_module(const std::string& name, const std::string& symbol,
                   const std::string& needed_for, const std::string& packages) {
  Check check{"module " + name, needed_for, false, true, "", ""};
  try {
    load_module_symbol(name, symbol, "");
    check.is_ok = true;
    for (const auto& path : module_candidates(name))
      if (check.detail.empty() && std::filesystem::exists(path))
        check.detail = path;
  } catch (const Error& error) {
    check.detail = error.what();
    check.fix = "apt-get install -y " + packages;
    if (check.detail.find("not found") != std::string::npos)
      check.fix = "cmake --build --preset release --target " + name;
  }
  return check;
}

Check check_camera() {
  Check check{"camera", "capture camera:0", false, false, "", ""};
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/dev", error)) {
    const auto name = entry.path().string();
    if (!name.starts_with("/dev/video"))
      continue;
    check.is_ok = check.is_ok || ::access(name.c_str(), R_OK) == 0;
    check.detail += (check.detail.empty() ? "" : ", ") + name;
  }
  if (check.detail.empty())
    check.detail = "no /dev/video* here";
  else if (!check.is_ok)
    check.fix = "usermod -aG video $USER";
  if (!check.is_ok && check.fix.empty())
    check.fix = "plug one in, or use a file or pattern:shapes";
  return check;
}

Check check_writable(const std::string& folder, const std::string& needed_for) {
  Check check{"folder " + folder, needed_for, ::access(folder.c_str(), W_OK) == 0, true,
              "writable",         ""};
  if (!check.is_ok) {
    check.detail = "not writable";
    check.fix = "export TMPDIR=/a/folder/you/may/write/to";
  }
  return check;
}

Check check_onnxruntime() {
  Check check{"ONNX Runtime", "infer, bench run (faster)", false, false, "", ""};
  const auto& table = inference::engine_table();
  const auto entry = std::find_if(table.begin(), table.end(),
                                  [](const auto& engine) { return engine.name == "onnxruntime"; });
  try {
    check.detail = entry->version() + " (" + inference::onnxruntime_candidates().front() + ")";
    check.is_ok = true;
  } catch (const Error& error) {
    check.detail = error.what();
    check.fix = error.hint();
  }
  return check;
}

Value to_value(const std::vector<Check>& checks, bool is_ok) {
  Value document = Value::object();
  document["schema"] = "mlopsctl.doctor/1";
  document["ok"] = is_ok;
  Value list = Value::array();
  for (const auto& check : checks) {
    Value entry = Value::object();
    entry["what"] = check.what;
    entry["needed_for"] = check.needed_for;
    entry["ok"] = check.is_ok;
    entry["required"] = check.is_required;
    entry["detail"] = check.detail;
    entry["fix"] = check.fix;
    list.push(std::move(entry));
  }
  document["checks"] = std::move(list);
  return document;
}

int run(Context& ctx) {
  const auto temporary = ctx.environment("TMPDIR").value_or("/tmp");
  const std::vector<Check> checks{
      check_module("media", "mlopsctl_media_api", "capture of videos and cameras",
                   "libavcodec59 libavformat59 libavutil57 libswscale6 libavdevice59"),
      check_module("engine_opencv", "mlopsctl_engine_api", "infer, bench run", "libopencv-dnn406"),
      check_onnxruntime(),
      check_camera(),
      check_writable(temporary, "reading from stdin"),
  };
  bool is_ok = true;
  Table table{{"", "what", "needed for", "found", "to fix it"}, {}};
  for (const auto& check : checks) {
    is_ok = is_ok && (check.is_ok || !check.is_required);
    table.rows.push_back({check.is_ok         ? "ok"
                          : check.is_required ? "MISSING"
                                              : "none",
                          check.what, check.needed_for, check.detail, check.fix});
  }
  if (ctx.options.json)
    ctx.print(to_value(checks, is_ok));
  else
    ctx.print(table);
  return is_ok ? exit_ok : exit_not_met;
}

Run declare(Args&) {
  return run;
}

} // namespace
extern const Command doctor;
const Command doctor{"doctor", "Show what is missing on this machine and the command that fixes it",
                     declare};
} // namespace mlopsctl::commands
