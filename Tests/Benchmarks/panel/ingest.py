#!/usr/bin/env python3
"""The same points for the panel, carbon-cache and VictoriaMetrics: how many a second each takes.

usage: ingest.py form PORT [TOKEN-FILE]    form: graphite, opentsdb-http, heartbeats
       ingest.py names PORT COUNT          Graphite lines, each with a name of its own
A process of its own. `graphite`: lines over 4 connections; over when the receiver has read them all and closes.
`opentsdb-http` and `heartbeats`: JSON over 4 connections, each body once the one before was answered.
Prints a line of JSON.
"""
import json
import random
import socket
import sys
import threading
import time

HOSTS, METRICS, MOMENTS = 1000, 16, 60
CONNECTIONS = 4
POINTS_PER_BODY = 1600
DEADLINE = 300

random.seed(11)
NAMES = ["cpu.user", "cpu.system", "cpu.iowait", "ctxt", "runq", "tasks", "load1", "disk.read", "disk.written", "net.rx",
         "net.tx", "paged.in", "paged.out", "faults", "tcp.aborts", "rto"]
# What nodes measure: the panel keeps no others of them.
MEASURED = ["user", "system", "iowait", "ctxt", "runq-sz", "plist-sz", "ldavg-1", "bread", "bwrtn", "eth-rxbyt",
            "eth-txbyt", "pgpgin", "pgpgout", "fault", "TCPAbortOnData", "rto-max"]


def points(share, moments=MOMENTS):
    """Of every CONNECTIONS-th host, moment by moment as a relay has them: (host, name, value, time)."""
    start = int(time.time()) - 30 * moments
    for moment in range(moments):
        for host in range(share, HOSTS, CONNECTIONS):
            for name in NAMES:
                yield f"n{host:05d}", name, round(random.uniform(0, 5000), 3), start + 30 * moment


def graphite(port, share):
    data = "".join(f"servers.{h}.{n} {v} {t}\n" for h, n, v, t in points(share)).encode()
    return sending(port, data), HOSTS // CONNECTIONS * METRICS * MOMENTS


def sending(port, data):
    def send():
        with socket.create_connection(("127.0.0.1", port), DEADLINE) as link:
            link.sendall(data)
            link.shutdown(socket.SHUT_WR)
            while link.recv(65536):
                pass
    return send


def names(port, share, count):
    now = int(time.time())
    data = b"".join(b"servers.n%05d.time-%d 1 %d\n" % (i % HOSTS, i, now) for i in range(share, count, CONNECTIONS))
    return sending(port, data), len(range(share, count, CONNECTIONS))


def request(link, path, token, body):
    link.sendall(f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                 f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
    answer = b""
    while b"\r\n\r\n" not in answer:
        more = link.recv(65536)
        if not more:
            raise SystemExit(f"{path}: closed")
        answer += more
    status = int(answer[9:12])
    if status >= 300:
        raise SystemExit(f"{path}: {answer[:400]}")
    head, _, rest = answer.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            missing = int(line.split(b":")[1]) - len(rest)
            while missing > 0:
                missing -= len(link.recv(missing))


def bodies(port, share, path, calls):
    """calls: (token, body)."""
    def send():
        with socket.create_connection(("127.0.0.1", port), DEADLINE) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for token, body in calls:
                request(link, path, token, body)
    return send


def opentsdb(port, share, token):
    objects = [{"metric": n, "timestamp": t, "value": v, "tags": {"host": h}} for h, n, v, t in points(share, 20)]
    calls = [(token, json.dumps(objects[i:i + POINTS_PER_BODY]).encode())
             for i in range(0, len(objects), POINTS_PER_BODY)]
    return bodies(port, share, "/api/put", calls), len(objects)


def heartbeats(port, share, tokens):
    """Nodes that all send at once, two samples a heartbeat: as an agent does it, without its pauses."""
    own = tokens[share::CONNECTIONS]
    now, calls, count = time.time(), [], 0
    for number in range(20):
        for token, instance in own:
            at = now - 1800 + 60 * number
            sample = lambda t: {"at": t, "seconds": 30, "values": {n: round(random.uniform(0, 5000), 3) for n in MEASURED}}
            calls.append((token, json.dumps({
                "bootID": "boot-ingest", "sequence": number + 1, "uptimeSeconds": 600, "load1": 1.5,
                "loadIsHostWide": False, "samples": [sample(at), sample(at + 30)], "notices": [],
                "space": [{"mount": "/data", "isMounted": True, "bytes": 2e11, "availableBytes": 1e11}]}).encode()))
            count += 2 * METRICS
    return bodies(port, share, "/v1/heartbeats", calls), count


def main(form, port, token_file=None):
    if form == "graphite":
        jobs = [graphite(port, share) for share in range(CONNECTIONS)]
    elif form == "names":
        jobs = [names(port, share, int(token_file)) for share in range(CONNECTIONS)]
    elif form == "opentsdb-http":
        token = open(token_file).read().strip() if token_file else "none"
        jobs = [opentsdb(port, share, token) for share in range(CONNECTIONS)]
    else:
        tokens = [line.split() for line in open(token_file)]
        jobs = [heartbeats(port, share, tokens) for share in range(CONNECTIONS)]
    threads = [threading.Thread(target=send) for send, _ in jobs]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"values": sum(count for _, count in jobs), "seconds": time.monotonic() - begin}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
