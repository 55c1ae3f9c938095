"""Lambda's runtime API on loopback, as much of it as a function needs: hands out events and notes what comes back.

    lambda_api.py LOG EVENT...    prints its port; LOG gets a line of JSON for each POST {"path", "type", "body"}. After the last
                                  event the next GET waits for ever, as Lambda's does.
"""

import http.server
import json
import sys
import threading

LOG = open(sys.argv[1], "a", buffering=1)
EVENTS = [open(name, "rb").read() for name in sys.argv[2:]]
next_event = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        global next_event
        assert self.path == "/2018-06-01/runtime/invocation/next", self.path
        if next_event == len(EVENTS):
            threading.Event().wait()
        event = EVENTS[next_event]
        next_event += 1
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", f"request-{next_event}")
        self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
        self.send_header("Content-Length", str(len(event)))
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        LOG.write(json.dumps({"path": self.path.removeprefix("/2018-06-01/runtime/"), "body": json.loads(body),
                              "type": self.headers.get("Lambda-Runtime-Function-Error-Type")}) + "\n")
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
