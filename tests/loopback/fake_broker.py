"""An MQTT 5 broker that a real one is not. Prints its port.

fake_broker.py announce       announces a message of 256 MB, of which little comes
fake_broker.py busy           starts a capture, and takes nothing of what is said (quota exceeded) on its first ten connections
fake_broker.py break TOPIC    starts a capture, takes what is said, and breaks the connection at a message to TOPIC
"""
import socket
import sys
import threading


connections = 0


def receive(client, count):
    data = b""
    while len(data) < count:
        part = client.recv(count - len(data))
        if not part:
            raise OSError("closed")
        data += part
    return data


def packet(client):
    kind = receive(client, 1)[0] >> 4
    length, shift, more = 0, 0, True
    while more:
        byte = receive(client, 1)[0]
        length |= (byte & 127) << shift
        shift += 7
        more = byte > 127
    return kind, receive(client, length)


def after_subscribe(client):
    topic = b"\x00\x0bvideo/input"
    if sys.argv[1] == "announce":
        client.sendall(b"\x30\xff\xff\xff\x7f" + topic + b"\x00" * 1000)
    else:
        start = topic + b"\x00" + b'{"id": "one", "frames": 2}'
        client.sendall(bytes([0x30, len(start)]) + start)


def serve(client):
    global connections
    connections += 1
    try:
        packet(client)
        client.sendall(b"\x20\x03\x00\x00\x00")  # CONNACK
        while True:
            kind, body = packet(client)
            if kind == 8:  # SUBSCRIBE: each topic is granted
                topics = 0
                at = 3
                while at < len(body):
                    at += 2 + int.from_bytes(body[at : at + 2], "big") + 1
                    topics += 1
                client.sendall(bytes([0x90, 3 + topics]) + body[:2] + b"\x00" + b"\x01" * topics)
                after_subscribe(client)
            elif kind == 12:  # PINGREQ
                client.sendall(b"\xd0\x00")
            elif kind == 3:  # PUBLISH
                end = 2 + int.from_bytes(body[:2], "big")
                if body[2:end].decode() in sys.argv[2:]:
                    raise OSError("not this one")
                busy = sys.argv[1] == "busy" and connections <= 10
                client.sendall(b"\x40\x03" + body[end : end + 2] + (b"\x97" if busy else b"\x00"))
                if not busy:
                    print(body[2:end].decode(), file=sys.stderr, flush=True)
    except OSError:
        client.close()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
