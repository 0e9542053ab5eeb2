"""What a partner organisation may see of a finding: by table, and by property."""

import json
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.accounts.roles import Permission, Role, Viewer, permissions_of
from suar.core.codes import code_list
from suar.screening import policy
from suar.screening.codes import Outcome, Value
from suar.screening.rules import second_opinion
from suar.screening.rules.answers import LATEST, AgeBand, Element
from suar.screening.rules.instrument import instrument

ANSWERS = tuple(code_list("screening", "opinions"))
REASONS = tuple(code_list("screening", "opinion_reasons"))
NAMED = {form: f"{form}-{version}" for form, version in LATEST.items()}
FORMS = [instrument(form, version) for form, version in LATEST.items()]
SHIPPED = (
    set(second_opinion.KEYS)
    | set(NAMED.values())
    | set(Outcome)
    | set(AgeBand)
    | set(Value)
    | {item.value for item in Element}
    | {code for talk in FORMS for some in (talk.signs, talk.stops, talk.tables.reasons) for code in some}
)
FOUND = {
    "at": "2026-11-26T08:00:00+07:00",
    "by": str(uuid4()),
    "second_reading": True,
    "instrument": "short-1003",
    "step": "SIGNS",
    "stopped_by": None,
    "path": "ADULT",
    "outcome": "POSSIBLE_AT_RISK",
    "suggestion": "PRESUMED_VICTIM",
    "reason": "RS_WORDS",
    "words": "her uncle Budi said so",
    "name": "Amina Rekaan",
    "age_band": "ADULT",
    "needs": [{"need": "ND_PAIN", "level": "U1", "known": True}],
    "signs": {"SG_DEBT": ["I_M_DEBT"], "OWN_3": ["I_P_NO_PAY", "her ship, the Bahari"]},
    "seen": {"SN_SEEN": []},
    "elements": {"ACT": "SUPPORTED", "MEANS": "maybe"},
    "setting": "VILLAGE_OFFICE",
    "written": "LATER",
    "barriers": ["P_FEAR_TRAFFICKER"],
}
words = st.text(max_size=12)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | words | st.sampled_from(sorted(SHIPPED)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
findings = st.dictionaries(st.sampled_from(sorted(FOUND)) | words, anything, max_size=12)


def leaves(told):
    """Return every key and every value in something, however deep."""
    if isinstance(told, dict):
        return [leave for pair in told.items() for part in pair for leave in leaves(part)]
    return [leave for part in told for leave in leaves(part)] if isinstance(told, list) else [told]


def test_a_packet_contains_codes_only():
    assert second_opinion.packet_of(FOUND) == {
        "form": NAMED["short"],
        "outcome": "POSSIBLE_AT_RISK",
        "suggestion": "PRESUMED_VICTIM",
        "reason": "RS_WORDS",
        "age_band": "ADULT",
        "elements": {"ACT": "SUPPORTED"},
        "signs": ["I_M_DEBT", "I_P_NO_PAY"],
    }


@settings(max_examples=60)
@given(findings, st.sampled_from([*Outcome]))
def test_only_shipped_codes_leave_in_a_packet(found, outcome):
    packet = second_opinion.packet_of({**found, "outcome": outcome})
    assert set(packet) <= second_opinion.KEYS
    assert set(leaves(packet)) <= SHIPPED
    assert second_opinion.packet_of({**found, "outcome": outcome}) == json.loads(json.dumps(packet))


@settings(max_examples=30)
@given(st.permutations(["I_M_DEBT", "I_P_NO_PAY", "I_A_RECRUIT"]), st.lists(words, max_size=3))
def test_a_packet_contains_signs_without_order_and_questions(signs, questions):
    asked = {
        f"{place}{own}": [sign] for place, (sign, own) in enumerate(zip(signs, [*questions, "", "", ""], strict=False))
    }
    packets = [second_opinion.packet_of({**FOUND, "signs": some}) for some in (asked, {"x": signs})]
    assert packets[0] == packets[1]
    assert len(packets[0]["signs"]) == len(signs)


def test_values_outside_the_whitelist_are_dropped():
    assert "her uncle Budi said so" in leaves(FOUND)
    assert not set(leaves(FOUND)) <= SHIPPED


@pytest.mark.parametrize("outcome", [None, "her word", 3])
def test_a_finding_without_an_outcome_gives_nothing(outcome):
    with pytest.raises(KeyError):
        second_opinion.packet_of({**FOUND, "outcome": outcome})


@pytest.mark.parametrize("named", ["full-1", "full-1004", "signpost-1", "own-1", None, 7])
def test_own_questions_are_sent_as_the_shipped_form(named):
    form = second_opinion.packet_of({**FOUND, "instrument": named})["form"]
    shown = str(named).startswith(("full", "signpost"))
    assert form == NAMED[named.split("-")[0] if shown else "short"]


def test_each_reason_fits_an_answer_and_each_answer_has_reasons():
    may = {
        (answer, reason) for answer, reason in product(ANSWERS, REASONS) if second_opinion.may_answer(answer, reason)
    }
    assert {reason for _, reason in may} == set(REASONS)
    for answer in ANSWERS:
        assert (answer, "ANOTHER") in may
        assert len([each for each, _ in may if each == answer]) >= 2
    no = second_opinion.may_answer("PARTNER_AGREES", "SIGNS_WEIGH_MORE")
    assert (bool(no), no.because) == (False, "reason_does_not_fit")


def test_a_packet_waits_two_weeks():
    asked = datetime(2026, 11, 26, tzinfo=UTC)
    assert second_opinion.ends_at(asked) - asked == timedelta(days=14)


HOUSE, OTHER, TEAM = uuid4(), uuid4(), uuid4()


def somebody(role, *, house=HOUSE, leads=False):
    mine = frozenset({TEAM})
    led = mine if leads else frozenset()
    return Viewer(uuid4(), house, role, permissions_of(role), mine, led)


@pytest.mark.parametrize("role", [*Role])
@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("house", [HOUSE, OTHER])
def test_permission_to_answer_for_a_partner(role, closed, house):
    viewer = somebody(role, house=house)
    found = policy.may_read_for_partner(viewer, partner=HOUSE, is_closed=closed)
    here = house == HOUSE and viewer.may(Permission.READ_FOR_PARTNER)
    assert bool(found) is (here and not closed)
    assert found.because == ("not_here" if not here else "partner_closed" if closed else "")


@pytest.mark.parametrize("role", [*Role])
@pytest.mark.parametrize("author", [True, False])
@pytest.mark.parametrize("leads", [True, False])
def test_permission_to_ask_a_partner(role, author, leads):
    viewer = somebody(role, leads=leads)
    by = viewer.worker if author else uuid4()
    found = policy.may_ask_partner(viewer, author=by, team=TEAM)
    assert bool(found) is (viewer.may(Permission.RUN_TALK) and (author or leads))
