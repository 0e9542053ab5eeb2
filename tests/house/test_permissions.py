"""docs/permissions.md says who may do what, as the roles and the routes say it now."""

import re
from dataclasses import replace

from suar.accounts.roles import Permission, Role
from tests.house import permissions
from tests.routes import ids_of, staff_routes

PAGE = permissions.PAGE.read_text("utf-8")


def test_the_permission_page_is_current() -> None:
    """`python -m tests.house.permissions` writes it anew."""
    assert permissions.page(permissions.table_of_roles()) == PAGE


def test_every_page_is_listed_once_with_its_policy() -> None:
    routes = list(staff_routes())
    assert len(re.findall(r"`(/[^`]*)`", PAGE)) == len(routes)
    assert {each for route in routes for each in ids_of(route)} == set(permissions.ONLY)


def test_an_added_permission_changes_the_page() -> None:
    table = permissions.table_of_roles()
    row = table[Role.ADMINISTRATOR]
    more = replace(row, extra={**row.extra, "may": [*row["may"], Permission.SEE_RECORD]})
    changed = {**table, row.code: more}
    assert permissions.page(changed) != PAGE


def test_the_permission_page_is_short() -> None:
    assert len(PAGE.splitlines()) < 110
