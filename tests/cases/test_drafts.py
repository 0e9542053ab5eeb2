"""What was typed into a form and not saved comes back to its author alone, until it is saved, discarded or old."""

import json
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.test import Client
from django.urls import reverse

from suar.accounts.rules import RETURN_CODE_FIELD
from suar.cases import drafts
from suar.cases.documents.papers import FormDraft
from suar.cases.tasks import delete_old_drafts
from suar.core import clock
from suar.demo.cast import Cast
from suar.records.keyring import OpenRecord
from suar.records.models import Value
from tests.people import client_of, person_of

WORDS = "half a sentence about the"


def typed(client: Client, record: UUID, form: str = "note", **fields: Any) -> int:
    return int(client.post(reverse("save_draft", args=[record]), {"draft": form, **fields}).status_code)


def stored() -> list[str]:
    return list(Value.objects.filter(field__startswith="draft-").values_list("field", flat=True))


def page_of(client: Client, record: UUID) -> str:
    return unescape(client.get(reverse("person", args=[record])).content.decode())


def test_a_draft_comes_back_to_its_author_with_its_time(ben: Client, amina: OpenRecord) -> None:
    assert "data-fields" not in page_of(ben, amina.id)
    secrets = dict.fromkeys(("csrfmiddlewaretoken", "password"), "secret")
    assert typed(ben, amina.id, text=WORDS, way="CALL", **secrets) == 204
    page = page_of(ben, amina.id)
    assert json.dumps({"text": [WORDS], "way": ["CALL"]}) in page
    assert "Your draft of" in page
    assert "secret" not in page.partition("data-fields=")[2].partition(">")[0]


def test_a_later_draft_takes_the_place_of_the_earlier(ben: Client, amina: OpenRecord) -> None:
    for words in (WORDS, f"{WORDS} boat"):
        typed(ben, amina.id, text=words)
    assert len(stored()) == 1
    assert f"{WORDS} boat" in page_of(ben, amina.id)


def test_colleagues_see_no_draft_and_have_their_own(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    typed(ben, amina.id, text=WORDS)
    esi = client_of(cast.esi)
    assert WORDS not in page_of(esi, amina.id)
    typed(esi, amina.id, text="of the lead")
    assert WORDS in page_of(ben, amina.id)
    assert "of the lead" not in page_of(ben, amina.id)


def test_a_draft_is_sealed_and_its_name_says_nothing(ben: Client, amina: OpenRecord) -> None:
    typed(ben, amina.id, "withdraw", reason=WORDS)
    [row] = Value.objects.filter(field__startswith="draft-")
    assert row.compartment == "narrative"
    assert WORDS.encode() not in bytes(row.sealed)
    assert "withdraw" not in row.field


def test_nobody_computes_from_plain_columns_which_form_a_draft_is_of(
    cast: Cast, ben: Client, amina: OpenRecord
) -> None:
    for person in (amina, person_of(cast.ben, cast, name="Bunga Rekaan")):
        typed(ben, person.id, "record_death", text=WORDS)
    names = stored()
    assert len(set(names)) == 2, "the same form of the same worker has another name in another record"
    assert f"draft-{uuid5(cast.ben.id, 'record_death')}" not in names


@pytest.mark.db_contract
def test_saving_the_form_deletes_its_draft_and_no_other(ben: Client, amina: OpenRecord) -> None:
    typed(ben, amina.id, text=WORDS)
    typed(ben, amina.id, "task", text="another form")
    saved = ben.post(reverse("note", args=[amina.id]), {"draft": "note", "text": WORDS})
    assert saved.status_code == 302
    assert len(stored()) == 1
    assert "another form" in page_of(ben, amina.id)


def test_a_refused_form_keeps_its_draft_and_shows_what_was_sent(ben: Client, amina: OpenRecord) -> None:
    typed(ben, amina.id, text=WORDS)
    page = ben.post(reverse("note", args=[amina.id]), {"draft": "note", "text": "", "way": "CALL"})
    assert page.status_code == 400
    assert b"data-fields" not in page.content
    assert b"data-refused" in page.content
    assert len(stored()) == 1


def test_a_discarded_draft_is_deleted(ben: Client, amina: OpenRecord) -> None:
    typed(ben, amina.id, text=WORDS)
    assert typed(ben, amina.id, discard="yes") == 204
    assert stored() == []


def test_a_form_about_one_note_keeps_its_own_draft(ben: Client, amina: OpenRecord) -> None:
    typed(ben, amina.id, "correction:1", text=WORDS)
    assert typed(ben, amina.id, "correction:2", text="of another") == 204
    assert len(stored()) == 2


def test_leave_now_stores_the_draft_and_ends_the_session(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    assert typed(ben, amina.id, text=WORDS, leaving="yes") == 204
    assert ben.get(reverse("person", args=[amina.id])).status_code in (302, 401)
    again = page_of(client_of(cast.ben), amina.id)
    assert WORDS in again
    assert "leaving" not in again.partition("data-fields=")[2].partition(">")[0]


def test_after_14_days_a_draft_is_gone(cast: Cast, amina: OpenRecord) -> None:
    typed(client_of(cast.ben), amina.id, text=WORDS)
    noon = clock.start_of(clock.today()) + timedelta(hours=12)
    with clock.stopped(noon + timedelta(days=13)):
        assert WORDS in page_of(client_of(cast.ben), amina.id)
        assert delete_old_drafts.func() == 0
    with clock.stopped(noon + timedelta(days=15)):
        assert WORDS not in page_of(client_of(cast.ben), amina.id)
        assert delete_old_drafts.func() == 1
    assert stored() == []


def test_what_is_too_long_for_a_form_is_not_stored(ben: Client, amina: OpenRecord) -> None:
    assert typed(ben, amina.id, text="x" * (drafts.MAX_CHARACTERS + 1)) == 413
    assert typed(ben, amina.id, text=WORDS, **{RETURN_CODE_FIELD: "yes"}) == 413, "a return code stands in such a form"
    assert stored() == []


def test_who_does_not_hold_the_record_stores_nothing(cast: Cast, amina: OpenRecord) -> None:
    assert typed(client_of(cast.farid), amina.id, text=WORDS) == 404
    assert stored() == []
    assert FormDraft.storage.retention == "14 days"


def test_the_draft_of_a_summary_goes_when_the_summary_is_left(ben: Client, amina: OpenRecord) -> None:
    typed(ben, amina.id, form="summary", words=WORDS)
    assert WORDS in unescape(ben.get(reverse("summary", args=[amina.id])).content.decode()), "the control"
    sent = {"words": WORDS, "days": "14", "kind": "digits", "agreed": "on", "draft": "summary"}
    assert ben.post(reverse("summary", args=[amina.id]), {**sent, "days": "99"}).status_code == 400
    assert stored()
    assert ben.post(reverse("summary", args=[amina.id]), sent).status_code == 200
    assert not stored()
