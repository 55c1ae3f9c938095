// SPDX-License-Identifier: Apache-2.0
// ItemTable: what a deployed model saw, one item an input, by URL.
#pragma once

#include "core/value.hpp"

#include <memory>
#include <string>

namespace mlopsctl::storage {

class ItemTable {
public:
  virtual ~ItemTable() = default;
  /// \param id derived from the input, so that an event that comes twice makes one item.
  /// \param item an object without the key. \return false if there was an item of that id: it
  /// stays. Durable when it returns. \throws Error(remote).
  virtual bool put(const std::string& id, const Value& item) = 0;
};

/// \param url "dynamodb://NAME" or "dynamodb://NAME?region=R". \param key_attribute the table's
/// partition key, a text. \throws Error(usage) for other URLs.
std::unique_ptr<ItemTable> open_item_table(const std::string& url,
                                           const std::string& key_attribute);

} // namespace mlopsctl::storage
