"""Who must never know is asked before a name is kept, and holds from the first moment."""

from types import SimpleNamespace

import pytest

from suar.consent import exclusions
from suar.consent.codes import ExclusionKind
from suar.core.refusals import NotYours
from suar.directory import providers
from suar.records import keyring
from suar.records.models import Grant, Record
from suar.records.terms import HolderKind
from suar.screening.models import Reading
from tests.html import squeeze
from tests.screening.conversing import KEPT, STRONG_END, Conversation, left_at, text, whole_database

NAMED = {**KEPT, "exclude": "on"}
LOWER = {"outcome": "UNABLE", "reason": "RS_NO_ROOM"}


def stored_exclusions(talk: Conversation, **typed: object) -> list:
    person = left_at(talk.walk().end(**STRONG_END, **typed))
    return exclusions.list_exclusions(talk.open(person))


def opens(player: object, record: object) -> bool:
    try:
        keyring.open_record(record, keys=player.keys)
    except NotYours:
        return False
    return True


@pytest.mark.parametrize(
    "typed",
    [
        {"exclude": ""},
        {"exclude": "on"},
        {"exclude": "no", "exclude_words": "his brother"},
        {"exclude": "on", "exclude_providers": "not an id"},
        {"exclude": "on", "exclude_workers": "not an id"},
    ],
)
def test_no_name_is_stored_before_exclusions_were_asked(talk: Conversation, typed: dict) -> None:
    answer = talk.walk().end(**STRONG_END, **{**KEPT, **typed})
    assert answer.status_code == 400
    assert KEPT["name"] in text(answer), "nothing that was typed is lost"
    assert Record.objects.filter(kind="person").count() == 0


def test_excluding_nobody_is_an_answer(talk: Conversation) -> None:
    person = left_at(talk.walk().end(**STRONG_END, **KEPT))
    opened = talk.open(person)
    assert exclusions.was_asked(opened)
    assert exclusions.list_exclusions(opened) == []


def test_exclusions_are_not_asked_without_a_name(talk: Conversation) -> None:
    assert talk.walk().end(**STRONG_END, keep="no").status_code == 302


def test_an_organisation_that_was_searched_for_is_excluded(talk: Conversation, services: None) -> None:
    [(body, name), *_] = providers.find_providers("rumah").items()
    looked = talk.walk().end(**STRONG_END, **NAMED, go="find", exclude_search="rumah")
    page_text = text(looked)
    assert (looked.status_code, name in page_text, KEPT["name"] in page_text) == (200, True, True)
    assert 'value="PRESUMED_VICTIM" data-relation="SAME" checked' in squeeze(page_text)
    [line] = stored_exclusions(talk, **NAMED, exclude_providers=str(body))
    assert (line.kind, line.ref, line.words) == (ExclusionKind.ORGANISATION, body, "")


def test_words_about_exclusions_are_stored_sealed(talk: Conversation) -> None:
    [line] = stored_exclusions(talk, **NAMED, exclude_words="Pak Lurah Contoh")
    assert (line.kind, line.words) == (ExclusionKind.WORDS, "Pak Lurah Contoh")
    assert b"Pak Lurah Contoh" not in whole_database()


def test_an_excluded_lead_gets_no_grant(talk: Conversation, village: SimpleNamespace) -> None:
    record = left_at(talk.walk().end(**STRONG_END, **KEPT))
    assert opens(village.esi, record), "the control: else the lead holds it"
    again = Conversation.begun_by(village.ben)
    person = left_at(again.walk().end(**STRONG_END, **NAMED, exclude_workers=str(village.esi.id)))
    assert not opens(village.esi, person)
    assert opens(village.ben, person)
    grants = set(Grant.objects.filter(record=person).values_list("holder", flat=True))
    assert grants == {HolderKind.WORKER, HolderKind.ESCROW}


def test_no_second_opinion_is_asked_if_a_colleague_is_excluded(talk: Conversation, village: SimpleNamespace) -> None:
    talk.walk().end(**LOWER, **NAMED, exclude_workers=str(village.esi.id))
    assert not Reading.objects.exists()
    Conversation.begun_by(village.ben).walk().end(**LOWER, **KEPT)
    assert Reading.objects.count() == 1, "the control: else it is asked"


def test_only_colleagues_of_the_team_can_be_tapped(talk: Conversation, strangers: SimpleNamespace) -> None:
    choices = dict(talk.walk().sum_up().context["form"].fields["exclude_workers"].choices)
    assert str(strangers.lia.id) in choices
    assert str(talk.player.id) not in choices
    assert str(strangers.farid.id) not in choices
    forged = talk.end(**STRONG_END, **NAMED, exclude_workers=str(strangers.farid.id))
    assert forged.status_code == 400
