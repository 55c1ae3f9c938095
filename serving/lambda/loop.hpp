// SPDX-License-Identifier: Apache-2.0
// The loop of a Lambda function: an event comes, its pictures are looked at, what is in them is
// told, and kept in a table.
#pragma once

#include "inference/model.hpp"
#include "serving/lambda/api.hpp"
#include "serving/lambda/event.hpp"
#include "storage/item_table.hpp"
#include "storage/record_table.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace mlopsctl::serving {

/// Where predictions of stored pictures go.
struct ItemStore {
  std::unique_ptr<storage::ItemTable> table; ///< null: they are only answered
  std::optional<int> retention_days;         ///< items carry their end in "expires_at"
};

/// Does what is to be done when it is time; \param event_id of the event that says so.
using OnSchedule = std::function<Value(const std::string& event_id)>;

/// What a function does beside looking at pictures; each may be empty.
struct FunctionParts {
  ItemStore store;
  std::unique_ptr<storage::RecordTable> records; ///< asked for the best label of a direct call
  OnSchedule on_schedule;                        ///< empty: a schedule's event is an error
};

class LambdaFunction {
public:
  LambdaFunction(inference::Model model, std::string package_digest, FunctionParts parts);

  /// The answer to an event, as JSON. A direct call: the line that 'mlopsctl infer' writes, with
  /// "record" (null: there is none) where there are records. Stored
  /// pictures: {"pictures": [{"image", "id", "new"}, ...]}. A schedule: what on_schedule gives. A
  /// request to the function's URL: as a direct call; a bad one gets its status, and is no error.
  /// \throws Error(input) for an event or a picture that is not understood; Error(remote) if a
  /// picture or the table cannot be reached: Lambda then sends the event again.
  std::string answer(const std::string& event);

private:
  std::string answer_directly(const EventPicture& picture);
  std::string answer_request(const Request& request);
  std::string line_for(const std::string& name, std::string_view bytes, bool with_timing,
                       inference::Threshold threshold = inference::Threshold::show);
  bool keep(const std::string& id, Value item);

  inference::Model model_;
  std::string package_digest_;
  FunctionParts parts_;
};

/// Takes invocations one after the other until the API or a signal ends it.
/// \throws Error(remote) if the API does not answer; Interrupted.
void run_lambda_loop(LambdaApi& api, LambdaFunction& function);

} // namespace mlopsctl::serving
