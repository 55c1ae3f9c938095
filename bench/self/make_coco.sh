#!/bin/sh
# make_coco.sh IMAGES ANNOTATIONS: COCO instances on stdout, as large as train2017 for 118000 and 860000 (about 450 MB): annotations in
# another order than the images, with outlines. Always the same.
set -eu
awk -v n="${1:?count of images}" -v m="${2:?count of annotations}" 'BEGIN {
  printf "{\"info\":{\"description\":\"made\",\"year\":2017},\"licenses\":[{\"id\":1,\"name\":\"CC0\"}],\"images\":["
  for (i = 1; i <= n; i++)
    printf "%s{\"license\":1,\"file_name\":\"%012d.jpg\",\"coco_url\":\"http://images.example.org/train2017/%012d.jpg\",\"height\":480,\"width\":640,\"date_captured\":\"2013-11-14 11:18:45\",\"flickr_url\":\"http://farm.example.org/8042/%d_z.jpg\",\"id\":%d}", (i > 1 ? "," : ""), i * 5, i * 5, i, i * 5
  printf "],\"annotations\":["
  for (k = 1; k <= m; k++) {
    x = (k * 37) % 500 + 0.25; y = (k * 53) % 380 + 0.5; w = 20 + (k * 7) % 100 + 0.11; h = 15 + (k * 11) % 80 + 0.37
    printf "%s{\"segmentation\":[[", (k > 1 ? "," : "")
    for (p = 0; p < 20; p++) printf "%s%.2f,%.2f", (p ? "," : ""), x + (p * 13 + k) % w, y + (p * 17 + k) % h
    printf "]],\"area\":%.4f,\"iscrowd\":0,\"image_id\":%d,\"bbox\":[%.2f,%.2f,%.2f,%.2f],\"category_id\":%d,\"id\":%d}", w * h * 0.6, ((k * 7919) % n + 1) * 5, x, y, w, h, k % 80 + 1, k + 100000
  }
  printf "],\"categories\":["
  for (c = 1; c <= 80; c++) printf "%s{\"supercategory\":\"thing\",\"id\":%d,\"name\":\"class %02d\"}", (c > 1 ? "," : ""), c, c
  printf "]}\n"
}'
