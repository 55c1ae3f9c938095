// SPDX-License-Identifier: Apache-2.0
// Objects from one store to another, several at a time.
#pragma once

#include "storage/object_store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mlopsctl::storage {

struct TransferItem {
  ObjectInfo from;
  std::string to; ///< name in the other store
};

/// What to copy where.
struct TransferPlan {
  std::unique_ptr<ObjectStore> from;
  std::unique_ptr<ObjectStore> to;
  std::vector<TransferItem> items;
  std::vector<std::string> remove; ///< in \c to, after everything was copied
  std::int64_t same = 0;           ///< objects that are there already
};

/// One object, or with \p recursive all of a folder. \param to a name of an object, or of a folder
/// (it ends with '/', or is one) that keeps the object's own. \throws Error(usage) if \p existing
/// is refuse and something is there; Error(input) if \p from is not, or a name would lead out of
/// the folder that is written to.
TransferPlan plan_copy(const std::string& from, const std::string& to, bool recursive,
                       Existing existing);

struct SyncRules {
  bool remove = false; ///< what the source has not
  bool bytes = false;  ///< compare the bytes where the sizes are equal, whatever the times say
};
/// What \p to lacks or has otherwise. Same size and a later time there count as the same; a file
/// that is newer is compared by the ETag of its bytes, so that only changes are sent.
/// \throws Error(usage) if everything would be deleted.
TransferPlan plan_sync(const std::string& from, const std::string& to, const SyncRules& rules);

struct TransferCount {
  std::int64_t objects = 0;
  std::uint64_t bytes = 0;
};
/// \param at_once objects in flight. \param done called by the calling thread, in order.
TransferCount run_transfer(TransferPlan& plan, Existing existing, int at_once,
                           const std::function<void(const TransferItem&)>& done);

/// A pipe on stdin, to its end. \return its bytes.
std::uint64_t copy_stdin(const std::string& to, Existing existing);

} // namespace mlopsctl::storage
