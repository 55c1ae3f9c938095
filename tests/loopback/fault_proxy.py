"""Stands before a DynamoDB server on loopback and is as rough as the real one: throttles, answers 500, gives back half of a
batch, damages replies, and resets connections before and after the server did its work. Faults come by count, not by chance.

    fault_proxy.py PORT_OF_SERVER LOG [fault,fault...]    prints its own port, then serves until it is killed

LOG gets a line for each request: operation, what was done, the x-amz-date and the signed header names.
"""

import http.client
import http.server
import json
import socket
import struct
import sys
import threading
import zlib

SERVER = int(sys.argv[1])
LOG = open(sys.argv[2], "a", buffering=1)
FAULTS = sys.argv[3].split(",") if len(sys.argv) > 3 and sys.argv[3] else []
lock = threading.Lock()
count = 0


def split_batch(operation, body):
    """The half that goes on, and the reply's member for the half that does not."""
    if operation == "BatchWriteItem":
        (table, requests), = body["RequestItems"].items()
        keep = (len(requests) + 1) // 2
        body["RequestItems"] = {table: requests[:keep]}
        return body, {"UnprocessedItems": {table: requests[keep:]} if requests[keep:] else {}}
    (table, request), = body["RequestItems"].items()
    keep = (len(request["Keys"]) + 1) // 2
    rest = dict(request, Keys=request["Keys"][keep:])
    body["RequestItems"] = {table: dict(request, Keys=request["Keys"][:keep])}
    return body, {"UnprocessedKeys": {table: rest} if rest["Keys"] else {}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reply(self, status, body, checksum=None):
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        if checksum is not None:
            self.send_header("x-amz-crc32", str(checksum))
        self.end_headers()
        self.wfile.write(body)

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def ask_server(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", SERVER)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "content-length"}
        connection.request("POST", self.path, body, headers)
        reply = connection.getresponse()
        return reply.status, reply.read()

    def do_POST(self):
        global count
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers["X-Amz-Target"].split(".")[1]
        with lock:
            count += 1
            turn = count
        fault = FAULTS[turn % len(FAULTS)] if FAULTS else "none"
        if fault == "unprocessed" and not operation.startswith("Batch"):
            fault = "none"
        if fault == "deny" and operation != "PutItem":
            fault = "none"
        signed = self.headers["Authorization"].split("SignedHeaders=")[1].split(",")[0]
        LOG.write(f"{operation} {fault} {self.headers['X-Amz-Date']} {signed}\n")
        if fault == "throttle":
            return self.reply(400, json.dumps({
                "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
                "message": "slow down"}).encode())
        if fault == "deny":
            return self.reply(400, json.dumps({
                "__type": "com.amazon.coral.service#AccessDeniedException", "Message": "not you"}).encode())
        if fault == "broken":
            return self.reply(500, b"<html>no JSON here</html>")
        if fault == "reset":
            return self.reset()
        extra = {}
        if fault == "unprocessed":
            document, extra = split_batch(operation, json.loads(body))
            body = json.dumps(document).encode()
        status, answer = self.ask_server(body)
        if fault == "reset-after":
            return self.reset()
        if extra and status == 200:
            answer = json.dumps(dict(json.loads(answer), **extra)).encode()
        checksum = zlib.crc32(answer)
        if fault == "damage":
            answer = answer.replace(b"{", b"[", 1)
        return self.reply(status, answer, checksum)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
