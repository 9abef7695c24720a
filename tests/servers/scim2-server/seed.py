"""seed.py DIR USERS: fills the server that start.sh started, and writes DIR/seed.json and DIR/creds.json.

Every attribute but the sign-in name is left out for somebody.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from client import Client, write_results  # noqa: E402
from people import AWKWARD_NAMES, people  # noqa: E402

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def emails(person):
    """The work address; for some, a private one before it; for some, none called primary; for one in seventeen, none at all."""
    if person.number % 17 == 0:
        return None
    work = {"value": person.email, "type": "work"}
    if person.number % 7:
        work["primary"] = True
    private = {"value": f"home{person.number}@personal.example", "type": "home"}
    return [private, work] if person.number % 5 == 0 else [work]


def document(person):
    """What is sent to create the person. An attribute that is None is left out."""
    i = person.number
    by_email = i >= len(AWKWARD_NAMES) and i % 3
    attributes = {
        "schemas": [USER, ENTERPRISE] if i % 2 else [USER],
        "userName": person.email if by_email else person.username,
        "name": {"givenName": person.given, "familyName": person.family} if i % 19 else None,
        "displayName": f"{person.given} {person.family}" if i % 23 else None,
        "active": i % 11 != 0 if i % 13 != 5 else None,
        "emails": emails(person),
        "roles": [{"value": ["admin", "editor", "viewer"][i % 3], "primary": True}] if i % 4 else None,
        ENTERPRISE: {"employeeNumber": f"E{i:05}"} if i % 2 else None,
    }
    return {name: value for name, value in attributes.items() if value is not None}


def key(sent, answer):
    """The row of the answer key: what the server must give back, with None for what it cannot know."""
    name = sent.get("name", {})
    return {
        "id": answer["id"],
        "userName": sent["userName"],
        "displayName": sent.get("displayName"),
        "givenName": name.get("givenName"),
        "familyName": name.get("familyName"),
        "employeeNumber": sent.get(ENTERPRISE, {}).get("employeeNumber"),
        "active": sent.get("active"),
        "emails": [{"address": mail["value"], "primary": mail.get("primary", False)} for mail in sent.get("emails", [])],
        "roles": [role["value"] for role in sent.get("roles", [])],
        "created": answer["meta"]["created"],
    }


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
