"""Asking providers to confirm: lists, messages with links, requests and their undoing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from suar.accounts.models import Notice
from suar.accounts.roles import Role
from suar.audit.models import Entry
from suar.core import clock
from suar.demo import cast as casting
from suar.directory import freshness, proposals, queries, tasks, views
from suar.directory.codes import AskingState
from suar.directory.models import ConfirmationRequest, EntryLink, Provider
from suar.directory.rules.freshness import asking_state, count_unanswered
from tests.directory.entries import AT, editing, entry, entry_id, load, propose, provider
from tests.people import client_of

DB = pytest.mark.django_db
BED, ADVICE, OTHER, FRESH = (entry_id(item) for item in ("bed", "advice", "other", "fresh"))
ADDRESS = "office@example.org"


@pytest.fixture
def hadi() -> casting.Player:
    """Create an editor and a directory with old entries of two providers and one fresh entry."""
    old = [
        entry("bed", types=["HOU_MEN"], areas=["32.74"], assured_date="2026-06-01"),
        entry("advice", types=["JUS_ADVICE"], areas=["32.74"], assured_date="2026-05-01"),
        entry("fresh", types=["JUS_ADVICE"], areas=["32.74"]),
    ]
    phone = {"id": str(entry_id("phone")), "number": "+62 000 0000 0777"}
    alone = entry("other", types=["JUS_ADVICE"], areas=["32.74"], assured_date="2026-07-01", phones=[phone])
    first = {**provider(*old), "email": ADDRESS}
    assert load(first, provider(alone, name="elsewhere")).applied
    organisation = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT)
    return casting.join(organisation, "hadi", "Hadi", Role.DIRECTORY_EDITOR, at=AT)


@contextmanager
def at_day(days: float) -> Iterator[None]:
    """Move the clock by days after the import."""
    with clock.shifted(AT + timedelta(days=days) - clock.now()):
        yield


def at(days: float) -> Any:
    return AT + timedelta(days=days)


def listed(turn: AskingState, *, days: float = 0) -> list[list[str]]:
    """Return the entries of every provider in a list."""
    with at_day(days):
        due = [provider for provider in freshness.list_due_providers(at=at(days)) if provider.state == turn]
        cards = queries.cards_by_id([row.id for provider in due for row in provider.services])
    return [[cards[row.id].name.removeprefix("Invented ") for row in provider.services] for provider in due]


def press(player: casting.Player, act: str, service: Any = ADVICE, *, days: float = 0) -> Any:
    """Send a button of the list."""
    with at_day(days):
        return client_of(player).post(reverse("ask_provider", args=[service]), {"act": act})


def links(page: Any) -> list[str]:
    return list(dict.fromkeys(re.findall(r"/e/[\w-]{22}", page.content.decode())))


@DB
@pytest.mark.db_contract
def test_due_providers_are_listed_once_oldest_first(hadi):
    assert listed(AskingState.NOT_YET) == [["advice", "bed"], ["other"]]
    assert listed(AskingState.SILENT) == listed(AskingState.LATELY) == []
    with at_day(0):
        page = client_of(hadi).get(reverse("providers_to_ask")).content.decode()
    assert page.index("Invented advice") < page.index("Invented other")
    assert "Invented fresh" not in page and ADDRESS in page and "tel:+6200000000777" in page


@DB
def test_asking_creates_message_with_links_and_records_request(hadi):
    page = press(hadi, "write")
    assert len(links(page)) == 2
    for link in links(page):
        with at_day(1):
            assert Client().get(link).status_code == 200
    message = page.context["message"]
    assert "direktori Rumah Rekaan" in message["text"], "nobody knows the language: the country's"
    assert all(name in message["text"] for name in ("Invented advice: http", "Invented bed: http"))
    [other] = page.context["others"]
    assert other["language"] == "en" and "Is it still correct?" in other["text"]
    mail = urlsplit(message["mail"])
    assert (mail.scheme, mail.path) == ("mailto", ADDRESS)
    assert parse_qs(mail.query)["body"] == [message["text"].replace("\n", "\r\n")]
    assert [row.by for row in ConfirmationRequest.objects.all()] == [hadi.id] * 2
    assert Entry.objects.get(verb="ask_provider").by == hadi.id
    assert listed(AskingState.LATELY) == [["advice", "bed"]] and listed(AskingState.NOT_YET) == [["other"]]


@DB
def test_providers_are_asked_once_a_week_and_silent_ones_listed_apart(hadi):
    press(hadi, "write")
    again = press(hadi, "write", BED, days=6.9)
    assert again.status_code == 409 and "twice in a week" in again.content.decode()
    assert EntryLink.objects.count() == 2
    assert listed(AskingState.SILENT, days=7.1) == [["advice", "bed"]]
    assert press(hadi, "called", days=7.1).status_code == 302
    assert EntryLink.objects.count() == 2, "a call makes no link"
    assert listed(AskingState.LATELY, days=8) == [["advice", "bed"]]
    with at_day(15):
        page = client_of(hadi).get(reverse("providers_to_ask"), {"show": "SILENT"}).content.decode()
    assert "No answer 2 times." in page and "by Hadi" in page


@DB
def test_confirmed_or_changed_entries_are_no_longer_due(hadi):
    press(hadi, "write")
    freshness.confirm_entry(ADVICE, by=editing(at=at(1)))
    assert listed(AskingState.SILENT, days=8) == [["bed"]]
    propose(BED, {"name.en": "New"}, at=at(2))
    assert listed(AskingState.SILENT, days=8) == listed(AskingState.NOT_YET, days=8)[:-1] == []
    press(hadi, "called", OTHER, days=8)
    draft = proposals.list_waiting()[0]
    proposals.reject_proposal(draft, by=hadi.acting(at=at(9)))
    assert listed(AskingState.NOT_YET, days=20) == [["bed"]], "it answered: it is not silent"
    assert listed(AskingState.SILENT, days=20) == [["other"]]


@DB
def test_requester_can_undo_request_and_links_end(hadi):
    [link, _] = links(press(hadi, "write"))
    organisation = casting.make_workplace("Rumah Lain", "eka", "Eka", at=AT)
    other = casting.join(organisation, "rani", "Rani", Role.DIRECTORY_EDITOR, at=AT)
    assert press(other, "take_back", days=0.1).status_code == 409
    assert press(hadi, "take_back", days=0.1).status_code == 302
    with at_day(0.2):
        assert Client().get(link).status_code == 410
    assert not ConfirmationRequest.objects.exists() and listed(AskingState.NOT_YET)[0] == ["advice", "bed"]
    assert press(hadi, "write", days=0.3).status_code == 200


@DB
def test_link_from_entry_page_counts_as_request(hadi):
    with at_day(0):
        client_of(hadi).post(reverse("entry_link", args=[BED]))
    assert listed(AskingState.LATELY) == [["advice", "bed"]]
    with at_day(1):
        page = client_of(hadi).get(reverse("directory_entry", args=[BED])).content.decode()
    assert "Asked on 25 November 2026 by Hadi." in page
    freshness.confirm_entry(OTHER, by=editing(at=at(0)))
    assert press(hadi, "write", OTHER).status_code == 409
    assert press(hadi, "write", entry_id("nothing")).status_code == 404


@DB
def test_provider_list_is_paged_without_repeats(hadi, monkeypatch):
    monkeypatch.setattr(views, "PROVIDERS_PER_PAGE", 1)
    with at_day(0):
        first = client_of(hadi).get(reverse("providers_to_ask")).content.decode()
        rest = client_of(hadi).get(reverse("providers_to_ask"), {"after": "1"}).content.decode()
    assert ("Invented advice" in first, "Invented other" in first, "after=1" in first) == (True, False, True)
    assert ("Invented advice" in rest, "Invented other" in rest, "after=2" in rest) == (False, True, False)


@DB
def test_editors_are_notified_on_mondays_of_providers_to_ask(hadi):
    freshness.confirm_entry(ADVICE, by=editing())
    freshness.confirm_entry(BED, by=editing())
    freshness.confirm_entry(OTHER, by=editing())
    for days, many in ((60, 0), (61, 1), (62, 0)):
        with at_day(days):
            assert tasks.notify_editors.func() == many, days
    assert Notice.objects.get().worker == hadi.id


@DB
def test_provider_email_cannot_inject_mail_headers(hadi):
    Provider.objects.update(email="a@example.org?bcc=b@example.org&body=x\r\nBcc: c@example.org")
    mail = urlsplit(press(hadi, "write").context["message"]["mail"])
    assert set(parse_qs(mail.query)) == {"subject", "body"}
    assert unquote(mail.path).startswith("a@example.org?bcc=") and "\n" not in mail.path


@pytest.mark.parametrize(
    ("spoken", "language"),
    [
        (("en",), "en"),
        (("id",), "id"),
        (("en", "id"), "id"),
        (("und",), "id"),
        (("en", "km"), "id"),
    ],
)
def test_message_is_in_language_of_entries(spoken, language):
    texts = [{item: "words"} for item in spoken]
    assert freshness.provider_language([*texts, {"en": ""}, {}]) == language


@pytest.mark.parametrize(
    ("confirmed", "proposed", "unanswered"),
    [
        (None, None, 2),
        (date(2026, 11, 1), None, 2),
        (date(2026, 11, 25), None, 1),
        (date(2026, 12, 5), None, 0),
        (None, AT + timedelta(hours=1), 1),
        (None, AT + timedelta(days=30), 0),
    ],
)
def test_count_unanswered(confirmed, proposed, unanswered):
    requests = [(item.date(), item) for item in (AT, AT + timedelta(days=8))]
    assert count_unanswered(requests, confirmed=confirmed, proposed=proposed) == unanswered


@pytest.mark.parametrize(
    ("last_request", "unanswered", "state"),
    [
        (None, 0, AskingState.NOT_YET),
        (AT, 1, AskingState.LATELY),
        (AT - timedelta(days=7.1), 1, AskingState.SILENT),
        (AT - timedelta(days=7.1), 0, AskingState.NOT_YET),
        (AT - timedelta(days=6, hours=23), 0, AskingState.LATELY),
    ],
)
def test_asking_state(last_request, unanswered, state):
    assert asking_state(last_request, unanswered=unanswered, at=AT) is state
