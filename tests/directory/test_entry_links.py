"""Links for providers: confirming, proposing, and expired, forged and repeated links."""

import html
import logging
import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from suar.accounts.roles import Role
from suar.audit.models import Entry
from suar.core import clock
from suar.core.logs import QuietFormatter
from suar.demo import cast as casting
from suar.directory import diff, freshness, proposals, provider_links, queries, revisions, snapshots
from suar.directory.codes import How
from suar.directory.documents import Stamp
from suar.directory.models import EntryLink, Proposal, Service
from tests.directory.entries import AT, HADI, at_place, editing, entry, entry_id, link_to, load, place, provider
from tests.people import client_of

pytestmark = pytest.mark.django_db
BED, OTHER = entry_id("bed"), entry_id("other")
STAMP = Stamp(HADI, AT, How.EDIT)


@pytest.fixture
def token() -> str:
    """Create a link to an entry that was confirmed more than a year ago."""
    old = entry("bed", types=["HOU_MEN"], areas=["32"], assured_date="2025-10-01", service_at_locations=at_place("den"))
    hidden = {"id": str(entry_id("den")), "location_type": "physical", "suar": {"hidden": True}}
    changes = {**provider(old), "locations": [hidden]}
    seen = {
        **provider(
            entry("other", types=["JUS_ADVICE"], areas=["32.74"], service_at_locations=at_place("office")),
            name="elsewhere",
        ),
        "locations": [place("office")],
    }
    assert load(changes, seen).applied
    return link_to(BED)


def address(token: str) -> str:
    return reverse("provider_link", args=[token])


def filled(page: str, **changed: str) -> dict[str, str]:
    """Return the form as a browser sends it, with some fields changed."""
    form = page.partition('value="change"')[0].rpartition("<form")[2]
    sent = dict(re.findall(r'<input type="(?:hidden|text|number)" name="([^"]+)" value="([^"]*)"', form))
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', form):
        sent[name] = re.sub(r"\r\n|\r|\n", "\r\n", html.unescape(text))
    checked = re.findall(r'name="([^"]+)" value="([^"]*)"[^>]*checked', form)
    many: dict[str, list[str]] = {}
    for name, value in checked:
        many.setdefault(name, []).append(value)
    return {**sent, **many, "act": "change", **changed}


def test_opening_link_confirms_nothing(token):
    for method in ("get", "head", "get"):
        assert getattr(Client(), method)(address(token)).status_code == 200
    assert Service.objects.get(id=BED).confirmed.isoformat() == "2025-10-01"
    assert EntryLink.objects.get().turn == 0


def test_confirming_by_link_works_once(token):
    press = {"act": "true", "turn": "0", "over": "1"}
    assert "Thank you" in Client().post(address(token), press).content.decode()
    assert Service.objects.get(id=BED).confirmed == clock.local_date(AT)
    with clock.shifted(timedelta(days=3) + (AT - clock.now())):
        again = Client().post(address(token), press)
    assert (again.status_code, "was already received" in again.content.decode()) == (409, True)
    assert Service.objects.get(id=BED).confirmed == clock.local_date(AT)
    assert Entry.objects.filter(verb="confirm_service").count() == 1


def test_an_entry_states_how_it_was_confirmed_until_a_file_brings_a_newer_day(token):
    def how() -> str:
        return queries.how_confirmed(queries.service_card(BED))

    assert how() == "", "a file does not say it"
    Client().post(address(token), {"act": "true", "turn": "0", "over": "1"})
    assert how() == How.LINK
    revisions.write_revision(BED, lambda document: diff.apply_fields(document, {"name.en": "New"}), STAMP)
    assert how() == How.LINK, "words of another kind change nothing"
    freshness.confirm_entry(BED, by=editing())
    assert how() == How.EDIT
    tomorrow = clock.local_date(AT) + timedelta(days=1)
    assert queries.how_confirmed(replace(queries.service_card(BED), confirmed=tomorrow)) == ""


def test_confirming_overtaken_entry_shows_new_version(token):
    page = Client().get(address(token)).content.decode()
    read = re.search(r'name="over" value="(\d+)"', page)[1]
    revisions.write_revision(
        BED,
        lambda state: replace(state, name={**state.name, "en": "Invented bed, moved"}),
        Stamp(HADI, AT, How.EDIT),
    )
    for over in (read, "", "x"):
        again = Client().post(address(token), {"act": "true", "turn": "0", "over": over})
        assert again.status_code == 409
        assert "Invented bed, moved" in again.content.decode()
        assert "changed while you read it" in again.content.decode()
    assert Service.objects.get(id=BED).confirmed.isoformat() == "2025-10-01"
    newer = re.search(r'name="over" value="(\d+)"', again.content.decode())[1]
    press = {"act": "true", "turn": "0", "over": newer}
    assert Client().post(address(token), press).status_code == 200
    assert Service.objects.get(id=BED).confirmed == clock.local_date(AT)


@pytest.mark.parametrize("turn", ["", "x", "1", "-1", "9" * 30, "٣"])
def test_invalid_turn_changes_nothing(token, turn):
    assert Client().post(address(token), {"act": "true", "turn": turn, "over": "1"}).status_code == 409
    assert Service.objects.get(id=BED).confirmed.isoformat() == "2025-10-01"


def test_unknown_link_returns_404_and_ended_link_410(token):
    forged = Client().get(address("A" * 22))
    assert (forged.status_code, "does not work" in forged.content.decode()) == (404, True)
    with clock.shifted(provider_links.LIFETIME + (AT - clock.now())):
        stale = Client().get(address(token))
        pressed = Client().post(address(token), {"act": "true", "turn": "0", "over": "1"})
    assert (stale.status_code, "no longer works" in stale.content.decode()) == (410, True)
    assert pressed.status_code == 410
    newer = provider_links.create_link(BED, by=editing())
    assert Client().get(address(token)).status_code == 410
    assert Client().get(address(newer)).status_code == 200
    provider_links.end_links(BED, by=editing())
    assert Client().get(address(newer)).status_code == 410
    assert provider_links.open_until(BED, at=AT) is None


def test_link_shows_only_its_entry_without_hidden_place(token):
    page = Client().get(address(token)).content.decode()
    assert "Invented bed" in page
    assert "Hidden place" in page
    for secret in ("Invented other", "Jalan Rekaan", str(OTHER), str(entry_id("den"))):
        assert secret not in page, secret


def test_unchanged_link_form_changes_nothing(token):
    page = Client().get(address(token)).content.decode()
    done = Client().post(address(token), filled(page))
    assert "You changed nothing" in done.content.decode()
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_unchanged_multiline_text_changes_nothing(token, end):
    changes = {"description.en": f"One.{end}Two.{end}", "access.AC_HOW.en": f"Come.{end}{end}Ring."}
    revisions.write_revision(BED, lambda now: diff.apply_fields(now, changes), Stamp(HADI, AT, How.EDIT))
    page = Client().get(address(token)).content.decode()
    sent = filled(page)
    assert sent["access--AC_HOW--en"].count("\r\n") >= 2
    assert "You changed nothing" in Client().post(address(token), sent).content.decode()
    page = Client().get(address(token)).content.decode()
    more = {"access--AC_HOW--en": "Come.\r\n\r\nRing twice.", "note": "One.\r\nTwo."}
    Client().post(address(token), filled(page, **more))
    draft = Proposal.objects.get()
    assert draft.content == {"access.AC_HOW.en": "Come.\n\nRing twice."}
    assert draft.note == "One.\nTwo."


def test_link_proposal_waits_and_confirms_nothing(token):
    page = Client().get(address(token)).content.decode()
    sent = filled(page, **{"phone-1-number": "+62 000 0000 0777", "note": "new number"})
    assert "We received your changes" in Client().post(address(token), sent).content.decode()
    draft = Proposal.objects.get()
    assert (draft.by, draft.note, set(draft.content)) == (None, "new number", {"phones"})
    assert draft.content["phones"] == [{"number": "+62 000 0000 0777", "words": {}}]
    assert Service.objects.get(id=BED).confirmed.isoformat() == "2025-10-01"
    assert not snapshots.load_services([BED])[BED].phones
    assert Client().post(address(token), sent).status_code == 409
    assert Proposal.objects.count() == 1


def test_overtaken_link_form_shows_difference_and_keeps_input(token):
    page = Client().get(address(token)).content.decode()
    changes = {"name.en": "Renamed here"}
    revisions.write_revision(BED, lambda now: diff.apply_fields(now, changes), Stamp(HADI, AT, How.EDIT))
    late = Client().post(address(token), filled(page, **{"name--en": "Named by us"}))
    words = late.content.decode()
    assert late.status_code == 409
    assert "Renamed here" in words
    assert 'value="Named by us"' in words
    assert not Proposal.objects.exists()
    turn = EntryLink.objects.get().turn
    assert turn == 0, "what was refused takes no turn"
    again = Client().post(address(token), filled(words))
    assert "We received your changes" in again.content.decode()
    assert Proposal.objects.get().content["name.en"] == "Named by us"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name--en", "Bed at Jalan Melati 4"),
        ("hour-1-opens", "8"),
        ("over", "x"),
        ("phone-1-number", "javascript:alert(1)"),
        ("phone-1-number", "Jl. Melati 4"),
        ("name--en", "=cmd|' /C calc'!A0"),
        ("phone-1-en", "@SUM(1)"),
        ("description--en", "a\u202eb"),
        ("let_in--age_min", "-1"),
        ("status", "DROP"),
        ("name--en", "x" * 201),
    ],
)
def test_invalid_link_form_shows_error_and_stores_nothing(token, name, value):
    page = Client().get(address(token)).content.decode()
    answer = Client().post(address(token), filled(page, **{name: value}))
    assert answer.status_code == 400
    assert name == "status" or html.escape(value) in answer.content.decode(), "what was typed stays"
    assert not Proposal.objects.exists()


def test_logs_contain_no_link_token(token):
    request = Client().get(address(token)).wsgi_request
    record = logging.LogRecord("django.request", 30, "", 0, "Gone: %s", (address(token),), None)
    record.request, record.status_code = request, 410
    line = QuietFormatter("%(message)s").format(record)
    assert token not in line
    assert "provider_link" in line


def test_editor_sees_link_once(token):
    organisation = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT)
    hadi = client_of(casting.join(organisation, "hadi", "Hadi", Role.DIRECTORY_EDITOR, at=AT))
    made = hadi.post(reverse("entry_link", args=[BED])).content.decode()
    [result] = set(re.findall(r"/e/([\w-]{22})", made))
    assert Client().get(address(result)).status_code == 200
    assert result not in hadi.get(reverse("directory_entry", args=[BED])).content.decode()
    assert Client().get(address(token)).status_code == 410
    hadi.post(reverse("entry_link", args=[BED]), {"act": "end"})
    assert Client().get(address(result)).status_code == 410


def test_only_digest_of_token_is_stored(token):
    [row] = EntryLink.objects.values()
    assert token not in str(row)
    assert UUID(str(row["service_id"])) == BED
    assert not proposals.list_waiting(BED)
