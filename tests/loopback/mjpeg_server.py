"""Motion JPEG as network cameras send it: /N gives N of the pictures in the folder "made", over and over, then the connection is
cut. With "slow" in the path six a second instead of twenty; with "once" the file "down" comes with the end. While that file is
there, it refuses. The file "asked" gets a line for each request. Prints its port, then serves until it is killed.
"""

import glob
import http.server
import os
import time

pictures = [open(name, "rb").read() for name in sorted(glob.glob("made/frame*.jpg"))]


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def do_GET(self):
        if os.path.exists("down"):
            return self.send_error(503)
        open("asked", "a").write(self.path + "\n")
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace;boundary=frame")
        self.end_headers()
        for i in range(int(self.path.split("/")[-1])):
            picture = pictures[i % len(pictures)]
            self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture) + picture + b"\r\n")
            self.wfile.flush()
            time.sleep(0.17 if "slow" in self.path else 0.05)
        if "once" in self.path:
            open("down", "w").write("yes")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *words):  # whoever has seen enough goes
        pass


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
