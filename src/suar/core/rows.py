"""The one row of every list of people or requests, in plain values.

`website/rows.html` prints a list of things that each have a `row`; `website/row.html` prints one.
"""

from dataclasses import dataclass
from typing import NamedTuple


class Deadline(NamedTuple):
    """A deadline in words. `tone`: "now" is late, "today" needs somebody today, "" is later."""

    text: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The person, the help, the owner, the next step and its deadline; empty parts are left out."""

    href: str
    who: str
    number: str = ""
    help: str = ""
    owner: str = ""
    next: str = ""
    acts: tuple[tuple[str, str], ...] = ()
    """Acts that are due, each with the page on which it is done or ""; empty if it is only `next`."""
    deadline: Deadline = Deadline()


class Filter(NamedTuple):
    """A link that shows a part of a list; `total` is how many rows it has, or None if nobody counted."""

    href: str
    label: str
    total: int | None
    is_current: bool
