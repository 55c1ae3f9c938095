"""A server on loopback that answers every POST the same way: what a client does with TLS, redirects and large replies.

    tls_server.py LOG MODE [CERT KEY]    MODE: empty | redirect | large | endless | truncated; prints its port; TLS if there is a CERT
"""

import http.server
import ssl
import sys

LOG = open(sys.argv[1], "a", buffering=1)
MODE = sys.argv[2]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        LOG.write(f"{self.command} {self.path}\n")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        LOG.write(f"{self.command} {self.path}\n")
        if MODE == "redirect":
            self.send_response(307)
            self.send_header("Location", f"http://127.0.0.1:{server.server_address[1]}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = b'{"Items":[]}'
        self.send_response(200)
        if MODE == "endless":
            self.send_header("Connection", "close")
        else:
            more = {"large": 1 << 30, "truncated": 9}.get(MODE, 0)
            self.send_header("Content-Length", str(len(body) + more))
        self.end_headers()
        if MODE == "truncated":
            self.wfile.write(body)
            self.close_connection = True
        elif MODE in ("large", "endless"):
            try:
                for _ in range(1024):
                    self.wfile.write(b" " * (1 << 20))
            except OSError:
                self.close_connection = True
        else:
            self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
