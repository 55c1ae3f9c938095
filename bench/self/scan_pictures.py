#!/usr/bin/python3
# The job of `bench_scan pictures` as one writes it with OpenCV: sharpness and difference hash of every picture of a folder.
import os
import sys
import time

import cv2

folder = sys.argv[1]
start = time.monotonic()
total = 0.0
names = sorted(name for name in os.listdir(folder) if name.endswith(".jpg"))
hashes = []
for name in names:
    grey = cv2.cvtColor(cv2.imread(os.path.join(folder, name)), cv2.COLOR_BGR2GRAY)
    total += cv2.Laplacian(grey, cv2.CV_64F).var()
    small = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
    word = 0
    for bit in (small[:, :-1] < small[:, 1:]).flatten():
        word = word << 1 | int(bit)
    hashes.append(word)
print(f"{len(names)} pictures, mean sharpness {total / len(names):.3f}: {time.monotonic() - start:.3f} s")
