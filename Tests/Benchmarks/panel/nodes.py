#!/usr/bin/env python3
"""10,000 nodes in a process of their own, against a panel on 127.0.0.1.

usage: nodes.py PANEL-PORT CLOUD-PORT NODES
Each has an identity, a token, a sequence and a connection that it keeps, as libcurl does. It reports a boot, then sends
two samples of 16 values in a heartbeat a minute, jittered; one that was not answered goes once more with the next, and
with every fifth one it asks who the members are: all as the agent does it. The first is the master, which waits for
changes of the members beside that. Reads commands from standard input, one a line, and answers each with a line of
JSON:

  ramp SECONDS    all enrol within so long, and begin, each with samples of the last ten minutes
  steady SECONDS  goes on for so long, with 1 % leaving and as many coming each minute
  restart         the panel is about to restart: from now on what they send is the herd's
  herd SECONDS    all of them have lost their tokens; waits for a heartbeat of each to be answered
  settle          no new heartbeats; waits for those on the way
  acked FILE      writes what was acknowledged: a line a node, "INSTANCE SEQUENCE TIME,TIME,…" (milliseconds)
"""
import asyncio
import gc
import json
import random
import re
import resource
import sys
import time

METRICS = ["user", "system", "iowait", "ctxt", "runq-sz", "plist-sz", "ldavg-1", "bread", "bwrtn", "eth-rxbyt",
           "eth-txbyt", "pgpgin", "pgpgout", "fault", "TCPAbortOnData", "rto-max"]
PERIOD = 60
SAMPLE_PERIOD = 30
# What the agent waits for an answer, beside a long poll's own time; and its waits after failures: half of it to all of it.
CALL_LIMIT = 20
RETRY, LONGEST_RETRY = 5, 60
MAXIMUM_SAMPLES = 120
CHURN_PER_MINUTE = 0.01
BACKLOG = 600
BEATS_PER_ROLL = 5
ROLL_WAIT = 25
# Longer answers are counted, not kept.
KEPT_BODY = 64 << 10
# Of each answer, where a roll says its revision.
TAIL = 100

random.seed(7)
VALUES = [json.dumps({m: round(random.uniform(0, 5000), random.choice([0, 2, 3])) for m in METRICS}) for _ in range(997)]


STEPS = ["facts", "role", "credentials", "enrol", "hostname", "hosts", "claim", "volume", "filesystem", "fstab", "mount",
         "metadata", "resolve", "fetch", "verify", "install", "files", "preparations", "datanode", "nodemanager"]
REPORT = ('{"bootID":"%s","instanceID":"%s","outcome":"done","seconds":41.25,"steps":' + json.dumps([
    {"name": name, "outcome": "done", "startSeconds": 2.0 * place, "seconds": 1.375,
     "detail": f"what became of the step {name}, as a boot says it in a line"} for place, name in enumerate(STEPS)]) + '}')


REVISION = re.compile(rb'"revision":"([0-9a-f]+)"')


class Refused(Exception):
    def __init__(self, status, retry_after):
        self.status, self.retry_after = status, retry_after


class Link(asyncio.Protocol):
    """One connection with one request on its way at most."""

    def __init__(self):
        self.rest, self.waiter, self.transport = b"", None, None
        self.missing, self.head, self.bytes, self.tail = None, b"", 0, b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        if self.missing is None:
            self.rest += data
            end = self.rest.find(b"\r\n\r\n")
            if end < 0:
                return
            self.head, data, self.rest = self.rest[:end].lower(), self.rest[end + 4:], b""
            self.bytes = self.missing = int(header(self.head, b"content-length") or 0)
        self.missing -= len(data)
        self.tail = data[-TAIL:] if len(data) >= TAIL else (self.tail + data)[-TAIL:]
        if self.bytes <= KEPT_BODY:
            self.rest += data
        if self.missing > 0:
            return
        body, self.rest, self.missing = self.rest, b"", None
        if self.waiter and not self.waiter.done():
            self.waiter.set_result((int(self.head[9:12]), self.head, body))

    def connection_lost(self, error):
        self.transport = None
        if self.waiter and not self.waiter.done():
            self.waiter.set_exception(ConnectionError("closed"))


def header(head, name):
    at = head.find(b"\r\n" + name + b":")
    return None if at < 0 else head[at + len(name) + 3:].split(b"\r\n", 1)[0].strip()


class Fleet:
    def __init__(self, panel, cloud, count):
        self.panel, self.cloud, self.count = panel, cloud, count
        self.nodes, self.gone = {}, []
        self.next_number = 1
        self.phase = "ramp"
        self.latencies = {}
        self.failures = {}
        self.is_settling = False
        self.on_the_way = 0
        self.rolls = 0

    def note(self, what, seconds):
        self.latencies.setdefault((self.phase, what), []).append(seconds)

    def fail(self, why):
        key = f"{self.phase}: {why}"
        self.failures[key] = self.failures.get(key, 0) + 1

    def add(self, delay, backlog=0):
        node = Node(self, self.next_number, time.time() - backlog)
        self.nodes[node.instance] = node
        self.next_number += 1
        node.task = asyncio.create_task(node.live(delay))

    async def churn(self):
        """One leaves and one comes, again and again, at times that are all the same to it."""
        while True:
            await asyncio.sleep(random.expovariate(self.count * CHURN_PER_MINUTE / 60))
            if self.is_settling or self.phase == "herd":
                continue
            node = random.choice(list(self.nodes.values()))
            if node.number == MASTER:
                continue
            del self.nodes[node.instance]
            node.task.cancel()
            node.close()
            self.gone.append(node)
            link = Link()
            await asyncio.get_running_loop().create_connection(lambda: link, "127.0.0.1", self.cloud)
            body = node.instance.encode()
            link.waiter = asyncio.get_running_loop().create_future()
            link.transport.write(b"POST /terminate HTTP/1.1\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
            await link.waiter
            link.transport.close()
            self.add(0)


MASTER = 1


class Node:
    def __init__(self, fleet, number, sampled_at):
        self.fleet, self.number = fleet, number
        self.instance = f"i-{number:017x}"
        self.address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self.boot = f"boot-{number}"
        self.token, self.sequence, self.acked_sequence = None, 0, 0
        self.samples, self.acked = [], []
        self.link, self.task = None, None
        self.sampled_at = sampled_at
        self.beats = number % BEATS_PER_ROLL
        self.is_reported = False
        self.watch = None
        self.beaten = asyncio.Event()
        # Times are whole milliseconds, as the panel keeps them.
        self.phase = random.random() * SAMPLE_PERIOD

    def close(self):
        if self.link and self.link.transport:
            self.link.transport.abort()
        self.link = None

    async def call(self, path, body, bearer=True, method="POST"):
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CALL_LIMIT + (ROLL_WAIT if "?wait" in path else 0)):
                if not self.link or not self.link.transport:
                    self.link = Link()
                    await loop.create_connection(lambda: self.link, "127.0.0.1", self.fleet.panel)
                self.link.waiter = loop.create_future()
                authorization = f"authorization: Bearer {self.token}\r\n" if bearer else ""
                self.link.transport.write(
                    f"{method} {path} HTTP/1.1\r\nhost: panel\r\ncontent-type: application/json\r\n{authorization}"
                    f"content-length: {len(body)}\r\n\r\n{body}".encode())
                status, head, answer = await self.link.waiter
        except (OSError, TimeoutError) as error:
            self.close()
            self.fleet.fail(f"{type(error).__name__} of {path.partition('?')[0]}")
            raise ConnectionError(str(error)) from None
        if status >= 300:
            self.fleet.fail(f"status {status} of {path}")
            raise Refused(status, float(header(head, b"retry-after") or 0))
        return json.loads(answer) if answer and bearer is False else None

    async def enrol(self):
        begin = time.monotonic()
        challenge = await self.call("/v1/enrolment/challenge", "", bearer=False)
        enrolment = await self.call("/v1/enrolment", json.dumps({
            "date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()), "region": "eu-central-1",
            "accessKeyID": "ASIADOUBLE", "sessionToken": "double-" + self.instance,
            "signature": f"{self.number:064x}", "nonce": challenge["nonce"], "bootID": self.boot,
            "node": {"instanceID": self.instance, "address": self.address,
                     "hostname": "ip-" + self.address.replace(".", "-"), "availabilityZone": "eu-central-1a"},
        }), bearer=False)
        self.token = enrolment["token"]
        self.fleet.note("enrolment", time.monotonic() - begin)

    def measure(self):
        """What there would be since the last time, of a sampler every 30 seconds."""
        now = time.time()
        first = self.sampled_at + SAMPLE_PERIOD
        while first <= now:
            self.samples.append((round(first * 1000), random.choice(VALUES)))
            self.sampled_at = first
            first += SAMPLE_PERIOD
        del self.samples[:-MAXIMUM_SAMPLES]

    async def beat(self):
        self.measure()
        sent = list(self.samples)
        self.sequence += 1
        sequence = self.sequence
        samples = ",".join('{"at":%.3f,"seconds":30,"values":%s}' % (at / 1000, values) for at, values in sent)
        body = ('{"bootID":"%s","sequence":%d,"uptimeSeconds":600,"load1":1.5,"loadIsHostWide":false,"sentAt":%.3f,'
                '"samples":[%s],"space":[{"mount":"/data","isMounted":true,"bytes":2e11,"availableBytes":1e11}],'
                '"notices":[]}' % (self.boot, sequence, time.time(), samples))
        begin = time.monotonic()
        await self.call("/v1/heartbeats", body)
        self.fleet.note("heartbeat", time.monotonic() - begin)
        self.acked_sequence = sequence
        self.acked += [at for at, _ in sent]
        self.samples = [s for s in self.samples if s[0] > sent[-1][0]] if sent else self.samples
        self.beaten.set()

    async def report(self):
        await self.call("/v1/reports", REPORT % (self.boot, self.instance))
        self.is_reported = True
        if self.number == MASTER:
            await self.call("/v1/master", "", method="PUT")
            self.watch = asyncio.create_task(self.watch_members())

    async def members(self):
        begin = time.monotonic()
        await self.call("/v1/members", "", method="GET")
        self.fleet.note("members", time.monotonic() - begin)

    async def watch_members(self):
        """The master's lists follow the members, over a connection of its own."""
        own = Node(self.fleet, self.number, 0)
        known = ""
        while not self.fleet.is_settling:
            own.token = self.token
            if not own.token:
                await asyncio.sleep(RETRY)
                continue
            try:
                await own.call(f"/v1/roll?wait={ROLL_WAIT}{known}", "", method="GET")
                if found := REVISION.search(own.link.tail):
                    known = "&unlike=" + found[1].decode()
                    self.fleet.rolls += 1
            except (Refused, ConnectionError):
                await asyncio.sleep(RETRY)
            await asyncio.sleep(1)

    async def live(self, delay):
        await asyncio.sleep(delay)
        failures = 0
        while not self.fleet.is_settling:
            self.fleet.on_the_way += 1
            try:
                if not self.token:
                    await self.enrol()
                if not self.is_reported:
                    await self.report()
                await self.beat()
                self.beats += 1
                if self.beats % BEATS_PER_ROLL == 0:
                    await self.members()
                failures = 0
                wait = PERIOD * random.uniform(0.95, 1.05)
            except Refused as refusal:
                if refusal.status == 401:
                    self.token = None
                wait = max(refusal.retry_after, self.wait_after(failures))
                failures += 1
            except ConnectionError:
                wait = self.wait_after(failures)
                failures += 1
            finally:
                self.fleet.on_the_way -= 1
            await asyncio.sleep(wait)

    @staticmethod
    def wait_after(failures):
        return min(RETRY * 2 ** min(failures, 8), LONGEST_RETRY) * random.uniform(0.5, 1)


def figures(seconds):
    ordered = sorted(seconds)
    if not ordered:
        return {"count": 0}
    at = lambda share: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1)
    return {"count": len(ordered), "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1)}


async def command(fleet, words):
    verb = words[0]
    if verb == "ramp":
        begin, seconds = time.monotonic(), float(words[1])
        for _ in range(fleet.count):
            fleet.add(random.random() * seconds, BACKLOG)
        await all_beaten(fleet)
        gc.freeze()
        gc.disable()
        fleet.churning = asyncio.create_task(fleet.churn())
        return {"seconds": round(time.monotonic() - begin, 1)}
    if verb == "steady":
        fleet.phase = "steady"
        await asyncio.sleep(float(words[1]))
        return {"heartbeats": figures(fleet.latencies.get(("steady", "heartbeat"), [])),
                "members": figures(fleet.latencies.get(("steady", "members"), [])), "left": len(fleet.gone), "rolls": fleet.rolls}
    if verb == "restart":
        fleet.phase = "herd"
        return {}
    if verb == "herd":
        # The panel is back. Each node has seen its connection end or will; none keeps its token.
        begin = time.monotonic()
        for node in fleet.nodes.values():
            node.token = None
            node.beaten.clear()
            node.task.cancel()
            node.close()
        for node in fleet.nodes.values():
            node.task = asyncio.create_task(node.live(random.random() * float(words[1])))
        await all_beaten(fleet)
        took = time.monotonic() - begin
        result = {"seconds": round(took, 1), "heartbeats": figures(fleet.latencies.get(("herd", "heartbeat"), [])),
                  "enrolments": figures(fleet.latencies.get(("herd", "enrolment"), []))}
        fleet.phase = "after"
        return result
    if verb == "settle":
        fleet.is_settling = True
        while fleet.on_the_way:
            await asyncio.sleep(0.1)
        return {"failures": fleet.failures}
    if verb == "acked":
        with open(words[1], "w") as file:
            for node in list(fleet.nodes.values()) + fleet.gone:
                file.write(f"{node.instance} {node.acked_sequence} {','.join(map(str, node.acked))}\n")
        return {}
    raise SystemExit(f"unknown command {words}")


async def all_beaten(fleet):
    for node in list(fleet.nodes.values()):
        while not node.beaten.is_set() and node.instance in fleet.nodes:
            await asyncio.sleep(0.02)


async def main(panel, cloud, count):
    fleet = Fleet(panel, cloud, count)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await command(fleet, line.split())), flush=True)


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
