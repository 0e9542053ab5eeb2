"""Pasting a chat, and the neutral sentence that is safe to send."""

from django.test import Client
from django.urls import reverse

from suar.cases.documents import Note
from suar.cases.messenger import clean_chat
from suar.consent.documents import Account
from suar.core.codes import code_list
from suar.core.i18n import public_languages
from suar.demo.cast import Cast
from suar.records.keyring import OpenRecord
from tests.people import client_of, refresh

HIDDEN = "\u200e[14:03] \u202aShe\u202c: I am safe\n\n\n\n\u2066Tomorrow?\u2069 "
PASTED = {"text": HIDDEN, "messenger": "WHATSAPP", "target": "note", "paste": "yes"}
CHOSEN = {"sentence": "CALL_BACK", "language": "vi", "agreed": "on"}


def test_a_pasted_chat_loses_only_invisible_signs() -> None:
    assert clean_chat(HIDDEN) == "[14:03] She: I am safe\n\nTomorrow?"
    assert clean_chat("ម\u200cិន") == "ម\u200cិន", "a joiner that a script needs stays"


def test_a_chat_becomes_a_note_and_counts_as_a_contact(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    page = ben.post(reverse("messenger", args=[amina.id]), {**PASTED, "from_person": "on"}, follow=True)
    assert "delete the chat on both phones" in page.content.decode()
    refresh(amina, cast.ben)
    [note] = amina.get_all(Note).values()
    assert (note.way, note.text) == ("MESSAGE", "WhatsApp:\n[14:03] She: I am safe\n\nTomorrow?")


def test_a_chat_goes_below_the_account(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    before = (amina.get(Account) or Account()).text
    ben.post(reverse("messenger", args=[amina.id]), {**PASTED, "target": "account"})
    refresh(amina, cast.ben)
    words = (amina.get(Account) or Account()).text
    assert words.startswith(before)
    assert words.endswith("Tomorrow?")


def test_too_long_a_chat_is_refused_and_stays_on_the_page(ben: Client, amina: OpenRecord) -> None:
    page = ben.post(reverse("messenger", args=[amina.id]), {**PASTED, "text": "word " * 3000})
    assert page.status_code == 400
    assert "word word" in page.content.decode()


def test_the_sentence_is_shown_in_the_language_that_the_person_chose(ben: Client, amina: OpenRecord) -> None:
    address = reverse("messenger", args=[amina.id])
    assert ben.post(address, {**CHOSEN, "agreed": ""}).status_code == 400, "the person is asked first"
    assert ben.post(address, CHOSEN).status_code == 302
    assert "khi nào tiện thì gọi lại nhé" in ben.get(address).content.decode()


def test_no_sentence_is_offered_where_messages_are_not_safe(ben: Client, amina: OpenRecord) -> None:
    address = reverse("messenger", args=[amina.id])
    ben.post(address, CHOSEN)
    details = ben.get(reverse("person_details", args=[amina.id])).context["form"]
    shown = {f"initial-{bound.html_name}": bound.value() or "" for bound in details}
    before = {bound.html_name: bound.value() for bound in details if bound.value()}
    ben.post(reverse("person_details", args=[amina.id]), {**shown, **before, "no_messages": "on"})
    page = ben.get(address).content.decode()
    assert "Do not send one" in page
    assert "data-copies" not in page


def test_every_sentence_exists_in_every_public_language() -> None:
    languages = {language.code for language in public_languages()}
    assert {member.code: set(member.labels) for member in code_list("cases", "safe_texts").members} == {
        member.code: languages for member in code_list("cases", "safe_texts").members
    }


def test_somebody_without_the_record_sees_no_sentence(cast: Cast, amina: OpenRecord) -> None:
    assert client_of(cast.farid).get(reverse("messenger", args=[amina.id])).status_code == 404
