"""What one node's agent asks, with answers that change while it runs: a metadata service on
169.254.169.254:80, or a panel on 127.0.0.1:8443.

usage: changing.py metadata | panel [PORT]

With a port it listens there on 127.0.0.1. Files of the folder HOWDAH_CLOUD change the answers while it
runs: `master` (an address), `notices` (JSON, path to text), `away` (the panel answers 503); the panel
appends each heartbeat to `beats`.
"""
import http.server
import json
import os
import sys

MASTER = {"instanceID": "i-0master", "address": "10.77.0.2", "hostname": "ip-10-77-0-2", "generation": 1}
CREDENTIALS = {
    "Code": "Success",
    "AccessKeyId": "ASIAEXAMPLE",
    "SecretAccessKey": "secret-of-the-test",
    "Token": "token",
    "Expiration": "2099-01-01T00:00:00Z",
}
FACTS = {
    "meta-data/instance-id": "i-0slave1",
    "meta-data/instance-type": "m5.large",
    "meta-data/ami-id": "ami-1",
    "meta-data/local-ipv4": "10.77.0.3",
    "meta-data/local-hostname": "ip-10-77-0-3",
    "meta-data/placement/availability-zone": "eu-west-1a",
    "meta-data/placement/region": "eu-west-1",
    "meta-data/tags/instance/": "howdah:role",
    "meta-data/tags/instance": "howdah:role",
    "meta-data/tags/instance/howdah:role": "slave",
    "meta-data/iam/security-credentials/": "howdah-slave",
    "meta-data/iam/security-credentials/howdah-slave": json.dumps(CREDENTIALS),
}
PANEL = {
    "/v1/enrolment/challenge": {"serverID": "panel-1", "nonce": "n-1", "expiresInSeconds": 60},
    "/v1/enrolment": {
        "token": "t",
        "expiresInSeconds": 3600,
        "cluster": "herd",
        "role": "slave",
        "name": "slave-1",
    },
    "/v1/heartbeats": {
        "intervalSeconds": float(os.environ.get("HOWDAH_HEARTBEAT_SECONDS", "1")),
        "master": MASTER,
    },
    "/v1/master": MASTER,
    "/v1/reports": {},
    "/v1/members": [
        {"name": "master", "role": "master", "address": "10.77.0.2", "hostname": "ip-10-77-0-2"},
        {"name": "slave-1", "role": "slave", "address": "10.77.0.3", "hostname": "ip-10-77-0-3"},
    ],
}


FOLDER = os.environ.get("HOWDAH_CLOUD", "/run/howdah-cloud")


def changed(name):
    try:
        with open(os.path.join(FOLDER, name)) as file:
            return file.read().strip()
    except OSError:
        return None


def panel(path, body):
    if changed("away") is not None:
        return 503, "away"
    if path == "/v1/heartbeats" and os.path.isdir(FOLDER):
        with open(os.path.join(FOLDER, "beats"), "ab") as file:
            file.write(body + b"\n")
    if address := changed("master"):
        MASTER.update(address=address, hostname="", generation=2)
        PANEL["/v1/members"][0].update(address=address, hostname="")
    return (200, json.dumps(PANEL[path])) if path in PANEL else (404, "not here")


def metadata(command, path):
    if command == "PUT":
        return 200, "metadata-token"
    path = path.split("/", 2)[2]
    found = json.loads(changed("notices") or "{}").get(path) or FACTS.get(path)
    return (200, found) if found else (404, "not here")


class Cloud(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.split("?")[0]
        status, text = (
            panel(path, body) if sys.argv[1] == "panel" else metadata(self.command, path)
        )
        content = text.encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = answer


PLACES = {"metadata": ("169.254.169.254", 80), "panel": ("127.0.0.1", 8443)}
PLACE = ("127.0.0.1", int(sys.argv[2])) if len(sys.argv) > 2 else PLACES[sys.argv[1]]
http.server.ThreadingHTTPServer(PLACE, Cloud).serve_forever()
