"""A detection service as people write it by hand: Flask, OpenCV, base64 in a form. serve MODEL.onnx PORT | upload URL SECONDS CLIENTS FILES..."""
import base64, concurrent.futures, json, logging, sys, time

WIDTH, HEIGHT, THRESHOLD, IOU = 320, 240, 0.30, 0.45  # of examples/shapes/model


def serve(path, port):
    import cv2, numpy as np, threading
    from flask import Flask, jsonify, request
    cv2.setNumThreads(1)
    net, lock = cv2.dnn.readNetFromONNX(path), threading.Lock()
    app = Flask("detector")
    logging.getLogger("werkzeug").disabled = True

    @app.route("/api/detect", methods=["POST"])
    def detect():
        data = np.frombuffer(base64.b64decode(request.form["images"]), np.uint8)
        begun = time.time()
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
        height, width = image.shape[:2]
        scale = min(WIDTH / width, HEIGHT / height)
        w, h = round(width * scale), round(height * scale)
        canvas = np.full((HEIGHT, WIDTH, 3), 114, np.uint8)
        left, top = (WIDTH - w) // 2, (HEIGHT - h) // 2
        canvas[top:top + h, left:left + w] = cv2.resize(image, (w, h))
        with lock:
            start = time.time()
            net.setInput(cv2.dnn.blobFromImage(canvas, 1 / 255, swapRB=True))
            out = net.forward()[0].T  # places x (4 + classes)
            seconds = time.time() - start
        best = out[:, 4:].max(axis=1)
        out, best = out[best >= THRESHOLD], best[best >= THRESHOLD]
        corners = np.stack([out[:, 0] - out[:, 2] / 2 - left, out[:, 1] - out[:, 3] / 2 - top, out[:, 2], out[:, 3]], 1) / scale
        kept = np.array(cv2.dnn.NMSBoxes(corners.tolist(), best.tolist(), THRESHOLD, IOU)).reshape(-1)
        boxes = [[float(y / height), float(x / width), float((y + bh) / height), float((x + bw) / width)] for x, y, bw, bh in corners[kept]]
        return jsonify({"bounding_boxes": boxes or None, "inf_time": str(seconds), "status": 200,
                        "work_time": time.time() - begun})  # ours, to tell what is beside it

    app.run(host="127.0.0.1", port=port, threaded=True)


def upload(url, seconds, clients, files):
    import requests

    def client(number):
        seen, at, end = [], number, time.time() + seconds
        while time.time() < end:
            start = time.time()
            with open(files[at % len(files)], "rb") as file:
                reply = requests.post(url, data={"images": base64.b64encode(file.read())}).json()
            total = time.time() - start
            seen.append((total, float(reply["inf_time"]), reply["work_time"]))
            at += clients
        return seen

    start = time.time()
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        seen = [entry for part in pool.map(client, range(clients)) for entry in part]
    middle = lambda values: sorted(values)[(len(values) - 1) // 2]
    print(json.dumps({"images_per_s": len(seen) / (time.time() - start), "p50_ms": 1e3 * middle([s[0] for s in seen]),
                      "infer_ms": 1e3 * middle([s[1] for s in seen]), "overhead_ms": 1e3 * middle([s[0] - s[2] for s in seen])}))


if sys.argv[1] == "serve": serve(sys.argv[2], int(sys.argv[3]))
else: upload(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
