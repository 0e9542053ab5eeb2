"""What survives a talk: after no outcome a name that nobody wished to leave."""

from datetime import date

import pytest

from suar.records.terms import Compartment
from suar.screening.codes import Outcome
from suar.screening.rules.data_files import load_file
from suar.screening.rules.instrument import instrument
from suar.screening.rules.retention import codes_end
from tests.screening.talks import TALK, retention_after

CODES = {Compartment.CODED}
WISHED = frozenset({Compartment.IDENTITY, Compartment.NARRATIVE})
FACTS = frozenset(load_file("keeping-2")["facts"]["ALL"])


@pytest.mark.parametrize("stop", TALK.stops)
@pytest.mark.parametrize("outcome", Outcome)
def test_a_stopped_talk_keeps_codes_and_no_name_when_nothing_was_wished(outcome: Outcome, stop: str) -> None:
    assert retention_after(outcome, None, stop).compartments == CODES


@pytest.mark.parametrize("outcome", [Outcome.UNABLE, Outcome.DECLINED])
def test_unable_and_declined_destroy_all_but_codes_unless_wished(outcome: Outcome) -> None:
    assert retention_after(outcome).compartments == CODES
    assert retention_after(outcome, frozenset()).compartments == CODES
    assert retention_after(outcome, WISHED).compartments == CODES | WISHED
    assert retention_after(outcome).facts == FACTS


@pytest.mark.parametrize("outcome", list(Outcome)[:3])
def test_a_finished_talk_stores_everything_or_only_what_was_wished(outcome: Outcome) -> None:
    assert retention_after(outcome).compartments == set(Compartment)
    assert retention_after(outcome, frozenset()).compartments == CODES
    assert retention_after(outcome, WISHED).compartments == CODES | WISHED


@pytest.mark.parametrize("stop", ["STOP_CONTROLLER", "STOP_NO_PRIVACY", "STOP_NOT_ABLE"])
def test_a_wish_that_was_not_free_does_not_count(stop: str) -> None:
    assert retention_after(Outcome.UNABLE, WISHED, stop).compartments == CODES


def test_a_tie_to_the_recruiter_leaves_only_that_a_talk_ended() -> None:
    keeps = retention_after(Outcome.UNABLE, WISHED, "STOP_TIE")
    assert keeps.compartments == CODES
    assert keeps.facts == {"INSTRUMENT", "STEP", "STOP", "OUTCOME"}


def test_what_could_be_used_against_the_person_is_not_stored() -> None:
    keeps = retention_after(Outcome.UNABLE, WISHED, "STOP_LEGAL")
    assert keeps.compartments == CODES | {Compartment.IDENTITY}
    assert not keeps.facts & {"SIGNS", "SEEN", "ELEMENTS"}


def test_stopping_stores_what_the_person_wants_stored() -> None:
    keeps = retention_after(Outcome.DECLINED, WISHED, "STOP_WITHDRAWN")
    assert keeps.compartments == CODES | WISHED
    assert instrument().words_of(keeps.because)["en"]


@pytest.mark.parametrize(
    ("left_on", "ends_on"),
    [
        (date(2026, 11, 25), date(2028, 11, 25)),
        (date(2026, 12, 31), date(2028, 12, 31)),
        (date(2028, 2, 29), date(2030, 2, 28)),
        (date(2027, 1, 1), date(2029, 1, 1)),
    ],
)
def test_coded_facts_without_a_name_end_after_two_years(left_on: date, ends_on: date) -> None:
    assert codes_end(left_on, talk=instrument()) == ends_on
