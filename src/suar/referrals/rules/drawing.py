"""Draw the table of states as docs/states.md shows it."""

from collections.abc import Iterator

from suar.referrals.rules.states import TABLE, owner, share, transitions
from suar.referrals.rules.words import read, words
from suar.referrals.terms import Actor, Owner, Share, State

HEAD = """\
# States of a referral

Written by `suar.referrals.rules.draw()` from `src/suar/referrals/data/states.json`; a test keeps
the two equal. Why it is so: decisions/referrals.md. A state is never stored: it is
derived from the acts, each a row with its author and time. Overdue is no state: it is what the
clock says of a state. Open states are those in which the receiver holds a share (preview or
fields); from each of them the person can withdraw and the sender can recall.
"""


def draw() -> str:
    """Give docs/states.md whole: a diagram, the states, and every transition with its actors.

    Source: data/states.json.
    """
    return "\n".join((HEAD, *TABLE.diagram(), "", *_states(), "", *_transitions(), ""))


def _states() -> Iterator[str]:
    yield "| state | words | next move | share | meaning |"
    yield "| --- | --- | --- | --- | --- |"
    for row in read("states")["states"]:
        state = State(row["code"])
        nobody = "nobody, it has ended"
        move = nobody if owner(state) is Owner.NONE else owner(state)
        shared = "" if share(state) is Share.NONE else share(state)
        label, meaning = words(state)["en"], row["meaning"]["en"]
        yield f"| {state} | {label} | {move} | {shared} | {meaning} |"


def _transitions() -> Iterator[str]:
    yield "| act | from | to | who | source |"
    yield "| --- | --- | --- | --- | --- |"
    for each in transitions():
        who = ", ".join(words(actor)["en"] for actor in Actor if actor in each.actors)
        yield f"| {each.verb} | {each.origin} | {each.to} | {who} | {each.source} |"
