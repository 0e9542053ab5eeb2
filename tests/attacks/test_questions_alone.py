"""One confirmed supervisor alone tries to change what a talk asks (security.md T17)."""

import json
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from suar.accounts.roles import Role
from suar.core import clock
from suar.demo import cast as casting
from suar.screening.models import QuestionDraft, QuestionUse
from suar.screening.rules.data_files import load_set
from suar.screening.rules.instrument import instrument, instrument_of
from suar.screening.rules.question_changes import Changes, RewordedQuestion
from suar.screening.rules.question_file import write_file
from tests.people import client_of
from tests.screening.conversing import Conversation

pytestmark = pytest.mark.django_db
FIRST = "SF_HEARD"
HARMLESS = {"en": "Is it raining?", "id": "Apakah hujan turun?"}


@pytest.fixture
def village(db: None) -> SimpleNamespace:
    """Esi supervises the team in which Ben holds talks."""
    instrument.cache_clear()
    at = clock.now()
    organisation = casting.make_workplace("Tim Desa Contoh", "esi", "Esi", at=at)
    ben = casting.join(organisation, "ben", "Ben", Role.VILLAGE_TEAM, at=at)
    return SimpleNamespace(organisation=organisation, esi=organisation.first, ben=ben)


def second_supervisor(village: SimpleNamespace) -> Client:
    """Return the browser of another supervisor whose account a signatory confirmed."""
    return client_of(casting.join(village.organisation, "rina", "Rina", Role.SUPERVISOR, at=clock.now()))


def upload(client: Client) -> None:
    """Upload a file without the first safety question, and send every form that could put it in use."""
    base = load_set("short", 2)
    content = json.dumps(write_file(base, Changes(wording={FIRST: RewordedQuestion(HARMLESS)}))).encode()
    path = reverse("import_questions", args=["short"])
    client.post(path, {"file": SimpleUploadedFile("questions.json", content)})
    client.post(path, {"content": content.decode(), "seen": 0, "form_id": "1"})


def use_draft(client: Client) -> int:
    """Press "Use these questions" on the page of the draft, and return the status."""
    path = reverse("question_draft", args=[QuestionDraft.objects.get().id])
    return client.post(path, {"answer": "use"}).status_code


def first_question_of_a_talk(village: SimpleNamespace, *, minutes: int = 0) -> str:
    """Begin a talk and return the wording of its first safety question."""
    with clock.shifted(timedelta(minutes=minutes)):
        talk = Conversation.begun_by(village.ben)
        return instrument_of(talk.answers()).questions[FIRST].text["en"]


def test_one_supervisor_alone_cannot_replace_the_first_safety_question(village: SimpleNamespace) -> None:
    esi = client_of(village.esi)
    upload(esi)
    assert first_question_of_a_talk(village) != HARMLESS["en"]
    assert not QuestionUse.objects.exists()
    assert use_draft(esi) == 409
    assert first_question_of_a_talk(village, minutes=1) != HARMLESS["en"]
    assert use_draft(second_supervisor(village)) == 302, "a second person can put the questions in use"
    assert first_question_of_a_talk(village, minutes=2) == HARMLESS["en"]


def test_one_supervisor_alone_cannot_go_back_to_the_standard_questions(village: SimpleNamespace) -> None:
    esi = client_of(village.esi)
    upload(esi)
    use_draft(second_supervisor(village))
    esi.post(reverse("shipped_questions", args=["short"]))
    assert use_draft(esi) == 409
    assert first_question_of_a_talk(village) == HARMLESS["en"]


def test_an_account_that_no_signatory_confirmed_cannot_be_the_second_person(village: SimpleNamespace) -> None:
    upload(client_of(village.esi))
    draft: UUID = QuestionDraft.objects.get().id
    organisation, esi = village.organisation.organisation, village.esi
    invited = casting.hire(organisation, "tamu", "Tamu", Role.SUPERVISOR, by=esi.id, at=clock.now())
    path = reverse("question_draft", args=[draft])
    assert client_of(invited).post(path, {"answer": "use"}).status_code == 404
    assert not QuestionUse.objects.exists()
