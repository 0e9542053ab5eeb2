"""Pages for editors: list, change, check, restore, reports."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse

from suar.core.refusals import NotYours
from suar.directory import actions, diff, error_reports, freshness, queries, snapshots
from suar.directory.forms.entry import EntryForm
from suar.directory.models import ErrorReport, Proposal
from tests.directory.additions import assert_error_in_open_group
from tests.directory.entries import AT, at_place, editing, entry, entry_id, load, propose, provider
from tests.html import squeeze

pytestmark = pytest.mark.django_db
BED = entry_id("bed")
DAYS = {"fresh": 5, "soon": 70, "now": 150, "gone": 400}


@pytest.fixture
def entries() -> None:
    """Import entries of every age and one unconfirmed."""
    stated = [
        entry(name, types=["HOU_MEN"], areas=["32.74"], assured_date=(AT - timedelta(days=old)).date().isoformat())
        for name, old in DAYS.items()
    ]
    unconfirmed = entry("never", types=["JUS_ADVICE"], areas=["32.74"])
    del unconfirmed["assured_date"]
    closed = entry("bed", types=["HOU_MEN"], areas=["32.74"])
    assert load(provider(*stated, unconfirmed, closed)).applied


def listed(show: str) -> list[str]:
    return [card.name.removeprefix("Invented ") for card in freshness.list_entries(show).cards]


def test_entry_list_orders_by_age_unconfirmed_first(entries) -> None:
    assert listed("ask") == ["never", "gone", "now", "soon"]
    assert listed("now") == ["never", "gone", "now"]
    assert listed("hidden") == ["gone"]
    assert listed("closed") == []
    assert set(listed("")) == {"fresh", "soon", "now", "never", "bed"}
    assert freshness.count_waiting() == {"drafts": 0, "imports": 0, "wrong": 0, "now": 3}


def test_entry_list_is_paged(entries, monkeypatch) -> None:
    monkeypatch.setattr(freshness, "ENTRIES_PER_PAGE", 1)
    after, result = "", []
    while True:
        page = freshness.list_entries("ask", after=after)
        result += [card.name for card in page.cards]
        after = page.next
        if not after:
            break
    assert result == [f"Invented {name}" for name in ("never", "gone", "now", "soon")]
    assert freshness.list_entries("ask", after="x_y").cards == freshness.list_entries("ask").cards


def test_draft_is_checked_and_published_by_second_editor(entries, editors) -> None:
    hadi, rani = editors
    page = hadi.get(reverse("edit_entry", args=[BED]))
    assert "A colleague checks it" in page.content.decode()
    sent = {"over": "1", "status": "active", "name--und": "A new name", "types": ["HOU_MEN"], "areas": ["32.74"]}
    written = hadi.post(reverse("edit_entry", args=[BED]), sent)
    draft = Proposal.objects.get()
    assert written.url == reverse("entry_draft", args=[draft.id])
    own = hadi.post(written.url, {"act": "check", "over": "1"})
    assert (own.status_code, "You wrote this draft" in own.content.decode()) == (400, True)
    assert "Publish" in rani.post(written.url, {"act": "check", "over": "1"}, follow=True).content.decode()
    assert rani.post(written.url, {"act": "publish", "over": "1"}).url == reverse("directory_entry", args=[BED])
    assert queries.public_card(BED).name == "A new name"
    old = rani.post(reverse("entry_history", args=[BED]), {"number": "1", "over": "1"})
    assert (old.status_code, "changed this entry in the meantime" in old.content.decode()) == (409, True)
    back = rani.post(reverse("entry_history", args=[BED]), {"number": "1", "over": "2"})
    assert rani.post(back.url, {"act": "check", "over": "2"}).status_code == 400
    for act in ("check", "publish"):
        hadi.post(back.url, {"act": act, "over": "2"})
    assert queries.public_card(BED).name == "Invented bed"
    history = rani.get(reverse("entry_history", args=[BED])).content.decode()
    for words in ("Version 3", "Hadi", "A new name", "an older version was restored"):
        assert words in history


def test_line_ends_of_browsers_are_no_change(entries, editors) -> None:
    hadi, rani = editors
    sent = {
        "over": "1",
        "status": "active",
        "name--und": "Invented bed",
        "types": ["HOU_MEN"],
        "areas": ["32.74"],
        "description--en": "One.\r\nTwo.",
    }
    hadi.post(reverse("edit_entry", args=[BED]), sent)
    first = Proposal.objects.get()
    assert first.content["description.en"] == "One.\nTwo."
    for act in ("check", "publish"):
        rani.post(reverse("entry_draft", args=[first.id]), {"act": act, "over": "1"})
    again = hadi.post(reverse("edit_entry", args=[BED]), {**sent, "over": "2"})
    assert again.url == reverse("directory_entry", args=[BED])
    assert Proposal.objects.count() == 1


def test_draft_with_district_of_hidden_place_needs_tick(editors) -> None:
    hadi, rani = editors
    den = {"id": str(entry_id("den")), "location_type": "physical", "suar": {"hidden": True}}
    for name in ("bed", "two"):
        stated = entry(name, types=["HOU_MEN"], areas=["32"], service_at_locations=at_place("den"))
        load({**provider(stated), "locations": [den]})
    named = propose(BED, {"name.en": "Bed in Kota Cirebon"})
    address = reverse("entry_draft", args=[named])
    assert "everybody will be able to read these names: Kota Cirebon" in hadi.get(address).content.decode()
    for act in ("check", "publish"):
        unseen = hadi.post(address, {"act": act, "over": "1"})
        assert (unseen.status_code, "Check them in a draft" in unseen.content.decode()) == (
            400,
            True,
        )
        done = hadi.post(address, {"act": act, "seen": "on", "over": "1"})
    assert (done.status_code, queries.public_card(BED).name) == (302, "Bed in Kota Cirebon")
    over = {"over": "1", "other": ["name.en"]}
    merged = hadi.post(reverse("merge_entries", args=[entry_id("two"), BED]), over)
    unseen = rani.post(merged.url, {"act": "check", "over": "1"})
    assert (unseen.status_code, "Check them in a draft" in unseen.content.decode()) == (400, True)


def test_refused_change_shows_error_in_open_group(editors) -> None:
    den = {"id": str(entry_id("den")), "location_type": "physical", "suar": {"hidden": True}}
    stated = entry("bed", types=["HOU_MEN"], areas=["32"], service_at_locations=at_place("den"))
    assert load({**provider(stated), "locations": [den]}).applied
    sent = {"over": "1", "status": "active", "name--und": "Bed", "types": ["HOU_MEN"], "areas": ["32"]}
    for name, typed, words in (
        ("access--AC_BRING--en", "Come to Jalan Rekaan 7", "no text may name a street"),
        ("let_in--age_max", "17", "The lowest age is higher than the highest age."),
    ):
        wrong = {**sent, "let_in--age_min": "18", name: typed}
        answer = editors[0].post(reverse("edit_entry", args=[BED]), wrong)
        page = answer.content.decode()
        assert (answer.status_code, page.count(words)) == (400, 2)
        assert_error_in_open_group(page, name, words)
        assert typed in page
    assert not Proposal.objects.exists()


def test_repeated_rows_have_numbered_labels(editors) -> None:
    gate = [{"id": str(entry_id(name)), "number": f"+62 000 0000 010{name}"} for name in "12"]
    assert load(provider(entry("bed", types=["HOU_MEN"], areas=["32"], phones=gate))).applied
    page = squeeze(editors[0].get(reverse("edit_entry", args=[BED])).content)
    for number in (1, 2, 3):
        assert f'<label for="id_phone-{number}-number">Telephone {number}</label>' in page
    assert "<legend>Days 1</legend>" in page
    assert "Telephone 4" not in page


def test_overtaken_edit_shows_difference_and_keeps_input(entries, editors) -> None:
    hadi, rani = editors
    first = {"over": "1", "name--und": "First", "status": "active", "types": ["HOU_MEN"]}
    hadi.post(reverse("edit_entry", args=[BED]), first)
    draft = reverse("entry_draft", args=[Proposal.objects.get().id])
    for act in ("check", "publish"):
        rani.post(draft, {"act": act, "over": "1"})
    late = rani.post(reverse("edit_entry", args=[BED]), {**first, "name--und": "Second"})
    words = late.content.decode()
    assert late.status_code == 409
    assert "Somebody changed this entry in the meantime" in words
    assert "First" in words
    assert 'value="Second"' in words
    assert 'name="over" value="2"' in words
    assert queries.public_card(BED).name == "First"


def test_reports_are_listed_settled_and_entry_hidden(entries, editors) -> None:
    hadi, _rani = editors
    for kind in ("NUMBER", "UNSAFE", "UNSAFE"):
        error_reports.record_report(BED, kind, at=AT)
    page = hadi.get(reverse("directory_entry", args=[BED])).content.decode()
    assert page.index("It is not safe") < page.index("The number is wrong")
    assert "2 times" in page
    assert "Reported as wrong: 2" in hadi.get(reverse("directory")).content.decode()
    hadi.post(reverse("hide_entry", args=[BED]))
    with pytest.raises(NotYours):
        queries.public_card(BED)
    assert listed("closed") == ["bed"]
    assert listed("wrong") == ["bed"]
    hadi.post(reverse("settle_reports", args=[BED]))
    assert error_reports.list_open_reports() == []
    assert "It is not safe" not in hadi.get(reverse("directory_entry", args=[BED])).content.decode()


def test_report_stores_code_day_and_limited_count(entries, monkeypatch) -> None:
    for _ in range(error_reports.MAX_TIMES + 5):
        error_reports.record_report(BED, "CLOSED", at=AT)
    [row] = ErrorReport.objects.values()
    assert row["times"] == error_reports.MAX_TIMES
    assert set(row) == {
        "id",
        "service_id",
        "kind",
        "day",
        "times",
        "settled_at",
        "settled_by_id" if "settled_by_id" in row else "settled_by",
    }
    monkeypatch.setattr(error_reports, "MAX_A_DAY", 1)
    error_reports.record_report(BED, "MONEY", at=AT)
    assert ErrorReport.objects.count() == 1
    error_reports.record_report(BED, "MONEY", at=AT + timedelta(days=1))
    assert ErrorReport.objects.count() == 2
    for service, kind in ((BED, "STORY"), (entry_id("nothing"), "CLOSED")):
        with pytest.raises(NotYours):
            error_reports.record_report(service, kind, at=AT)
    assert queries.public_card(BED).id == BED, "a count hides nothing by itself"


def test_repeated_report_after_settling_waits_again(entries) -> None:
    error_reports.record_report(BED, "UNSAFE", at=AT)
    actions.settle_reports(BED, by=editing())
    assert error_reports.list_open_reports() == []
    assert error_reports.record_report(BED, "UNSAFE", at=AT + timedelta(hours=1))
    [row] = error_reports.list_open_reports()
    assert (row.times, row.settled_by) == (1, None)


def test_flood_of_reports_leaves_room_for_unsafe(entries, monkeypatch) -> None:
    monkeypatch.setattr(error_reports, "MAX_A_DAY", 1)
    assert error_reports.record_report(BED, "MONEY", at=AT)
    assert not error_reports.record_report(entry_id("now"), "HOURS", at=AT)
    assert error_reports.record_report(entry_id("now"), "UNSAFE", at=AT)
    assert not error_reports.record_report(BED, "UNSAFE", at=AT)


def test_unsafe_reports_are_listed_first_on_all_pages(entries, monkeypatch) -> None:
    names = sorted(["bed", "fresh", "soon", "now"], key=entry_id)
    for name in names[:-1]:
        error_reports.record_report(entry_id(name), "CLOSED", at=AT)
    error_reports.record_report(entry_id(names[-1]), "UNSAFE", at=AT)
    monkeypatch.setattr(freshness, "ENTRIES_PER_PAGE", 3)
    first = freshness.list_entries("wrong")
    second = freshness.list_entries("wrong", after=first.next)
    result = [card.name.removeprefix("Invented ") for card in (*first.cards, *second.cards)]
    assert (result[0], set(result), len(result)) == (names[-1], set(names), 4)
    assert (len(second.cards), second.next) == (1, "")


def test_an_editor_says_that_a_number_takes_messages_only(entries) -> None:
    [document] = snapshots.load_services([entry_id("fresh")]).values()
    flat = {**diff.flatten(document), "phones": [{"number": "+62 000 0000 0201", "words": {}, "type": "fax"}]}
    for type_, kept in (("text", {"type": "text"}), ("fax", {"type": "fax"}), ("", {})):
        typed = QueryDict(mutable=True)
        typed.update({"over": "1", "phone-1-number": "+62 000 0000 0201", "phone-1-type": type_})
        form = EntryForm(typed, entry=flat, revision=1)
        form.is_valid()
        assert "phone-1-type" not in form.errors
        assert form.values()["phones"] == [{"number": "+62 000 0000 0201", "words": {}, **kept}]
