"""seed.py DIR USERS: fills the hub that start.sh started, and writes DIR/seed.json and DIR/creds.json.

The hub has no e-mail field and no id: the name is the key, and half of the names are e-mail addresses.
"""
import datetime
import os
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from client import Client, write_results  # noqa: E402
from people import AWKWARD_NAMES, people  # noqa: E402

GROUP_SIZE = 40
# Other than in a directory, these are two users.
TWINS = {"twin": 5, "Twin": None}


def main(directory, count):
    env = os.environ
    base_url = f"http://127.0.0.1:{env['HUB_PUBLIC_PORT']}/hub/api"
    hub = Client(base_url, {"Authorization": f"token {env['HUB_SEED_TOKEN']}"})
    hub.wait("/", os.path.join(directory, "server.pid"))

    now = datetime.datetime.now(datetime.timezone.utc)
    wanted = dict(TWINS)
    for person in people(count):
        by_email = person.number >= len(AWKWARD_NAMES) and person.number % 2
        wanted[person.email if by_email else person.username] = person.idle_days
    rows = {}
    for name, idle_days in wanted.items():
        path = f"/users/{urllib.parse.quote(name, safe='')}"  # one at a time: creating many at once folds their case
        rows[name] = hub.send("POST", path)
        assert rows[name]["name"] == name, f"the hub changed {name!r}"
        if idle_days is not None:
            used = (now - datetime.timedelta(days=idle_days, hours=1)).isoformat().replace("+00:00", "Z")
            hub.send("POST", f"{path}/activity", {"last_activity": used})
            rows[name]["last_activity"] = used
    paid = [name for name in rows if name == name.lower()][:GROUP_SIZE]  # groups fold the case of names too
    hub.send("POST", "/groups/paid")
    hub.send("POST", "/groups/paid/users", {"users": paid})

    admin = hub.send("GET", "/users/hubadmin")
    answer_key = [
        {
            "name": user["name"],
            "admin": user["admin"],
            "created": user["created"],
            "last_activity": user["last_activity"],
            "groups": ["paid"] if user["name"] in paid else [],
        }
        for user in [admin, *rows.values()]
    ]
    tokens = {kind: env[f"HUB_{kind.upper()}_TOKEN"] for kind in ("reclaim", "read_only", "names_only")}
    write_results(directory, base_url, tokens, answer_key)


main(sys.argv[1], int(sys.argv[2]))
