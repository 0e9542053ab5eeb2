"""docs/states.md: the states of a referral and of requests about keys, drawn from their tables.

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
Reasons: [decision](decisions/referrals.md). A state is never stored: it is derived from the acts, each a row
with its author and time. Overdue is not a state: it is what the clock says about a state. Open states are those in
which the receiver holds a share (preview or fields); from each of them the person can withdraw and the sender can
recall.
"""


def page() -> str:
    """Return docs/states.md: a diagram, the states, and every transition with its actors."""
    return "\n".join((TOP, *TABLE.diagram(), "", *_state_rows(), "", *_transition_rows(), "", *_key_requests()))


def _key_requests() -> Iterator[str]:
    """Draw what several people do together about keys."""
    for file, title in (("recovery", "Lost keys and two papers"), ("reset", "A forgotten password")):
        table = workflow("accounts", file)
        yield from (
            f"## {title}",
            "",
            f"From `src/suar/accounts/data/{file}.json`; an open request ends after a day.",
            "",
        )
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
