#!/usr/bin/env python3
"""A double of STS and EC2 for 10,000 instances: answers GetCallerIdentity and DescribeInstances, nothing else.

usage: cloud.py PORT-FILE
It checks no signatures: whose a request is says its session token, `double-INSTANCE`. Every instance runs, until
`POST /terminate` names it. moto takes half a second for what this one says in a millisecond.
"""
import asyncio
import os
import sys
import urllib.parse

ACCOUNT = "123456789012"
# Questions of this double's own caller and of the panel alone come here.
MAXIMUM_REQUEST = 1 << 20

terminated = set()


def address(instance):
    number = int(instance[2:], 16)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def role(instance):
    """The first one is the master."""
    return "master" if int(instance[2:], 16) == 1 else "slave"


def identity(headers):
    token = headers.get("x-amz-security-token", "")
    if not token.startswith("double-i-"):
        return 403, "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>"
    instance = token[len("double-"):]
    return 200, (
        "<GetCallerIdentityResponse><GetCallerIdentityResult>"
        f"<Arn>arn:aws:sts::{ACCOUNT}:assumed-role/howdah-{role(instance)}/{instance}</Arn>"
        f"<UserId>AROADOUBLE:{instance}</UserId><Account>{ACCOUNT}</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>")


def item(instance):
    state = "terminated" if instance in terminated else "running"
    return (
        "<item><instancesSet><item>"
        f"<instanceId>{instance}</instanceId><imageId>ami-1</imageId><instanceType>m5.large</instanceType>"
        f"<instanceState><code>16</code><name>{state}</name></instanceState>"
        f"<privateIpAddress>{address(instance)}</privateIpAddress>"
        f"<privateDnsName>ip-{address(instance).replace('.', '-')}.ec2.internal</privateDnsName>"
        "<placement><availabilityZone>eu-central-1a</availabilityZone>"
        "<availabilityZoneId>euc1-az2</availabilityZoneId></placement>"
        f"<tagSet><item><key>howdah:role</key><value>{role(instance)}</value></item></tagSet>"
        "</item></instancesSet></item>")


def answer(path, headers, body):
    if path == "/terminate":
        terminated.update(body.split())
        return 200, "<ok/>"
    form = urllib.parse.parse_qs(body)
    action = form.get("Action", [""])[0]
    if action == "GetCallerIdentity":
        return identity(headers)
    if action == "DescribeInstances":
        ids = [v[0] for k, v in form.items() if k.startswith("Filter.1.Value.")]
        found = "".join(item(i) for i in ids if i.startswith("i-0000000"))
        return 200, f"<DescribeInstancesResponse><reservationSet>{found}</reservationSet></DescribeInstancesResponse>"
    return 400, "<Response><Errors><Error><Code>Unsupported</Code></Error></Errors></Response>"


class Link(asyncio.Protocol):
    def __init__(self):
        self.rest = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.rest += data
        while True:
            end = self.rest.find(b"\r\n\r\n")
            if end < 0:
                break
            lines = self.rest[:end].decode("latin-1").split("\r\n")
            headers = {}
            for line in lines[1:]:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            length = int(headers.get("content-length", "0"))
            if len(self.rest) < end + 4 + length:
                break
            body = self.rest[end + 4:end + 4 + length].decode("latin-1")
            self.rest = self.rest[end + 4 + length:]
            status, text = answer(lines[0].split(" ")[1], headers, body)
            data = text.encode()
            self.transport.write(
                f"HTTP/1.1 {status} X\r\ncontent-type: text/xml\r\ncontent-length: {len(data)}\r\n\r\n".encode() + data)
        if len(self.rest) > MAXIMUM_REQUEST:
            self.transport.close()


async def main(port_file):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Link, "127.0.0.1", 0, backlog=4096)
    with open(port_file + ".part", "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    os.rename(port_file + ".part", port_file)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
