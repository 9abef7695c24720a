"""users.py DIR USERS: writes DIR/users.json, what the server holds from the start, and DIR/seed.json, the answer key."""
import datetime
import os
import sys
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from client import write_json  # noqa: E402
from people import people  # noqa: E402
from scim import document, key  # noqa: E402

FIRST = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)


def stored(person, sent):
    """The person as a server has them: with an id and a date of creation, the same ones every time."""
    created = (FIRST + datetime.timedelta(hours=person.number)).isoformat().replace("+00:00", "Z")
    added = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, str(person.number))),
        "meta": {"resourceType": "User", "created": created, "lastModified": created},
    }
    return {**sent, **added}


def main(directory, count):
    users, rows = [], []
    for person in people(count):
        sent = document(person)
        users.append(stored(person, sent))
        rows.append(key(sent, users[-1]))
    write_json(directory, "users.json", users)
    write_json(directory, "seed.json", rows)


main(sys.argv[1], int(sys.argv[2]))
