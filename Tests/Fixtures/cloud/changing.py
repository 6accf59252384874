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

from answers import FACTS, MASTER, PANEL, PLACES

PANEL["POST /v1/heartbeats"]["intervalSeconds"] = float(os.environ.get("HOWDAH_HEARTBEAT_SECONDS", "1"))
FOLDER = os.environ.get("HOWDAH_CLOUD", "/run/howdah-cloud")


def changed(name):
    try:
        with open(os.path.join(FOLDER, name)) as file:
            return file.read().strip()
    except OSError:
        return None


def panel(command, path, body):
    call = command + " " + path
    if changed("away") is not None:
        return 503, "away"
    if path == "/v1/heartbeats" and os.path.isdir(FOLDER):
        with open(os.path.join(FOLDER, "beats"), "ab") as file:
            file.write(body + b"\n")
    if address := changed("master"):
        MASTER.update(address=address, hostname="", generation=2)
        PANEL["GET /v1/members"][0].update(address=address, hostname="")
    if path == "/v1/roll":
        members = PANEL["GET /v1/members"]
        return 200, json.dumps({"revision": json.dumps(members), "members": members})
    return (200, json.dumps(PANEL[call])) if call in PANEL else (404, "not here")


def metadata(command, path):
    if command == "PUT":
        return 200, "metadata-token"
    path = path.split("/", 2)[2]
    found = json.loads(changed("notices") or "{}").get(path) or FACTS.get(path)
    if isinstance(found, dict):
        found = json.dumps(found["json"])
    return (200, found) if found else (404, "not here")


class Cloud(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.split("?")[0]
        status, text = (
            panel(self.command, path, body)
            if sys.argv[1] == "panel"
            else metadata(self.command, path)
        )
        content = text.encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = answer


PLACE = ("127.0.0.1", int(sys.argv[2])) if len(sys.argv) > 2 else PLACES[sys.argv[1]]
http.server.ThreadingHTTPServer(PLACE, Cloud).serve_forever()
