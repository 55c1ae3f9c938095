// SPDX-License-Identifier: Apache-2.0
// The training job that deploy.yaml asks for, as 'manifest validate --for
// sagemaker-object-detection' would write it.
#pragma once

#include "core/value.hpp"
#include "templates/table.hpp"

namespace mlopsctl::templates {

/// {"name", "request": the JSON text of CreateTrainingJob, "folder": the folder as it was read,
/// "warnings"}. The name ends in a digest of the request: SageMaker takes a name once, and the same
/// job is not paid for twice.
/// \throws Error(input) naming the key that is missing, or what is wrong with the data.
Value training_job(const DeploySpec& spec, const RenderOptions& options);

} // namespace mlopsctl::templates
