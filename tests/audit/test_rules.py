"""How entries are digested and chains judged, without a database."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from suar.audit.rules import START, Fault, Head, digest_of, faults

AT = datetime(2026, 11, 25, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """An entry as rules read it."""

    seq: int
    at: datetime
    by: UUID | None
    verb: str
    about: list[str]
    because: str
    shown: int
    previous: bytes
    digest: bytes = b""


def chain(length: int) -> list[Line]:
    lines, previous = [], START
    for seq in range(1, length + 1):
        about = [str(UUID(int=seq)), str(UUID(int=seq + 1))]
        line = Line(seq, AT + timedelta(minutes=seq), UUID(int=7), "open", about, "", 0, previous)
        previous = digest_of(line)
        lines.append(replace(line, digest=previous))
    return lines


def whys(lines: list[Line], head: Head | None = None) -> list[Fault]:
    return list(faults(lines, heads=[head] if head else []))


def test_an_untouched_chain_is_valid():
    lines = chain(5)
    assert whys(lines, Head(5, lines[-1].digest)) == []
    assert whys([]) == []


def test_every_field_is_part_of_the_digest():
    line = chain(1)[0]
    changes = {
        "seq": 2,
        "at": AT,
        "by": None,
        "verb": "list",
        "about": line.about[::-1],
        "because": "x",
        "shown": 1,
        "previous": bytes(31) + b"\1",
    }
    assert len({digest_of(replace(line, **{name: new})) for name, new in changes.items()}) == 8
    assert all(digest_of(replace(line, **{name: new})) != line.digest for name, new in changes.items())


def test_the_digest_is_independent_of_the_time_zone():
    line = chain(1)[0]
    assert digest_of(replace(line, at=line.at.astimezone())) == line.digest


def test_a_missing_entry_is_reported():
    lines = chain(4)
    assert Fault(2, "missing") in whys([lines[0], *lines[2:]])


def test_a_recomputed_entry_breaks_the_link():
    lines = chain(3)
    forged = replace(lines[1], verb="list")
    lines[1] = replace(forged, digest=digest_of(forged))
    assert whys(lines) == [Fault(3, "unlinked")]


def test_a_cut_tail_is_reported_only_with_an_external_head():
    lines = chain(4)
    head = Head(4, lines[-1].digest)
    assert whys(lines[:2]) == []
    assert whys(lines[:2], head) == [Fault(4, "cut_tail")]


def test_a_rewritten_chain_differs_from_an_external_head():
    lines = chain(4)
    assert whys(lines, Head(4, bytes(32))) == [Fault(4, "differs_from_head")]


def test_an_unreadable_entry_is_a_fault():
    lines = chain(3)
    lines[1] = Line(2, AT, None, "", [], "", 0, b"")
    assert {Fault(2, "changed"), Fault(2, "unlinked"), Fault(3, "unlinked")} == set(whys(lines))


@given(place=st.integers(0, 5), field=st.sampled_from(["verb", "because"]), text=st.text())
def test_any_other_text_is_reported(place: int, field: str, text: str):
    lines = chain(6)
    if text == getattr(lines[place], field):
        return
    lines[place] = replace(lines[place], **{field: text})
    assert whys(lines) == [Fault(place + 1, "changed")]
