"""Stands before an S3 server on loopback and is as rough as a real network. Faults come by count, not by chance.

    s3_proxy.py ENDPOINT LOG [FAULTS [PORT]]    prints its own port, then serves until it is killed

FAULTS: comma-separated, one a request and over again: none, slowdown (503), broken (500 that is no XML), timeout (400
RequestTimeout), reset (nothing was done), reset-after (it was done, and nobody hears of it), cut (half of the reply), expired (the
session's token), late-error and late-denied (an error inside a reply of 200, where uploads in parts are completed; elsewhere none),
damaged (a byte of the reply's body is another), slow (passed on a fifth of a second later). The Host header goes on as it came: it is signed.
LOG gets a line for each request: method, path, fault, status of the server's reply or '-'.
"""

import http.client
import http.server
import socket
import struct
import sys
import threading
import time
import urllib.parse

SERVER = urllib.parse.urlsplit(sys.argv[1]).netloc
LOG = open(sys.argv[2], "a", buffering=1)
FAULTS = sys.argv[3].split(",") if len(sys.argv) > 3 and sys.argv[3] else ["none"]
ERRORS = {"slowdown": (503, "SlowDown"), "timeout": (400, "RequestTimeout"), "expired": (400, "ExpiredToken"),
          "late-error": (200, "InternalError"), "late-denied": (200, "AccessDenied")}
lock = threading.Lock()
counts = {True: 0, False: 0}  # of requests that complete an upload in parts, and of the others


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def reply(self, status, headers, body, sent):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:sent])

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_completion = self.command == "POST" and "uploadId=" in self.path
        with lock:
            fault = FAULTS[counts[is_completion] % len(FAULTS)]
            counts[is_completion] += 1
        if fault.startswith("late-") and not is_completion:
            fault = "none"
        if fault == "slow":
            time.sleep(0.2)
        if fault in ("none", "slow", "reset-after", "cut", "damaged"):
            status = self.pass_on(body, fault)
        else:
            status = "-"
            self.refuse(fault)
        LOG.write(f"{self.command} {self.path} {fault} {status}\n")

    def refuse(self, fault):
        if fault == "reset":
            return self.reset()
        status, code = ERRORS.get(fault, (500, ""))
        body = (f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>words</Message></Error>' if code else "oh").encode()
        self.reply(status, [("Content-Length", str(len(body)))], body, len(body))

    def pass_on(self, body, fault):
        connection = http.client.HTTPConnection(SERVER)
        connection.request(self.command, self.path, body, dict(self.headers.items()))
        reply = connection.getresponse()
        content = reply.read()
        headers = [item for item in reply.getheaders() if item[0].lower() not in ("connection", "transfer-encoding")]
        if self.command != "HEAD":
            headers = [item for item in headers if item[0].lower() != "content-length"]
            headers.append(("Content-Length", str(len(content))))
        if fault == "reset-after":
            self.reset()
            return reply.status
        if fault == "damaged" and content:
            content = content[:-1] + bytes([content[-1] ^ 1])
        self.reply(reply.status, headers, content, len(content) // 2 if fault == "cut" else len(content))
        if fault == "cut" and self.command != "HEAD" and content:
            self.reset()
        return reply.status

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *arguments):
        pass


server = Server(("127.0.0.1", int(sys.argv[4]) if len(sys.argv) > 4 else 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
