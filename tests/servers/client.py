"""A JSON client for one server, just enough to seed it."""
import http.client
import json
import os
import sys
import time
import urllib.parse


# The exit code by which start.sh knows that starting again may help.
NOT_READY = 75


class UnexpectedAnswer(Exception):
    """The server answered with a status that was not asked for."""


class Client:
    """Requests below `base_url`, on one connection that is kept open. No proxy is used, whatever the environment says."""

    def __init__(self, base_url, headers):
        self.url = urllib.parse.urlsplit(base_url)
        self.headers = {"Content-Type": "application/json", **headers}
        self.connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=60)

    def send(self, method, path, body=None, expect=(200, 201)):
        """The decoded answer. Any status but those expected is an error."""
        data = None if body is None else json.dumps(body).encode()
        self.connection.request(method, self.url.path + path, body=data, headers=self.headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        if response.status not in expect:
            raise UnexpectedAnswer(f"{method} {path} answered {response.status}: {text[:500]}")
        return json.loads(text) if text else None

    def wait(self, path, server_pid_file, seconds=120):
        """Until the server answers as it should. A proxy may answer before it does. Exits when the server's process is gone."""
        pid = int(open(server_pid_file).read())
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and os.path.exists(f"/proc/{pid}"):
            try:
                self.send("GET", path)
                return
            except (OSError, http.client.HTTPException, UnexpectedAnswer):
                self.connection.close()
            time.sleep(0.1)
        sys.exit(NOT_READY)


def write_json(directory, name, content):
    with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)


def write_results(directory, base_url, tokens, rows):
    """`creds.json`: how to reach the server. `seed.json`: what it holds."""
    write_json(directory, "seed.json", rows)
    write_json(directory, "creds.json", {"base_url": base_url, "tokens": tokens})
