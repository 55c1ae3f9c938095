"""Stands before a registry on loopback: asks for tokens, and is as rough as a real network.

    registry_proxy.py ENDPOINT LOG MODES [USER:PASSWORD]    prints its own port, then serves until it is killed

MODES, comma-separated: token (every request needs one from /token here, each good for 5 requests), relative (Locations without a
host), cut (the third PATCH arrives by half and the connection ends), lost (it arrives, and nobody
hears of it),
busy (every fourth request: 429 with Retry-After), elsewhere (uploads go to another name of this machine), denied (403 for uploads),
readonly (405 for uploads), page (every answer is a page of a proxy).
LOG gets a line for each request: method, path, status, and "auth" if it had an Authorization header.
"""

import base64
import http.client
import http.server
import json
import sys
import threading
import urllib.parse

SERVER = urllib.parse.urlsplit(sys.argv[1]).netloc
LOG = open(sys.argv[2], "a", buffering=1)
MODES = sys.argv[3].split(",")
LOGIN = "Basic " + base64.b64encode(sys.argv[4].encode()).decode() if len(sys.argv) > 4 else None
lock = threading.Lock()
state = {"requests": 0, "patches": 0, "tokens": 0, "left": 0}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reply(self, status, headers=(), body=b""):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        had = " auth" if "Authorization" in self.headers else ""
        LOG.write(f"{self.command} {self.path} {status}{had}\n")

    def give_token(self):
        if LOGIN and self.headers.get("Authorization") != LOGIN:
            return self.reply(401)
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        if query.get("service") != ['a "service", quoted'] or not query.get("scope", [""])[0].endswith(":pull,push"):
            return self.reply(400)
        with lock:
            state["tokens"] += 1
            state["left"] = 5
            token = f"token-{state['tokens']}"
        self.reply(200, body=json.dumps({"access_token": token, "expires_in": 60}).encode())

    def is_let_in(self):
        with lock:
            wanted = f"Bearer token-{state['tokens']}"
            state["left"] -= 1
            return state["left"] >= 0 and self.headers.get("Authorization") == wanted

    def challenge(self):
        host = self.headers["Host"]
        self.reply(401, [("WWW-Authenticate", 'Basic realm="x, y"'),
                         ("WWW-Authenticate", f'Bearer realm="http://{host}/token",service="a \\"service\\", quoted",'
                                              'scope="repository:a:pull,push"')])

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/token"):
            return self.give_token()
        with lock:
            state["requests"] += 1
            state["patches"] += self.command == "PATCH"
            is_busy = "busy" in MODES and state["requests"] % 4 == 0
            is_cut = self.command == "PATCH" and state["patches"] == 3
        upload = self.command in ("POST", "PUT", "PATCH")
        if "page" in MODES:
            return self.reply(200 if self.command == "GET" else 502, body=b"<html>sign in</html>")
        if is_busy:
            return self.reply(429, [("Retry-After", "1")])
        is_other = self.headers["Host"].startswith("other.")  # the right to upload is in the URL
        if "token" in MODES and not is_other and not self.is_let_in():
            return self.challenge()
        if upload and "denied" in MODES:
            return self.reply(403, body=b'{"errors":[{"code":"DENIED","message":"requested access is denied"}]}')
        if upload and "readonly" in MODES:
            return self.reply(405, body=b'{"errors":[{"code":"UNSUPPORTED","message":"the operation is unsupported"}]}')
        if is_cut and "cut" in MODES:
            self.pass_on(body[: len(body) // 2])
        elif not is_cut or "lost" not in MODES:
            return self.answer(self.pass_on(body))
        else:
            self.pass_on(body)
        LOG.write(f"{self.command} {self.path} cut\n")
        self.close_connection = True

    def pass_on(self, body):
        connection = http.client.HTTPConnection(SERVER)
        headers = {name: value for name, value in self.headers.items() if name not in ("Authorization", "Content-Length")}
        if "Content-Range" in headers:
            begin = int(headers["Content-Range"].split("-")[0])
            headers["Content-Range"] = f"{begin}-{begin + len(body) - 1}"
        connection.request(self.command, self.path, body, headers)
        reply = connection.getresponse()
        return reply, reply.read()

    def answer(self, answered):
        reply, content = answered
        headers = []
        for name, value in reply.getheaders():
            if name.lower() == "location":
                parts = urllib.parse.urlsplit(value)
                port = self.server.server_address[1]
                host = f"http://other.localhost:{port}" if "elsewhere" in MODES else f"http://{self.headers['Host']}"
                rest = parts.path + ("?" + parts.query if parts.query else "")
                value = rest if "relative" in MODES else host + rest
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                headers.append((name, value))
        if self.command == "HEAD":
            self.send_response_only(reply.status)
            for name, value in headers + [("Content-Length", reply.getheader("Content-Length") or "0")]:
                self.send_header(name, value)
            self.end_headers()
            LOG.write(f"HEAD {self.path} {reply.status}\n")
            return
        self.reply(reply.status, headers, content)

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = serve


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
