// SPDX-License-Identifier: Apache-2.0
#include "commands/bench/gates.hpp"

#include "core/log.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <ostream>

namespace mlopsctl::commands {

void add_gate_options(Args& args, GateOptions& options) {
  args.value("--gate", options.gates,
             "Condition such as 'map_50>=0.5' or 'map_50>=baseline.map_50-0.01'; exit 3 if not met")
      .metavar("EXPR");
  args.value("--baseline", options.baseline,
             "Row that baseline. means: an id, a tag (its newest row), latest, latest~1")
      .metavar("ROW|TAG");
}

std::vector<bench::Gate> parse_gates(const GateOptions& options,
                                     const std::vector<std::string>& known) {
  std::vector<bench::Gate> gates;
  for (const auto& text : options.gates)
    gates.push_back(bench::parse_gate(text, known));
  const auto needing = std::find_if(gates.begin(), gates.end(), bench::needs_baseline);
  if (needing != gates.end() && options.baseline.empty())
    throw Error(Fault::usage,
                "--gate '" + printable(needing->condition.text()) + "': there is no baseline",
                "name it with --baseline ROW|TAG, such as --baseline latest");
  if (needing == gates.end() && !options.baseline.empty())
    throw Error(Fault::usage, "--baseline: no gate asks for it",
                "such as --gate 'map_50>=baseline.map_50-0.01'");
  return gates;
}

int check_gates(const std::vector<bench::Gate>& gates, const std::vector<GatedRow>& rows,
                const Context& ctx) {
  int code = exit_ok;
  for (const auto& [row, baseline] : rows)
    for (const auto& gate : gates) {
      const auto result = bench::check_gate(gate, row, baseline ? &*baseline : nullptr);
      if (result.verdict == bench::Verdict::met) {
        log::info(result.message);
        continue;
      }
      ctx.err << "mlopsctl " << ctx.command << ": " << printable(result.message) << '\n';
      if (result.verdict == bench::Verdict::not_met)
        code = exit_not_met;
      else if (code == exit_ok)
        code = exit_no_verdict;
    }
  return code;
}

} // namespace mlopsctl::commands
