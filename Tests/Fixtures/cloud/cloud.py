"""What one node asks: a metadata service on 169.254.169.254:80, or a panel on 127.0.0.1:8443.

usage: cloud.py metadata|panel [CASE [BOOT [STATE]]]

CASE is a folder of Tests/Cases (its README says what an answer can be), BOOT the number of the boot
whose answers count, STATE a file that keeps what the panel knows from one boot to the next.
"""
import base64
import gzip
import http.server
import json
import os
import sys
import threading
import time

from answers import FACTS, PANEL, PLACES

part = sys.argv[1]
folder = sys.argv[2] if len(sys.argv) > 2 else None
case = json.load(open(folder + "/case.json")) if folder else {"boots": [{}]}
boot = case["boots"][int(sys.argv[3]) if len(sys.argv) > 3 else 0]
state_path = sys.argv[4] if len(sys.argv) > 4 else None
disks = case.get("disks", [])
lock = threading.Lock()
asked = {}
state = {"claims": {}, "leaves": []}
if state_path and os.path.exists(state_path):
    state = json.load(open(state_path))


def keep():
    if state_path:
        with open(state_path + ".new", "w") as file:
            json.dump(state, file)
        os.rename(state_path + ".new", state_path)


def answers():
    if part == "panel":
        table = {call: {"json": value} for call, value in PANEL.items()}
    else:
        table = dict(FACTS)
        if folder and os.path.exists(folder + "/user-data"):
            table["user-data"] = {"file": "user-data"}
    return {**table, **case.get(part, {}), **boot.get(part, {})}


def content(answer):
    """Status and body; no status for a connection that is cut off."""
    if answer is None:
        return 404, b"not here"
    if isinstance(answer, int):
        return answer, b"no"
    if isinstance(answer, str):
        return 200, answer.encode()
    time.sleep(answer.get("after", 0))
    if answer.get("cut"):
        return None, b""
    body = answer.get("text", "").encode()
    if "json" in answer:
        body = json.dumps(answer["json"]).encode()
    if "file" in answer:
        body = open(folder + "/" + answer["file"], "rb").read()
    for way in answer.get("packed", []):
        body = {"gzip": gzip.compress, "base64": base64.encodebytes}[way](body)
    return answer.get("status", 200), body


def claim(number):
    """A claim as the panel has it: by its number, which is that of its mount."""
    held = state["claims"][number]
    mine = [disk for disk in disks if disk["mount"] == held["mount"]]
    disk = mine[min(held["volume"], len(mine) - 1)]
    uuid = held.get("uuid", disk.get("uuid"))
    return {
        "id": number,
        "mount": held["mount"],
        "state": "attached",
        "volumeID": disk["id"],
        "device": disk.get("device", "/dev/sdf"),
        "generation": 1,
        "firstUse": disk.get("firstUse", True) and uuid is None,
        "filesystemUUID": uuid,
        "format": held.get("format"),
    }


def storage(command, path, body):
    """The panel's part in claims and leaves; None for any other call."""
    words = path.split("/")[2:]
    if words[0] == "leaves":
        name = words[1]
        granted = words[2:] == ["done"] or name not in state["leaves"]
        if name not in state["leaves"]:
            state["leaves"].append(name)
        keep()
        return {"granted": granted}
    if words[:2] != ["volumes", "claims"]:
        return None
    if words[2:] == []:
        mounts = [held["mount"] for held in state["claims"].values()]
        if body["mount"] not in mounts:
            state["claims"]["claim-%d" % (len(mounts) + 1)] = {"mount": body["mount"], "volume": 0}
        number = [n for n, held in state["claims"].items() if held["mount"] == body["mount"]][0]
    else:
        number = words[2]
    held = state["claims"][number]
    if words[3:] == ["format"]:
        held["format"] = body
    elif words[3:] == ["filesystem"]:
        held["uuid"] = body["uuid"]
    elif words[3:] == ["set-aside"]:
        state["claims"][number] = {"mount": held["mount"], "volume": held["volume"] + 1}
    keep()
    return claim(number)


class Cloud(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.split("?")[0]
        key = "%s %s" % (self.command, path)
        if part == "metadata":
            key = path.split("/", 2)[2].replace("api/token", "token")
        with lock:
            found = answers().get(key)
            if isinstance(found, list):
                asked[key] = asked.get(key, 0) + 1
                found = found[min(asked[key], len(found)) - 1]
            if part == "panel" and found is None:
                known = storage(self.command, path, json.loads(body or b"{}"))
                found = {"json": known} if known is not None else None
        status, body = content(found)
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = answer


time.sleep(boot.get("late", {}).get(part, 0))
http.server.ThreadingHTTPServer(PLACES[part], Cloud).serve_forever()
