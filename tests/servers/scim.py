"""People as SCIM users (RFC 7643). Every attribute but the sign-in name is left out for somebody."""
from people import AWKWARD_NAMES

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
