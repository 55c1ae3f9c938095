#!/bin/sh
# make_manifest.sh N: N manifest lines of about 730 bytes with three boxes each, on stdout. Always the same.
set -eu
awk -v n="${1:?count of lines}" 'BEGIN {
  for (i = 0; i < n; i++) {
    printf "{\"source-ref\":\"s3://example-bucket/frames/session-%02d/frame_%08d.jpg\",\"weather\":\"overcast with light rain\",\"camera\":\"north-gate-camera-04-night-shift\",\"bounding-box\":{\"image_size\":[{\"width\":1920,\"height\":1080,\"depth\":3}],\"annotations\":[", i % 17, i
    for (k = 0; k < 3; k++)
      printf "%s{\"class_id\":%d,\"left\":%d,\"top\":%d,\"width\":%d,\"height\":%d}", k ? "," : "", (i + k) % 5, (i * 37 + k * 311) % 1500, (i * 53 + k * 97) % 700, 40 + (i * 7 + k) % 300, 30 + (i * 11 + k) % 300
    printf "]},\"bounding-box-metadata\":{\"objects\":[{\"confidence\":0.0%d},{\"confidence\":0.1%d},{\"confidence\":0}],\"class-map\":{", 1 + i % 8, i % 9 + 1
    for (k = 0; k < 3; k++) printf "%s\"%d\":\"class %d\"", k ? "," : "", (i + k) % 5, (i + k) % 5
    printf "},\"type\":\"groundtruth/object-detection\",\"human-annotated\":\"yes\",\"creation-date\":\"2026-01-%02dT10:%02d:%02d.123456\",\"job-name\":\"labeling-job/example-job-with-a-long-name\"}}\n", 1 + i % 28, i % 60, i % 60
  }
}'
