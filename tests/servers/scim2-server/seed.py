"""seed.py DIR USERS: fills the server that start.sh started, and writes DIR/seed.json and DIR/creds.json."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from client import Client, write_results  # noqa: E402
from people import people  # noqa: E402
from scim import document, key  # noqa: E402


def main(directory, count):
    base_url, token = f"http://127.0.0.1:{os.environ['SCIM_PORT']}", os.environ["SCIM_TOKEN"]
    server = Client(base_url, {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"})
    server.wait("/ServiceProviderConfig", os.path.join(directory, "server.pid"))
    rows = []
    for person in people(count):
        sent = document(person)
        rows.append(key(sent, server.send("POST", "/Users", sent)))
    write_results(directory, base_url, {"reclaim": token}, rows)


main(sys.argv[1], int(sys.argv[2]))
