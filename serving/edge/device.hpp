// SPDX-License-Identifier: Apache-2.0
// EdgeDevice: a camera, a model, a table and a broker: on a start message frames are taken, looked
// at, told and stored, whatever the network does meanwhile.
#pragma once

#include "inference/model.hpp"
#include "serving/edge/camera.hpp"
#include "serving/edge/link.hpp"
#include "serving/edge/worker.hpp"
#include "storage/item_table.hpp"
#include "storage/object_store.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::serving {

struct EdgeOptions {
  std::string core; ///< name of this device
  EdgeTopics topics;
  net::MqttOptions mqtt;
  CameraOptions camera;
  std::filesystem::path buffer; ///< folder
  BufferRules rules;
  std::unique_ptr<storage::ItemTable> table;      ///< null: there is none
  std::string table_name;                         ///< as the user gave it
  std::optional<int> retention_days;              ///< items carry their end in "expires_at"
  std::unique_ptr<storage::ObjectStore> pictures; ///< where they are kept; null: nowhere
};

class EdgeDevice {
public:
  /// \param package_digest of the model, for the results.
  EdgeDevice(EdgeOptions options, inference::Model model, std::string package_digest);

  /// \return whether the broker has taken us within \p seconds. \throws what makes waiting useless.
  bool begin(double seconds);
  /// Until a signal. \throws what ended a part of it, such as a full disk.
  void run();
  /// The camera stops; what was taken is looked at, stored and told.
  /// \return false if some of it still waits after \p seconds: it is in the buffer.
  bool drain(double seconds);
  /// "3 frames, 12 messages wait in /buffer".
  std::string waiting() const;

private:
  void hear(const net::MqttMessage& message);
  void take_request(const std::string& payload);
  void look_later(const std::string& path);
  std::vector<Work> look_at(const Work& work);
  std::vector<Work> results_of(const EdgeFrame& frame, const std::string& bytes);
  std::vector<Work> keep_picture(const Work& work);
  std::vector<Work> store_row(const Work& work);
  void check() const;

  EdgeOptions options_;
  inference::Model model_;
  std::string package_digest_;
  EdgeVoice voice_;
  Allowance requests_{20, 100}, refusals_{5, 20};
  EdgeQueue queue_;
  EdgeLink link_;
  EdgeCamera camera_;
  EdgeWorker looker_, keeper_, storer_; ///< last: they end first
};

} // namespace mlopsctl::serving
