"""Police in a village team hold coded facts only, also if a colleague hands the next step over to them."""

import pytest

from suar.accounts.roles import Role
from suar.core import clock
from suar.core.refusals import NotYours
from suar.demo import cast as casting
from suar.demo.cast import Cast, Player
from suar.records import keyring
from suar.records.models import Grant
from suar.records.rules import compartments_of
from suar.records.terms import Compartment
from tests import cast as at_work
from tests.screening.conversing import KEPT, STRONG_END, Conversation, left_at, text
from tests.screening.test_report import END, reach_the_note
from tests.screening.test_talk_again import NOBODY

world, cast = at_work.world, at_work.cast


@pytest.fixture
def officer(cast: Cast) -> Player:
    return casting.join(cast.village, "yusuf", "Yusuf", Role.VILLAGE_POLICE, at=clock.now())


def to(worker: Player) -> dict[str, str]:
    """Return the fields that hand the next step over."""
    return {"next_step": "NS_HAND_OVER", "next_owner": f"{worker.id}"}


def test_a_named_person_is_not_handed_to_police(cast: Cast, officer: Player) -> None:
    talk = Conversation.begun_by(cast.ben).walk()
    refused = talk.end(**STRONG_END, **KEPT, **to(officer))
    assert refused.status_code == 400
    assert "Choose the colleague who takes over" in text(refused)
    keys = [key.id for key in officer.keys.list_keys()]
    assert not Grant.objects.filter(key__in=keys).exists()
    person = left_at(talk.end(**STRONG_END, **KEPT, **to(cast.lia)))
    assert keyring.open_record(person, keys=cast.lia.keys)


def test_a_report_is_not_handed_to_police(cast: Cast, officer: Player) -> None:
    report = Conversation.begun_by(cast.ben, place="FAMILY_REPORT", form="report")
    reach_the_note(report)
    assert report.end(**END, **to(officer)).status_code == 400
    left = left_at(report.end(**END))
    with pytest.raises(NotYours):
        keyring.open_record(left, keys=officer.keys)


def test_coded_facts_are_handed_to_police(cast: Cast, officer: Player) -> None:
    left = left_at(Conversation.begun_by(cast.ben).walk().end(**STRONG_END, **{**NOBODY, **to(officer)}))
    grant = Grant.objects.get(record=left, key__in=[key.id for key in officer.keys.list_keys()])
    assert compartments_of(grant.compartments) == {Compartment.CODED}
