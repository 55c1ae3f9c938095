"""Accepts one MQTT 5 client after the other, and announces a message of 256 MB of which little comes. Prints its port."""
import socket
import threading


def packet(client):
    kind = client.recv(1)
    if not kind:
        raise OSError("closed")
    length, shift = 0, 0
    while True:
        byte = client.recv(1)[0]
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            break
    body = b""
    while len(body) < length:
        body += client.recv(length - len(body))
    return kind[0] >> 4, body


def serve(client):
    try:
        packet(client)
        client.sendall(b"\x20\x03\x00\x00\x00")  # CONNACK
        while True:
            kind, body = packet(client)
            if kind == 8:  # SUBSCRIBE: granted, then the flood
                topics = body[3:].count(b"/")
                client.sendall(b"\x90" + bytes([3 + 2]) + body[:2] + b"\x00" + b"\x01\x01" if topics > 1 else b"\x90\x04" + body[:2] + b"\x00\x01")
                client.sendall(b"\x30\xff\xff\xff\x7f" + b"\x00\x0bvideo/input" + b"\x00" * 1000)
    except (OSError, IndexError):
        client.close()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
