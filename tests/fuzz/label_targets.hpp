// SPDX-License-Identifier: Apache-2.0
// Fuzz targets of the label formats.
#pragma once

#include <string_view>

namespace mlopsctl::fuzz {

void parse_ground_truth(std::string_view bytes);
void parse_seq_label(std::string_view bytes);
void parse_sagemaker_json(std::string_view bytes);
void parse_video_folder(std::string_view bytes); ///< manifest, sequence, labels between lines "--"
void parse_coco(std::string_view bytes);
void parse_csv(std::string_view bytes);
void parse_open_images(std::string_view bytes);
void parse_voc(std::string_view bytes);
void parse_label_studio(std::string_view bytes);
void parse_createml(std::string_view bytes);
void parse_cvat(std::string_view bytes);
void parse_predictions(std::string_view bytes);
void parse_yolo_rows(std::string_view bytes); ///< one label file
void parse_yolo_data(std::string_view bytes); ///< data.yaml

} // namespace mlopsctl::fuzz
