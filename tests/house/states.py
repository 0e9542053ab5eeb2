"""docs/states.md: the states of a referral, of requests about keys and of the end of a record, drawn from their tables.

After a change of the table:
DJANGO_SETTINGS_MODULE=tests.settings PYTHONPATH=src:. .venv/bin/python -m tests.house.states
"""

from collections.abc import Iterator

from suar.core.i18n import SOURCE_LANGUAGE, localize
from suar.core.workflow import workflow
from suar.referrals.codes import ACTORS, Actor, Owner, Share, State
from suar.referrals.rules import TABLE, owner, share
from tests.house.reading import ROOT

PAGE = ROOT / "docs" / "states.md"
TOP = """\
# States of referrals, and of requests about keys

Written by `python -m tests.house.states` from `src/suar/referrals/data/states.json`; a test compares the two.
Reasons: [decision](decisions/referrals.md). A state is derived from the acts, each a row with its author and time;
a `state` column only repeats it for lists. Overdue is not a state: it is what the clock says about a state. Open
states are those in which the receiver holds a share (preview or fields); from each of them the person can withdraw
and the sender can recall.
"""


KEYS = "an open request ends after a day."
LOST_KEYS = """\
lost keys open a day after the second paper, and the request ends after three days. A rehearsal does not wait, and ends
after a day."""
PARTS = """\
HOLDER is everybody who holds the record, RESPONSIBLE the worker of the person or a lead, SECOND a colleague if
somebody responsible asked, CLOCK the job. Reasons: [decision](decisions/retention.md)."""
OTHERS = (
    ("accounts", "recovery", "Lost keys and two papers", LOST_KEYS),
    ("accounts", "reset", "A forgotten password", KEYS),
    ("cases", "erasure", "Erasure of a record", PARTS),
    ("cases", "legal_hold", "Legal hold", "nothing is erased in any state but FREE."),
)
"""The other tables in which several people act together: app, file, heading, and what to know."""


def page() -> str:
    """Return docs/states.md: a diagram, the states, and every transition with its actors."""
    return "\n".join((TOP, *TABLE.diagram(), "", *_state_rows(), "", *_transition_rows(), "", *_others()))


def _others() -> Iterator[str]:
    """Draw the workflows of requests about keys and about the end of a record."""
    for app, file, title, about in OTHERS:
        table = workflow(app, file)
        yield from (f"## {title}", "", f"From `src/suar/{app}/data/{file}.json`; {about}", "")
        yield from (*table.diagram(), "", "| act | from | to | who | not by who did | source |")
        yield "| --- | --- | --- | --- | --- | --- |"
        for row in table.transitions:
            who, others = (", ".join(sorted(names)).lower() for names in (row.actors, row.other_person_than))
            yield f"| {row.verb} | {row.origin} | {row.to} | {who} | {others} | {row.source} |"
        yield ""


def _state_rows() -> Iterator[str]:
    yield "| state | label | next move | share | meaning |"
    yield "| --- | --- | --- | --- | --- |"
    for state in State:
        label, meaning = (localize(TABLE.states[state][name], SOURCE_LANGUAGE) for name in ("label", "meaning"))
        move = "nobody, it has ended" if owner(state) is Owner.NONE else owner(state)
        shared = "" if share(state) is Share.NONE else share(state)
        yield f"| {state} | {label} | {move} | {shared} | {meaning} |"


def _transition_rows() -> Iterator[str]:
    yield "| act | from | to | who | source |"
    yield "| --- | --- | --- | --- | --- |"
    for row in TABLE.transitions:
        who = ", ".join(ACTORS.label(actor, SOURCE_LANGUAGE) for actor in Actor if actor in row.actors)
        yield f"| {row.verb} | {row.origin} | {row.to} | {who} | {row.source} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
