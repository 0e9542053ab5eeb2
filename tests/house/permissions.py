"""docs/permissions.md: which role may do what, and which pages each permission opens.

Made from the table of roles and from what the routes declare. After a change of either:
DJANGO_SETTINGS_MODULE=tests.settings PYTHONPATH=src:. .venv/bin/python -m tests.house.permissions
"""

import re
from collections.abc import Iterator, Mapping

from django.urls import URLPattern

from suar.accounts.roles import ROLES, Permission
from suar.core.codes import Code
from tests.house.reading import ROOT
from tests.routes import ids_of, policy_of, staff_routes

PAGE = ROOT / "docs" / "permissions.md"
CHANGING = re.compile(r"<(?:\w+:)?(\w+)>")
ONLY = {
    "record": "who holds the record's keys",
    "referral": "the organisation that was asked",
    "consent": "who holds the record's keys",
    "line": "who holds the record's keys",
    "task": "who holds the record's keys",
    "tie": "who holds the record's keys",
    "work": "its author, or who leads a team of the organisation",
    "note": "who holds the record's keys",
    "episode": "who holds the record's keys",
    "key": "who holds the record's keys",
    "language": "",
    "number": "who asked or agreed, leads of the team, and privacy officers",
    "file": "who holds the record's keys",
    "offer": "who holds the record's keys",
    "encounter": "who holds the record's keys",
    "form": "",
    "service": "",
    "edition": "",
    "step": "",
    "stage": "",
    "part": "",
    "which": "",
    "agreement": "who holds the record's keys",
    "review": "who holds the record's keys",
    "factor": "themselves",
    "reading": "the author's team, never the author",
    "worker": "their own organisation",
    "team": "who leads the team",
    "upload": "",
    "sheet": "",
    "token": "who has the link",
    "version": "their own organisation",
    "draft": "their own organisation",
    "letter": "the team that was asked",
    "packet": "the partner organisation that was asked",
    "change": "",
    "alarm": "their own organisation, never the worker concerned",
    "key_change": "their own organisation",
    "request_id": "their own organisation",
    "other": "",
    "enclosed": "",
    "recording": "",
    "thread": "complaint handlers of the time when it was sent",
}
"""Besides the permission: for whom a page with such an id opens, where not for all."""

Table = Mapping[str, Code]


def table_of_roles() -> Table:
    """Return the roles by their code."""
    return {role: ROLES[role] for role in ROLES}


def page(table: Table) -> str:
    """Write docs/permissions.md."""
    return "\n".join([*OPENING, "", *_roles(table), "", *BETWEEN, "", *_pages(table), ""])


OPENING = """# Who may do what

Written by `python -m tests.house.permissions` from the
[table of roles](../src/suar/accounts/codes/roles.json) and from what each page declares: not by
hand. Every page of the staff site names one permission, or says that it is open to all; a page
that says neither fails the tests.

A permission alone opens no record. Pages about a person, a case or a talk open only for a worker who
holds its keys: its author and the leads in a team of neighbours, the whole team elsewhere. What
is not yours looks byte for byte like what is absent. `tests/bars/test_b03_authorisation.py` asks
for every page by every role at every distance.

## What each role may""".splitlines()
BETWEEN = """## Which pages each permission opens

`*`: only within half an hour after the worker proved themselves.""".splitlines()


def _roles(table: Table) -> Iterator[str]:
    here = [row for row in table.values() if row["assignable"]]
    yield "| | " + " | ".join(row.labels["en"] for row in here) + " |"
    yield "|---" * (len(here) + 1) + "|"
    for permission in Permission:
        if any(permission in row["may"] for row in here):
            marks = (" yes " if permission in row["may"] else " " for row in here)
            yield f"| `{permission}` |" + "|".join(marks) + "|"
    keys = (" yes " if row["compartments"] else " " for row in here)
    yield "| may hold keys to records |" + "|".join(keys) + "|"
    later = ", ".join(row.labels["en"].lower() for row in table.values() if not row["assignable"])
    yield f"\nIn the table, but nobody signs in as one yet: {later}."


def _pages(table: Table) -> Iterator[str]:
    yield "| permission | pages | open only for |"
    yield "|---|---|---|"
    found = sorted(staff_routes(), key=lambda route: str(route.pattern))
    for permission in [*Permission, None]:
        routes = [route for route in found if policy_of(route) == permission]
        named = f"`{permission}`" if permission else "open to all"
        for only in dict.fromkeys(map(_only, routes)):
            pages = ", ".join(_address(route) for route in routes if _only(route) == only)
            yield f"| {named} | {pages} | {only} |"
        if not routes and any(permission in row["may"] for row in table.values()):
            yield f"| {named} | no page yet | |"


def _address(route: URLPattern) -> str:
    address = "/" + CHANGING.sub(r"{\1}", str(route.pattern))
    return f"`{address}`" + (" *" if getattr(route.callback, "step_up", False) else "")


def _only(route: URLPattern) -> str:
    said = [ONLY[each] for each in ids_of(route) if ONLY[each]]
    return ", ".join(dict.fromkeys(said[:1] if "record" in ids_of(route) else said))


if __name__ == "__main__":
    import django

    django.setup()
    PAGE.write_text(page(table_of_roles()), "utf-8")
