"""What the metadata service and the panel of these tests answer to the node slave-1, unless told otherwise."""

MASTER = {"instanceID": "i-0master", "address": "10.77.0.2", "hostname": "ip-10-77-0-2", "generation": 1}
CREDENTIALS = {
    "Code": "Success",
    "AccessKeyId": "ASIAEXAMPLE",
    "SecretAccessKey": "secret-of-the-test",
    "Token": "token",
    "Expiration": "2099-01-01T00:00:00Z",
}
FACTS = {
    "token": "metadata-token",
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
    "meta-data/iam/security-credentials/howdah-slave": {"json": CREDENTIALS},
}
PANEL = {
    "POST /v1/enrolment/challenge": {"serverID": "panel-1", "nonce": "n-1", "expiresInSeconds": 60},
    "POST /v1/enrolment": {
        "token": "t",
        "expiresInSeconds": 3600,
        "cluster": "herd",
        "role": "slave",
        "name": "slave-1",
    },
    "GET /v1/master": MASTER,
    "PUT /v1/master": MASTER,
    "POST /v1/heartbeats": {"intervalSeconds": 1, "master": MASTER},
    "GET /v1/members": [
        {"name": "master", "role": "master", "address": "10.77.0.2", "hostname": "ip-10-77-0-2"},
        {"name": "slave-1", "role": "slave", "address": "10.77.0.3", "hostname": "ip-10-77-0-3"},
    ],
    "POST /v1/reports": {},
}

PLACES = {"metadata": ("169.254.169.254", 80), "panel": ("127.0.0.1", 8443)}
