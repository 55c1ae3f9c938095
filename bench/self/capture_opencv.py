#!/usr/bin/env python3
# capture_opencv.py CLIP STEP FOLDER: every STEPth frame as a JPEG of quality 95, as one would write it with OpenCV.
import sys

import cv2

video = cv2.VideoCapture(sys.argv[1])
step = int(sys.argv[2])
index = 0
while True:
    if not video.grab():
        break
    if index % step == 0:
        ok, frame = video.retrieve()
        cv2.imwrite(f"{sys.argv[3]}/{index:06d}.jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 95])
    index += 1
