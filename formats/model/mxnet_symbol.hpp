// SPDX-License-Identifier: Apache-2.0
// MXNet's graph file, "<prefix>-symbol.json", of any version from 0.8 on.
// Source: MXNet 1.7, nnvm/src/pass/saveload_json.cc and src/nnvm/legacy_json_util.cc.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::formats {

struct MxInput {
  std::size_t node = 0;   ///< always smaller than that of who takes it
  std::size_t output = 0; ///< of that node
};

struct MxNode {
  std::string op; ///< "null": a variable
  std::string name;
  std::map<std::string, std::string> attributes; ///< operator's and user's, as text
  std::vector<MxInput> inputs;

  bool is_variable() const { return op == "null"; }
};

struct MxSymbol {
  std::vector<MxNode> nodes; ///< in topological order
  std::vector<MxInput> heads;
  std::int64_t version = 800; ///< 10400 is 1.4.0; a file that does not say is older than 0.9

  /// Position of the last node of operator \p op.
  std::optional<std::size_t> find_op(std::string_view op) const;
  std::optional<std::size_t> find_name(std::string_view name) const;
};

/// \param name for messages. \throws Error(input) if it is no symbol file, refers to nodes that are
/// not before, or is larger than 64 MB or 100,000 nodes.
MxSymbol read_mxnet_symbol(std::string_view json, const std::string& name);

/// The file of \p symbol, in the layout of MXNet 1.0 and later.
std::string mxnet_symbol_json(const MxSymbol& symbol);

/// "(3, 3)", "[3,3]", "(2,)", "(1L, 2L)", "()", "3". \throws Error(input) naming \p where.
std::vector<std::int64_t> mx_integers(const std::string& text, const std::string& where);
std::vector<double> mx_numbers(const std::string& text, const std::string& where);
/// "True", "1", "true". \throws Error(input) for other words.
bool mx_boolean(const std::string& text, const std::string& where);

} // namespace mlopsctl::formats
