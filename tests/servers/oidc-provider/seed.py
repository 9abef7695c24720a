"""seed.py DIR USERS: waits until the server that start.sh started has written DIR/creds.json. It has its users from the start."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from client import NOT_READY  # noqa: E402


def main(directory, seconds=120):
    pid = int(open(os.path.join(directory, "server.pid")).read())
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and os.path.exists(f"/proc/{pid}"):
        if os.path.exists(os.path.join(directory, "creds.json")):
            return
        time.sleep(0.05)
    print("the server is gone" if time.monotonic() < deadline else f"not ready after {seconds} s", file=sys.stderr)
    sys.exit(NOT_READY)


main(sys.argv[1])
