// SPDX-License-Identifier: Apache-2.0
#include "dataset/rules.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::dataset {
namespace {

constexpr double k_tiny_side_px = 2;
constexpr std::size_t k_problems_kept = 100'000;

} // namespace

const std::vector<Rule>& all_rules() {
  constexpr auto error = Severity::error;
  constexpr auto warning = Severity::warning;
  static const std::vector<Rule> table{
      {"attribute-name", warning, "a name begins with '$' or ends wrongly for Ground Truth"},
      {"bad-box", error, "a box lacks a number"},
      {"bad-category", error, "COCO: a category lacks id or name"},
      {"bad-class-id", error, "a class id is missing or not a whole number"},
      {"bad-class-map", error, "an entry of a class-map is not an id with a name"},
      {"bad-class-name", error, "VOC: a class name is empty or not UTF-8"},
      {"bad-detection", error, "a detection lacks its label or its score"},
      {"bad-image", error, "COCO: an image lacks id or file_name"},
      {"bad-image-size", warning, "the labels give a size that no image has"},
      {"bad-label", error, "a label is not an object with annotations"},
      {"bad-row", error, "YOLO: a row has the wrong count of values, or no numbers"},
      {"bad-sequence", error, "video: a sequence file or SeqLabel.json cannot be found or read"},
      {"bad-source-ref", error, "a reference is not s3://bucket/key"},
      {"box-not-finite", error, "a box has a number that is not finite"},
      {"box-outside-image", warning, "a box reaches over the edge (an error if wholly outside)",
       "cut at the edge, left out if nothing is inside"},
      {"box-without-area", error, "a box has width or height zero or less", "left out"},
      {"class-count", error, "YOLO: nc is not the count of names"},
      {"class-id-not-in-class-map", error, "a class id has no name in its line"},
      {"class-id-not-in-names", error, "YOLO: a class id has no name"},
      {"class-map-conflict", error, "one class id has two names"},
      {"class-names-alike", warning, "two class names differ only in upper and lower case",
       "the spelling that is used most"},
      {"class-names-unknown", warning, "video: a SeqLabel.json alone has no names of classes"},
      {"doctype", error, "VOC: an XML file holds a DOCTYPE"},
      {"duplicate-annotation-id", warning, "COCO: an annotation id stands twice"},
      {"duplicate-box", warning, "the same box of the same class stands twice", "one is kept"},
      {"duplicate-category", error, "COCO: one category id has two names"},
      {"duplicate-image", warning, "YOLO: an image stands in more than one list"},
      {"duplicate-image-id", error, "COCO: an image id stands twice"},
      {"duplicate-key", error, "a name stands twice in one line"},
      {"duplicate-source-ref", warning, "two lines are about the same image",
       "a line that says the same as the first is left out"},
      {"filename-mismatch", warning, "VOC: <filename> is not the image that is there"},
      {"filename-missing", warning, "VOC: no <filename>"},
      {"image-missing", warning, "the image was not found below --images"},
      {"image-size-mismatch", error, "the labels give another size than the image has"},
      {"image-too-large", warning, "a picture has more bytes or pixels than Ground Truth takes"},
      {"image-turned", warning, "labels of a picture that a camera wrote sideways (EXIF)"},
      {"image-without-annotation", warning, "VOC: images without XML"},
      {"image-without-labels", warning, "YOLO: listed images without a label file"},
      {"label-failed", warning, "labelling failed; the image counts as not labelled"},
      {"label-not-read", warning, "Ground Truth: the label is of a kind that is not read"},
      {"label-without-boxes", warning, "the label is of a kind that holds no boxes"},
      {"listed-image-missing", warning, "VOC: a list names images that are not here"},
      {"long-attribute", warning, "a member of a line is longer than Ground Truth takes"},
      {"long-line", warning, "a line is longer than Ground Truth takes"},
      {"missing-image", error, "a line names no image"},
      {"missing-image-size", error, "the size of an image is nowhere to be found"},
      {"missing-source-ref", error, "a line names no image"},
      {"missing-target", error, "YOLO: a folder or list of the description is not here"},
      {"more-problems", error, "more problems than are listed"},
      {"no-images", warning, "the data set holds no images"},
      {"no-labels", error, "no image of the set is labelled"},
      {"no-such-label", error, "no line has the label that --label-attribute names"},
      {"no-such-verdict", warning, "no line was verified as --discard-verified says"},
      {"not-a-fraction", error, "YOLO: a coordinate is not a fraction of the image"},
      {"not-an-image", error, "the line is text, or the file is no picture"},
      {"not-an-object", error, "a line is JSON, but not an object"},
      {"not-json", error, "a line is not valid JSON"},
      {"not-voc", error, "VOC: an XML file has no <annotation>"},
      {"not-xml", error, "VOC: a file is not valid XML"},
      {"objects-count", warning, "the metadata has another count of objects than of boxes"},
      {"outline-to-box", warning, "YOLO: outlines became the boxes around them"},
      {"sequence-length", warning, "video: number-of-frames is not the count of frames"},
      {"sequence-order", warning, "video: frames do not stand in the order of their names"},
      {"sequence-prefix", warning, "video: the prefix of the frames does not end with '/'"},
      {"sequence-too-long", warning, "video: more frames than Ground Truth takes in a sequence"},
      {"tiny-box", warning, "a box is narrower or lower than 2 pixels"},
      {"too-large", error, "a file is larger than is read"},
      {"too-many-images", warning, "more images than one Ground Truth job takes"},
      {"too-many-sequences", warning, "video: more sequences than Ground Truth takes"},
      {"training-attribute", error, "training: lines name their label differently"},
      {"training-channel", error, "training: train or validation is empty"},
      {"training-class-id", error, "training: class ids have a gap, two names, or are missing"},
      {"training-class-name", warning, "training: one class has two ids, or is only in validation"},
      {"training-image", error, "training: the picture is not one that the algorithm reads"},
      {"training-image-size", error, "training: no size, or not three colour channels"},
      {"training-negative", warning, "training: images without a box"},
      {"training-reference", error, "training: an image is not in S3"},
      {"training-shared-image", warning, "training: an image is in train and in validation"},
      {"training-unlabelled", error,
       "training: a line without the label, or with one without boxes"},
      {"training-unreadable", error, "training: lines that cannot be read"},
      {"two-sources", error, "both source-ref and source in one line"},
      {"unknown-category", error, "COCO: a category id is not among the categories"},
      {"unknown-frame", error, "video: a labelled frame is not in its sequence"},
      {"unknown-image", error, "COCO: an image id is not among the images"},
  };
  return table;
}

const Rule* find_rule(std::string_view id) {
  for (const auto& rule : all_rules())
    if (rule.id == id)
      return &rule;
  return nullptr;
}

void Validator::report(std::string_view rule, const std::string& place, std::string text) {
  if (problems_.size() >= k_problems_kept)
    return;
  if (const Rule* known = find_rule(rule))
    problems_.push_back({std::string(rule), known->severity, place, std::move(text)});
}

void Validator::check_boxes(const Sample& sample) {
  const auto& all = sample.annotations;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Box& box = all[i].box;
    if (box.width < k_tiny_side_px || box.height < k_tiny_side_px)
      report("tiny-box", sample.place,
             "box " + std::to_string(i + 1) + " of '" + all[i].label + "' is " + number(box.width) +
                 " x " + number(box.height) + " pixels");
  }
  std::vector<std::size_t> order(all.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  const auto key = [&](std::size_t i) {
    const Box& box = all[i].box;
    return std::tie(all[i].label, box.left, box.top, box.width, box.height);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  for (std::size_t i = 1; i < order.size(); ++i)
    if (key(order[i - 1]) == key(order[i]))
      report("duplicate-box", sample.place,
             "boxes " + std::to_string(order[i - 1] + 1) + " and " + std::to_string(order[i] + 1) +
                 " of '" + all[order[i]].label + "' are the same");
}

void Validator::note_spelling(const std::string& label) {
  const auto [entry, is_new] = spellings_.emplace(lower(label), label);
  if (!is_new && entry->second != label)
    clashes_.emplace(label, entry->second);
}

void Validator::add(const Sample& sample) {
  ++images_;
  labelled_ += sample.is_labelled ? 1 : 0;
  for (const auto& annotation : sample.annotations)
    note_spelling(annotation.label);
  for (const auto& image_class : sample.classes)
    note_spelling(image_class.label);
  check_boxes(sample);
}

Problems Validator::finish() {
  for (const auto& [second, first] : clashes_)
    report("class-names-alike", "classes",
           "'" + first + "' and '" + second + "' differ only in upper and lower case");
  if (images_ == 0)
    report("no-images", "images", "the data set holds no good image");
  if (images_ > 0 && labelled_ == 0)
    report("no-labels", "images", "none of " + std::to_string(images_) + " images is labelled");
  return std::move(problems_);
}

} // namespace mlopsctl::dataset
