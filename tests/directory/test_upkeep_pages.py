"""The editors' pages: entries by age, a change, its check by a second person, undoing, reports."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from suar.accounts.roles import Role
from suar.core.refusals import NotYours
from suar.demo import cast as casting
from suar.directory import actions, error_reports, freshness, queries
from suar.directory.codes import ErrorKind
from suar.directory.models import ErrorReport, Proposal
from tests.directory.additions import blamed_in_an_open_fold
from tests.directory.entries import AT, at_place, editing, entry, found_id, load, propose, provider
from tests.html import squeeze
from tests.people import client_of

pytestmark = pytest.mark.django_db
BED = found_id("bed")
DAYS = {"fresh": 5, "soon": 70, "now": 150, "gone": 400}


@pytest.fixture
def editors() -> tuple[Client, ...]:
    """Give the browsers of Hadi and Rani, who edit the directory of one house."""
    house = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT)
    names = ("hadi", "rani")
    return tuple(client_of(casting.join(house, name, name.title(), Role.DIRECTORY_EDITOR, at=AT)) for name in names)


@pytest.fixture
def entries() -> None:
    """Take over entries of every age, and one that nobody ever assured."""
    told = [
        entry(name, types=["HOU_MEN"], areas=["32.74"], assured_date=(AT - timedelta(days=old)).date().isoformat())
        for name, old in DAYS.items()
    ]
    never = entry("never", types=["JUS_ADVICE"], areas=["32.74"])
    del never["assured_date"]
    closed = entry("bed", types=["HOU_MEN"], areas=["32.74"])
    assert load(provider(*told, never, closed)).applied


def listed(show: str) -> list[str]:
    return [card.name.removeprefix("Invented ") for card in freshness.list_entries(show).cards]


def test_the_list_is_by_age_the_oldest_first_and_never_assured_before_all(entries) -> None:
    assert listed("ask") == ["never", "gone", "now", "soon"]
    assert listed("now") == ["never", "gone", "now"]
    assert listed("hidden") == ["gone"]
    assert listed("closed") == []
    assert set(listed("")) == {"fresh", "soon", "now", "never", "bed"}
    assert freshness.count_waiting() == {"drafts": 0, "imports": 0, "wrong": 0, "now": 3}


def test_a_long_list_goes_on_where_it_ended(entries, monkeypatch) -> None:
    monkeypatch.setattr(freshness, "ENTRIES_PER_PAGE", 1)
    after, found = "", []
    while True:
        page = freshness.list_entries("ask", after=after)
        found += [card.name for card in page.cards]
        after = page.next
        if not after:
            break
    assert found == [f"Invented {name}" for name in ("never", "gone", "now", "soon")]
    assert freshness.list_entries("ask", after="x_y").cards == freshness.list_entries("ask").cards


def test_an_editor_writes_a_draft_and_another_checks_and_publishes_it(entries, editors) -> None:
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


def test_the_ends_of_lines_that_a_browser_sends_are_no_change(entries, editors) -> None:
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


def test_an_editor_ticks_that_a_draft_names_the_district_of_a_hidden_place(editors) -> None:
    hadi, rani = editors
    den = {"id": str(found_id("den")), "location_type": "physical", "suar": {"hidden": True}}
    for name in ("bed", "two"):
        told = entry(name, types=["HOU_MEN"], areas=["32"], service_at_locations=at_place("den"))
        load({**provider(told), "locations": [den]})
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
    merged = hadi.post(reverse("merge_entries", args=[found_id("two"), BED]), over)
    unseen = rani.post(merged.url, {"act": "check", "over": "1"})
    assert (unseen.status_code, "Check them in a draft" in unseen.content.decode()) == (400, True)


def test_what_no_entry_may_hold_is_said_beside_its_field_which_is_unfolded(editors) -> None:
    den = {"id": str(found_id("den")), "location_type": "physical", "suar": {"hidden": True}}
    told = entry("bed", types=["HOU_MEN"], areas=["32"], service_at_locations=at_place("den"))
    assert load({**provider(told), "locations": [den]}).applied
    sent = {"over": "1", "status": "active", "name--und": "Bed", "types": ["HOU_MEN"], "areas": ["32"]}
    for name, typed, words in (
        ("access--AC_BRING--en", "Come to Jalan Rekaan 7", "no text may name a street"),
        ("let_in--age_max", "17", "The lowest age is higher than the highest age."),
    ):
        wrong = {**sent, "let_in--age_min": "18", name: typed}
        answer = editors[0].post(reverse("edit_entry", args=[BED]), wrong)
        page = answer.content.decode()
        assert (answer.status_code, page.count(words)) == (400, 2)
        blamed_in_an_open_fold(page, name, words)
        assert typed in page
    assert not Proposal.objects.exists()


def test_rows_that_are_alike_are_told_apart_by_their_number(editors) -> None:
    gate = [{"id": str(found_id(name)), "number": f"+62 000 0000 010{name}"} for name in "12"]
    assert load(provider(entry("bed", types=["HOU_MEN"], areas=["32"], phones=gate))).applied
    page = squeeze(editors[0].get(reverse("edit_entry", args=[BED])).content)
    for number in (1, 2, 3):
        assert f'<label for="id_phone-{number}-number">Telephone {number}</label>' in page
    assert "<legend>Days 1</legend>" in page
    assert "Telephone 4" not in page


def test_two_editors_of_one_edition_the_later_sees_the_earlier_and_keeps_her_words(entries, editors) -> None:
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


def test_what_readers_said_is_shown_and_settled_and_an_editor_hides_at_once(entries, editors) -> None:
    hadi, _rani = editors
    for kind in (ErrorKind.NUMBER, ErrorKind.UNSAFE, ErrorKind.UNSAFE):
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
    hadi.post(reverse("settle_wrong", args=[BED]))
    assert error_reports.list_open_reports() == []
    assert "It is not safe" not in hadi.get(reverse("directory_entry", args=[BED])).content.decode()


def test_a_report_keeps_a_code_a_day_and_a_count_that_ends_early(entries, monkeypatch) -> None:
    for _ in range(error_reports.MAX_TIMES + 5):
        error_reports.record_report(BED, ErrorKind.CLOSED, at=AT)
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
    monkeypatch.setattr(error_reports, "MOST_A_DAY", 1)
    error_reports.record_report(BED, ErrorKind.MONEY, at=AT)
    assert ErrorReport.objects.count() == 1
    error_reports.record_report(BED, ErrorKind.MONEY, at=AT + timedelta(days=1))
    assert ErrorReport.objects.count() == 2
    for service, kind in ((BED, "STORY"), (found_id("nothing"), ErrorKind.CLOSED)):
        with pytest.raises(NotYours):
            error_reports.record_report(service, kind, at=AT)
    assert queries.public_card(BED).id == BED, "a count hides nothing by itself"


def test_what_is_said_after_an_editor_looked_into_it_waits_again_on_the_same_day(entries) -> None:
    error_reports.record_report(BED, ErrorKind.UNSAFE, at=AT)
    actions.settle_reports(BED, by=editing())
    assert error_reports.list_open_reports() == []
    assert error_reports.record_report(BED, ErrorKind.UNSAFE, at=AT + timedelta(hours=1))
    [row] = error_reports.list_open_reports()
    assert (row.times, row.settled_by) == (1, None)


def test_a_flood_of_smaller_things_leaves_room_for_what_is_unsafe(entries, monkeypatch) -> None:
    monkeypatch.setattr(error_reports, "MOST_A_DAY", 1)
    assert error_reports.record_report(BED, ErrorKind.MONEY, at=AT)
    assert not error_reports.record_report(found_id("now"), ErrorKind.HOURS, at=AT)
    assert error_reports.record_report(found_id("now"), ErrorKind.UNSAFE, at=AT)
    assert not error_reports.record_report(BED, ErrorKind.UNSAFE, at=AT)


def test_what_is_unsafe_stands_first_in_the_list_and_no_page_of_it_is_lost(entries, monkeypatch) -> None:
    names = sorted(["bed", "fresh", "soon", "now"], key=found_id)
    for name in names[:-1]:
        error_reports.record_report(found_id(name), ErrorKind.CLOSED, at=AT)
    error_reports.record_report(found_id(names[-1]), ErrorKind.UNSAFE, at=AT)
    monkeypatch.setattr(freshness, "ENTRIES_PER_PAGE", 3)
    first = freshness.list_entries("wrong")
    second = freshness.list_entries("wrong", after=first.next)
    found = [card.name.removeprefix("Invented ") for card in (*first.cards, *second.cards)]
    assert (found[0], set(found), len(found)) == (names[-1], set(names), 4)
    assert (len(second.cards), second.next) == (1, "")
