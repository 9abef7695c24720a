"""People to seed servers with: the same ones every time, and awkward on purpose."""
import random
import unicodedata
from dataclasses import dataclass

GIVEN = [
    "Ada", "Björn", "Chloë", "Dmitri", "Élodie", "Fatima", "Günter", "Hye-jin", "Íñigo", "Jürgen", "Kōji", "Łukasz", "María José",
    "Nguyễn", "Ólafur", "Priya", "Quentin", "Renée", "Siobhán", "Tomáš", "Uğur", "Věra", "Wei", "Xóchitl", "Yiğit", "Zoë",
]
FAMILY = [
    "O'Brien", "Smith", "Müller", "García Márquez", "van der Berg", "李", "Nakamura", "Østergård", "D'Angelo", "Smith-Jones", "Şahin",
    "Kowalczyk", "Nguyễn", "Okafor", "St. John", "Papadopoulou", "Ivanova",
]
# Sign-in names with letters beyond ASCII, in both normal forms, and with everything that a URL or a header gives a meaning to.
AWKWARD_NAMES = [
    "zoë", "chloe\u0308", "李小龙", "мария", "🦀", "50%off", "100%25", "q?a=b", "c#", "r&d", "a+b", "semi;colon", "a:b", "[brackets]",
    "back\\slash", 'say"hi"', "o'brien", "<b>", "comma,dot.", "two words", "tilde~", "=cmd", "ｆｕｌｌ", "UPPER", "null", "x" * 200,
]


@dataclass
class Person:
    number: int
    username: str
    email: str
    given: str
    family: str
    # Days since the last use; None: never used.
    idle_days: int | None


def slug(text):
    folded = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return "".join(c for c in folded if c.isalnum()) or "x"


def email(i, given, family):
    """Ten styles in turn: plain, mixed case, plus address, sub-domain, apostrophe, digits first, long, other domains."""
    user = f"{slug(given)}.{slug(family)}{i}"
    return [
        f"{user}@example.com",
        f"{slug(given).title()}.{slug(family).title()}{i}@Example.com",
        f"{user}+seat@example.com",
        f"{user}@eu.corp.example.org",
        f"o'{slug(family)}{i}@example.com",
        f"{user}@contractor.example.net",
        f"{i}_{slug(family)}@example.com",
        f"{user}.{'x' * 30}@very-long-department-name.example.com",
        f"{user}@example.org",
        f"{user}@example.com",
    ][i % 10]


def idle_days(rnd):
    """A tenth never, a quarter for months, some right at the usual limits, the rest lately."""
    share = rnd.random()
    if share < 0.10:
        return None
    if share < 0.35:
        return rnd.randint(91, 700)
    if share < 0.50:
        return rnd.choice([29, 30, 31, 59, 60, 61, 89, 90])
    return rnd.randint(0, 28)


def people(count):
    """The first are the awkward names; every server has them however few people are asked for."""
    rnd = random.Random(7)
    for i in range(max(count, len(AWKWARD_NAMES))):
        given, family = rnd.choice(GIVEN), rnd.choice(FAMILY)
        username = AWKWARD_NAMES[i] if i < len(AWKWARD_NAMES) else f"{slug(given)}.{slug(family)}{i}"
        yield Person(i, username, email(i, given, family), given, family, idle_days(rnd))
