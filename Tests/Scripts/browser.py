"""Drives a headless chromium by the DevTools protocol over a pipe, for tests of the page.

    browser.py STEPS.json

STEPS.json is a list of objects, each one step:

    {"open": URL, "width": 360, "height": 800, "dark": true, "scripts": false}
    {"wait": JS, "seconds": 20}     until the expression is true
    {"eval": JS}                    its value is printed as a line of JSON
    {"press": "Tab", "times": 2}    keys, as a person presses them
    {"shot": PATH, "tallest": 1500} the page as a PNG, of so many pixels at most
    {"axe": PATH OF axe.min.js}     what axe-core finds is printed as a line of JSON
    {"errors": true}                what the browser complained of so far is printed
    {"touch": PATH}                 makes a file: whoever started this waits for it

Every step has a deadline. It exits 1 with one line where a step did not work out.
"""

import base64
import json
import os
import select
import subprocess
import sys
import tempfile
import time

LIMIT_SECONDS = 60
KEYS = {"Tab": 9, "Enter": 13}


class Failure(Exception):
    pass


class Browser:
    def __init__(self, profile):
        to_read, self.write_end = os.pipe()
        self.read_end, to_write = os.pipe()
        self.process = subprocess.Popen(
            [
                "/bin/sh", "-c", 'exec "$@" 3<&%d 4>&%d' % (to_read, to_write), "sh",
                "chromium", "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
                "--user-data-dir=" + profile, "about:blank",
            ],
            pass_fds=(to_read, to_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.buffer = b""
        self.number = 0
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})
        self.session = attached["sessionId"]
        self.call("Page.enable")
        self.call("Runtime.enable")
        self.call("Log.enable")

    session = None
    errors = []

    def call(self, method, params=None):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params or {}}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.write_end, data):]
        end = time.monotonic() + LIMIT_SECONDS
        while True:
            answer = self.read(method, end)
            if answer.get("method") == "Log.entryAdded":
                entry = answer["params"]["entry"]
                if entry["level"] == "error":
                    self.errors.append(entry["text"][:300])
            if answer.get("id") != self.number:
                continue
            if "error" in answer:
                raise Failure(f"{method}: {answer['error']}")
            return answer["result"]

    def read(self, what, end):
        while b"\0" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.read_end], [], [], left)[0]:
                raise Failure(f"chromium did not answer '{what}' within {LIMIT_SECONDS} s")
            data = os.read(self.read_end, 1 << 20)
            if not data:
                raise Failure("chromium ended")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", {
            "expression": expression, "returnByValue": True, "awaitPromise": True})
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            words = details.get("exception", {}).get("description") or details["text"]
            raise Failure(f"'{expression[:80]}': {words[:300]}")
        return result["result"].get("value")

    def open(self, step):
        scheme = "dark" if step.get("dark") else "light"
        self.call("Emulation.setDeviceMetricsOverride", {
            "width": step.get("width", 1280), "height": step.get("height", 900),
            "deviceScaleFactor": 1, "mobile": False})
        self.call("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.call("Emulation.setScriptExecutionDisabled", {
            "value": not step.get("scripts", True)})
        self.call("Page.navigate", {"url": step["open"]})
        self.wait(f"location.href !== 'about:blank' && document.readyState === 'complete'", 20)

    def wait(self, expression, seconds):
        end = time.monotonic() + min(seconds, LIMIT_SECONDS)
        while not self.evaluate(expression):
            if time.monotonic() > end:
                raise Failure(f"'{expression}' was not true within {seconds} s")
            time.sleep(0.1)

    def press(self, key, times):
        for _ in range(min(times, 100)):
            for kind in ("rawKeyDown", "keyUp"):
                self.call("Input.dispatchKeyEvent", {
                    "type": kind, "key": key, "code": key,
                    "windowsVirtualKeyCode": KEYS[key]})

    def shot(self, step):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        image = self.call("Page.captureScreenshot", {
            "format": "png", "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": size["width"],
                     "height": min(size["height"], step.get("tallest", 8000)), "scale": 1}})
        with open(step["shot"], "wb") as file:
            file.write(base64.b64decode(image["data"]))

    def axe(self, path):
        with open(path, encoding="utf-8") as file:
            self.evaluate(file.read() + "; true")
        found = self.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then((result) => "
            "result.violations.map((one) => ({id: one.id, impact: one.impact, help: one.help, "
            "nodes: one.nodes.slice(0, 5).map((node) => node.html.slice(0, 200) + ' | ' + "
            "(node.any[0] || node.all[0] || node.none[0] || {message: ''}).message)})))")
        print(json.dumps(found), flush=True)

    def end(self):
        os.close(self.write_end)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def carry_out(browser, step):
    if "open" in step:
        browser.open(step)
    elif "wait" in step:
        browser.wait(step["wait"], step.get("seconds", 20))
    elif "eval" in step:
        print(json.dumps(browser.evaluate(step["eval"])), flush=True)
    elif "press" in step:
        browser.press(step["press"], step.get("times", 1))
    elif "shot" in step:
        browser.shot(step)
    elif "axe" in step:
        browser.axe(step["axe"])
    elif "errors" in step:
        print(json.dumps(browser.errors), flush=True)
    elif "touch" in step:
        open(step["touch"], "w").close()
    else:
        raise Failure(f"no such step: {step}")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        steps = json.load(file)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = None
        try:
            browser = Browser(profile)
            for step in steps:
                carry_out(browser, step)
        except Failure as failure:
            sys.exit(f"browser.py: {failure}")
        finally:
            if browser:
                browser.end()


main()
