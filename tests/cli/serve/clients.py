"""Clients of tests/cli/serve/load.sh. clients.py MODE PORT PICTURE [..] prints what it saw as JSON."""
import collections, http.client, json, socket, sys, threading, time

mode, port, picture = sys.argv[1], int(sys.argv[2]), open(sys.argv[3], "rb").read()


def ask(connection):
    connection.request("POST", "/predict", picture)
    reply = connection.getresponse()
    reply.read()
    return reply.status, reply.getheader("Retry-After")


def crowd(clients, requests, retries, reconnects=0):
    """So many clients at once; each request is sent again after 429 if retries is set, and so often on a new connection
    where the one that was kept is closed: a service that has no place left closes those that are idle."""
    seen, lock = collections.Counter(), threading.Lock()

    def client():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        mine = collections.Counter()
        for _ in range(requests):
            left = reconnects
            while True:
                try:
                    status, wait = ask(connection)
                except (ConnectionError, http.client.HTTPException, OSError) as error:
                    status = type(error).__name__
                    connection.close()
                    left -= 1
                    if left >= 0 and isinstance(error, ConnectionError):
                        continue
                mine[str(status)] += 1
                if status != 429 or not retries:
                    break
                time.sleep(0.02 * int(wait))
        with lock:
            seen.update(mine)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return seen


if mode == "crowd":
    print(json.dumps(crowd(int(sys.argv[4]), int(sys.argv[5]), sys.argv[6] == "retry")))
elif mode == "idle":
    idle = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(int(sys.argv[4]))]
    for s in idle[::2]: s.sendall(b"POST /predict HTTP/1.1\r\nHost: local")  # half of a head, and no more
    seen = crowd(4, 5, True, reconnects=20)
    time.sleep(0.2)
    metrics = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    metrics.request("GET", "/metrics")
    text = metrics.getresponse().read().decode()
    open_now = int(next(line.split()[1] for line in text.splitlines() if line.startswith("mlopsctl_connections ")))
    print(json.dumps({"seen": seen, "open": open_now}))
elif mode == "drain":  # says "sent" when all requests were accepted, then waits for the replies
    clients = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(int(sys.argv[4]))]
    late = socket.create_connection(("127.0.0.1", port), timeout=30)
    head = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(picture)
    for s in clients: s.sendall(head + picture)
    time.sleep(0.1)
    print("sent", flush=True)
    sys.stdin.readline()
    late.sendall(head + picture)
    seen = collections.Counter(s.recv(12).decode().split()[1] for s in clients)
    print(json.dumps({"accepted": seen, "late": late.recv(12).decode().split()[1]}))
