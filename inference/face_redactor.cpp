// SPDX-License-Identifier: Apache-2.0
#include "inference/face_redactor.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "imaging/redact.hpp"
#include "imaging/transform.hpp"
#include "inference/nms.hpp"
#include "inference/parts.hpp"

#include <algorithm>
#include <limits>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace mlopsctl::inference {
namespace {

/// Detectors box the face alone: hair, ears and chin lie around it.
constexpr double k_margin = 0.25;

/// "face", "Human face", "person-face"; not "surface".
bool is_face(const std::string& label) {
  constexpr std::string_view k_word = "face";
  const auto text = lower(label);
  if (!text.ends_with(k_word))
    return false;
  const auto before = text.size() - k_word.size();
  return before == 0 || text[before - 1] < 'a' || text[before - 1] > 'z';
}

std::set<int> face_ids(const package::ModelPackage& package) {
  std::set<int> ids;
  const auto& labels = package.spec.labels;
  for (std::size_t id = 0; id < labels.size(); ++id)
    if (is_face(labels[id]))
      ids.insert(static_cast<int>(id));
  if (package.spec.task != package::Task::detection)
    throw Error(Fault::usage,
                package.path + ": a model for " +
                    std::string(package::task_name(package.spec.task)) + " finds no faces",
                "give a model that detects them");
  if (ids.empty())
    throw Error(Fault::usage,
                package.path + ": none of its labels is 'face': " + printable(join(labels, ", ")),
                "give a model that detects faces, or name the label so in model.yaml");
  return ids;
}

} // namespace

struct FaceRedactor::State {
  package::ModelPackage package;
  EngineOptions engine;
  std::set<int> ids;
  std::string identity;
  std::mutex mutex;
  std::vector<Model> idle; ///< guarded by mutex

  Model take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        Model model = std::move(idle.back());
        idle.pop_back();
        return model;
      }
    }
    return Model::load(package, engine);
  }

  void give_back(Model&& model) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(model));
  }
};

FaceRedactor::FaceRedactor(package::ModelPackage package, const std::string& engine)
    : state_(std::make_shared<State>()) {
  state_->ids = face_ids(package);
  state_->identity = package.digest;
  for (const auto& override : package.overrides)
    state_->identity += " " + override;
  package.spec.decoder.score_threshold /= 2;
  state_->package = std::move(package);
  state_->engine = {engine, 1}; // on one thread it finds the same however many look
  state_->give_back(state_->take());
}

int FaceRedactor::operator()(imaging::Image& image) const {
  auto model = state_->take();
  const auto& spec = state_->package.spec;
  std::vector<dataset::Detection> faces;
  for (const auto& part :
       parts_to_look_at(image.width, image.height, spec.input.width, spec.input.height)) {
    const auto seen = imaging::crop(image, part.left, part.top, part.width, part.height);
    for (auto& detection : model.run(seen, Threshold::show).detections) {
      if (!state_->ids.contains(detection.class_id))
        continue;
      detection.box.left += part.left;
      detection.box.top += part.top;
      faces.push_back(detection);
    }
  }
  state_->give_back(std::move(model));
  for (const auto& face : faces) // those that overlap, too: each reaches a little further
    imaging::redact(image, face.box, k_margin);
  return static_cast<int>(nms(faces, spec.decoder.nms, std::numeric_limits<int>::max()).size());
}

const std::string& FaceRedactor::identity() const {
  return state_->identity;
}

} // namespace mlopsctl::inference
