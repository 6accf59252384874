"""What one node's agent asks: a metadata service on 169.254.169.254:80, or a panel on 127.0.0.1:8443.

usage: cloud.py metadata | panel
"""
import http.server
import json
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
    "/v1/heartbeats": {"intervalSeconds": 1, "master": MASTER},
    "/v1/members": [
        {"name": "master", "role": "master", "address": "10.77.0.2", "hostname": "ip-10-77-0-2"},
        {"name": "slave-1", "role": "slave", "address": "10.77.0.3", "hostname": "ip-10-77-0-3"},
    ],
}


class Cloud(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.split("?")[0]
        if sys.argv[1] == "panel":
            found = json.dumps(PANEL[path]) if path in PANEL else None
        elif self.command == "PUT":
            found = "metadata-token"
        else:
            found = FACTS.get(path.split("/", 2)[2])
        body = (found or "not here").encode()
        self.send_response(200 if found else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = answer


PLACES = {"metadata": ("169.254.169.254", 80), "panel": ("127.0.0.1", 8443)}
http.server.ThreadingHTTPServer(PLACES[sys.argv[1]], Cloud).serve_forever()
