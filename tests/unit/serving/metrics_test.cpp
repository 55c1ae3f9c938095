// SPDX-License-Identifier: Apache-2.0
#include "serving/http/service_metrics.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::serving {
namespace {

using testing::HasSubstr;

TEST(ServiceMetrics, CountsByPathAndCode) {
  ServiceMetrics metrics;
  metrics.count("/predict", 200);
  metrics.count("/predict", 200);
  metrics.count("other", 404);
  const auto text = metrics.text({});
  EXPECT_THAT(text, HasSubstr("mlopsctl_requests_total{path=\"/predict\",code=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("mlopsctl_requests_total{path=\"other\",code=\"404\"} 1\n"));
}

TEST(ServiceMetrics, BucketsAreCumulativeAndHoldTheirBound) {
  ServiceMetrics metrics;
  for (const double seconds : {0.005, 0.0051, 100.0})
    metrics.measure({}, seconds);
  const auto text = metrics.text({});
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"0.0025\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"0.005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"0.01\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"30\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("_count 3\n"));
}

TEST(ServiceMetrics, LabelsAreQuoted) {
  EXPECT_EQ(metric_label("a\"b\\c\nd"), "\"a\\\"b\\\\c\\nd\"");
}

TEST(ReplyTo, BoundingBoxesAreSharesInTheOrderAskedFor) {
  Answered answered;
  answered.width = 200;
  answered.height = 100;
  answered.prediction.timing.infer_ms = 12.5;
  const package::ModelSpec spec;
  EXPECT_EQ(reply_to(answered, spec, {Layout::bounding_boxes, BoxOrder::yxyx}).body,
            R"({"bounding_boxes":null,"inf_time":"0.012500000","status":200})");
  answered.prediction.detections.push_back({0, 0.9, {20, 10, 100, 40}});
  EXPECT_THAT(reply_to(answered, spec, {Layout::bounding_boxes, BoxOrder::yxyx}).body,
              HasSubstr("[[0.1,0.1,0.5,0.6]]"));
  EXPECT_THAT(reply_to(answered, spec, {Layout::bounding_boxes, BoxOrder::xyxy}).body,
              HasSubstr("[[0.1,0.1,0.6,0.5]]"));
}

} // namespace
} // namespace mlopsctl::serving
