"""Who must never know: the rules of the list, by tables and properties."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.consent import rules
from suar.consent.codes import Because, ExclusionKind
from suar.consent.documents import Exclusions
from suar.consent.rules import Exclusion

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
AUTHOR, BODY, COLLEAGUE, ACCOUNT, SERVICE = map(UUID, [f"{n:032x}" for n in range(1, 6)])


def line(kind=ExclusionKind.ORGANISATION, ref=BODY, words="", **changes):
    return Exclusion(id=UUID(int=9), kind=kind, ref=ref, words=words, by=AUTHOR, at=AT, **changes)


def ended(one, reason="he left"):
    return replace(one, ended_at=AT, ended_by=AUTHOR, reason=reason)


ids = st.uuids()
lines = st.builds(
    Exclusion,
    id=ids,
    kind=st.sampled_from([ExclusionKind.ORGANISATION, ExclusionKind.WORKER]),
    ref=ids,
    by=ids,
    at=st.just(AT),
    ended_at=st.sampled_from([None, AT]),
)


@pytest.mark.parametrize(
    ("kind", "ref", "words", "because"),
    [
        (ExclusionKind.ORGANISATION, BODY, "", ""),
        (ExclusionKind.WORKER, COLLEAGUE, "", ""),
        (ExclusionKind.WORDS, None, "the agent's cousin", ""),
        (ExclusionKind.ORGANISATION, None, "", Because.NOBODY_NAMED),
        (ExclusionKind.WORKER, None, "", Because.NOBODY_NAMED),
        (ExclusionKind.WORDS, None, "  ", Because.NOBODY_NAMED),
        (ExclusionKind.WORDS, BODY, "the agent's cousin", Because.NOBODY_NAMED),
        (ExclusionKind.WORDS, BODY, "", Because.NOBODY_NAMED),
        (ExclusionKind.ORGANISATION, BODY, "a name that the id gives", Because.NOBODY_NAMED),
        (ExclusionKind.WORKER, AUTHOR, "", Because.NOT_YOURSELF),
    ],
)
def test_a_line_names_somebody_in_one_way_and_not_its_author(kind, ref, words, because):
    decision = rules.may_exclude(line(kind, ref, words))
    assert (bool(decision), decision.because) == (not because, because)


@pytest.mark.parametrize("known_as", [(BODY,), (SERVICE, BODY), (SERVICE, BODY, ACCOUNT), (None, BODY)])
def test_one_id_on_the_list_is_enough_for_a_no(known_as):
    decision = rules.may_learn({BODY}, known_as)
    assert decision.because == Because.NEVER_TELL
    assert rules.may_learn({COLLEAGUE}, known_as), "the control: somebody else may"


@given(st.lists(lines), ids)
def test_one_more_line_never_lets_anybody_learn_more(there, other):
    for known_as in [(item.ref,) for item in there] + [(other,)]:
        before = rules.may_learn(rules.excluded_ids(there), known_as)
        after = rules.may_learn(rules.excluded_ids([*there, line(ref=other)]), known_as)
        assert before or not after


@given(st.lists(lines), st.randoms())
def test_the_order_of_lines_does_not_matter(there, random):
    mixed = random.sample(there, len(there))
    assert rules.excluded_ids(there) == rules.excluded_ids(mixed)


@given(st.lists(lines))
def test_only_lines_that_stand_keep_away_and_each_only_its_kind(there):
    standing = {(item.kind, item.ref) for item in there if item.active}
    for kind in (ExclusionKind.ORGANISATION, ExclusionKind.WORKER):
        assert rules.excluded_ids(there, kind) == {ref for of, ref in standing if of is kind}
    assert rules.excluded_ids([ended(item) for item in there]) == frozenset()


def test_words_keep_no_id_away():
    assert rules.excluded_ids([line(ExclusionKind.WORDS, None, "the agent's cousin")]) == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (line(), line(), True),
        (line(), line(ExclusionKind.WORKER), False),
        (line(), line(ref=ACCOUNT), False),
        (
            line(ExclusionKind.WORDS, None, "Pak Contoh"),
            line(ExclusionKind.WORDS, None, "pak contoh "),
            True,
        ),
        (
            line(ExclusionKind.WORDS, None, "Pak Contoh"),
            line(ExclusionKind.WORDS, None, "Bu Contoh"),
            False,
        ),
    ],
)
def test_the_same_again_is_the_same_line(one, other, same):
    assert rules.same_exclusion(one, other) is same


@given(lines, st.text(min_size=1))
def test_a_written_line_is_read_back_as_it_was(one, reason):
    told = replace(one, kind=ExclusionKind.WORDS, ref=None, words="who", reason=reason)
    for item in (one, told):
        stored = Exclusions(entries=(item,)).to_stored()
        assert Exclusions.from_stored(stored, 1).entries == (item,)
