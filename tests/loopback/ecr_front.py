"""Stands for ECR: a proxy that leads every CONNECT to one port of this machine, and at / the API that gives tokens.
ecr_front.py REGISTRY_PORT LOG TOKEN: prints its port."""
import http.server, json, select, socket, sys

registry, log, token = int(sys.argv[1]), sys.argv[2], sys.argv[3]


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def note(self, **entry):
        with open(log, "a") as file: file.write(json.dumps(entry) + "\n")

    def do_CONNECT(self):
        self.note(connect=self.path)
        with socket.create_connection(("127.0.0.1", registry)) as other:
            self.send_response(200)
            self.end_headers()
            ends = {self.connection: other, other: self.connection}
            while True:
                for source in select.select(list(ends), [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        self.close_connection = True
                        return
                    ends[source].sendall(data)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.note(target=self.headers["X-Amz-Target"], scope=self.headers["Authorization"].split("/")[1:4], body=body.decode())
        reply = json.dumps({"authorizationData": [{"authorizationToken": token, "expiresAt": 2e9}]} if token else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_): pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
print(server.server_address[1], flush=True)
server.serve_forever()
