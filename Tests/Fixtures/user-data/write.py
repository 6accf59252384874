"""Writes user-data as Python's email package makes it (cloud-init's own reader and writer) into a
folder: 40 files, those whose name begins with "none" hold nothing of ours."""
import base64, email.charset, gzip, os, sys
from email import encoders
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText

folder = sys.argv[1]
OURS = "howdah: 1\nrole: slave\n"
CONFIG = "#cloud-config\npackages: [vim]\nhowdah: { role: slave }\n# \u00e4 = \u00df\n"
SCRIPT = "#!/bin/sh\necho 'howdah: 1'\n"
contents = {
    "ours": ("application", "x-howdah+yaml", OURS),
    "config": ("text", "cloud-config", CONFIG),
    "plain": ("text", "plain", OURS),
    "none-script": ("text", "x-shellscript", SCRIPT),
    "none-config": ("text", "cloud-config", "#cloud-config\npackages: [vim]\n"),
}


def part(kind, encoding):
    main, sub, text = contents[kind]
    if encoding == "base64":
        made = MIMEBase(main, sub)
        made.set_payload(text.encode())
        encoders.encode_base64(made)
    elif encoding == "quoted-printable":
        charset = email.charset.Charset("utf-8")
        charset.body_encoding = email.charset.QP
        made = MIMENonMultipart(main, sub, charset="utf-8")
        made.set_payload(text, charset)
    else:
        made = MIMEText(text, sub, "utf-8" if encoding == "8bit" else "us-ascii")
        del made["Content-Type"], made["Content-Transfer-Encoding"]
        made["Content-Type"] = f"{main}/{sub}"
        made["Content-Transfer-Encoding"] = "8bit"
        made.set_payload(text)
    made.add_header("Content-Disposition", "attachment", filename=f"{kind} file.yaml")
    return made


def nested(inner, depth):
    for level in range(depth):
        outer = MIMEMultipart(["mixed", "alternative", "related"][level % 3])
        outer.preamble = "howdah: this is no part\n"
        outer.attach(MIMEText(SCRIPT, "x-shellscript"))
        outer.attach(inner)
        outer.attach(MIMEText("http://example.com/x\n", "x-include-url"))
        inner = outer
    return inner


def write(name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


count = 0
for kind in contents:
    for encoding in ("8bit", "base64", "quoted-printable"):
        for depth in (1, 3):
            data = nested(part(kind, encoding), depth).as_string().encode()
            packed = [data, gzip.compress(data), base64.encodebytes(gzip.compress(data))]
            write(f"{kind}-{encoding}-{depth}", packed[count % 3])
            count += 1
for kind in contents:
    data = nested(part(kind, "base64"), 2).as_bytes().replace(b"\n", b"\r\n")
    write(f"{kind}-crlf", data)
    gz = MIMEBase("application", "gzip")
    gz.set_payload(gzip.compress(contents[kind][2].encode()))
    encoders.encode_base64(gz)
    outer = MIMEMultipart()
    outer.attach(gz)
    write(f"{kind}-packed-part", outer.as_bytes())
