"""Who must never know: the rules of the list, by tables and properties."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.consent import rules
from suar.consent.codes import ExclusionKind
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
        (ExclusionKind.ORGANISATION, None, "", "nobody_named"),
        (ExclusionKind.WORKER, None, "", "nobody_named"),
        (ExclusionKind.WORDS, None, "  ", "nobody_named"),
        (ExclusionKind.WORDS, BODY, "the agent's cousin", "nobody_named"),
        (ExclusionKind.WORDS, BODY, "", "nobody_named"),
        (ExclusionKind.ORGANISATION, BODY, "a name that the id gives", "nobody_named"),
        (ExclusionKind.WORKER, AUTHOR, "", "not_yourself"),
    ],
)
def test_an_exclusion_names_somebody_and_not_its_author(kind, ref, words, because):
    decision = rules.may_exclude(line(kind, ref, words))
    assert (bool(decision), decision.because) == (not because, because)


@pytest.mark.parametrize("known_as", [(BODY,), (SERVICE, BODY), (SERVICE, BODY, ACCOUNT), (None, BODY)])
def test_one_exclusion_is_enough(known_as):
    decision = rules.may_learn({BODY}, known_as)
    assert decision.because == "never_tell"
    assert rules.may_learn({COLLEAGUE}, known_as), "the control: somebody else may"


@given(st.lists(lines), ids)
def test_another_exclusion_widens_no_access(there, other):
    for known_as in [(item.ref,) for item in there] + [(other,)]:
        before = rules.may_learn(rules.excluded_ids(there), known_as)
        after = rules.may_learn(rules.excluded_ids([*there, line(ref=other)]), known_as)
        assert before or not after


@given(st.lists(lines), st.randoms())
def test_the_order_of_exclusions_does_not_matter(there, random):
    mixed = random.sample(there, len(there))
    assert rules.excluded_ids(there) == rules.excluded_ids(mixed)


@given(st.lists(lines))
def test_only_active_exclusions_of_a_kind_count(there):
    standing = {(item.kind, item.ref) for item in there if item.active}
    for kind in (ExclusionKind.ORGANISATION, ExclusionKind.WORKER):
        assert rules.excluded_ids(there, kind) == {ref for of, ref in standing if of is kind}
    assert rules.excluded_ids([ended(item) for item in there]) == frozenset()


def test_an_exclusion_in_words_matches_no_id():
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
def test_an_equal_exclusion_is_a_duplicate(one, other, same):
    assert rules.same_exclusion(one, other) is same


@given(lines, st.text(min_size=1))
def test_an_exclusion_round_trips(one, reason):
    told = replace(one, kind=ExclusionKind.WORDS, ref=None, words="who", reason=reason)
    for item in (one, told):
        stored = Exclusions(entries=(item,)).to_stored()
        assert Exclusions.from_stored(stored, 1).entries == (item,)
