"""Editions: what gets in, what is told of changes, and the same bytes for the same edition."""

from datetime import timedelta

import pytest

from suar.audit.models import Entry
from suar.core.environment import Mode
from suar.core.refusals import NotYours, Refused
from suar.directory import freshness as directory
from suar.website.print import actions, booklet, pdf, queries
from suar.website.print.models import Edition, Layout, Paper
from tests.booklets.printing import AT, CITY, bed, clinic, load, made, printed, with_place
from tests.directory.entries import editing, entry_id, place, provider
from tests.hsds.files import an_id

pytestmark = pytest.mark.django_db
NEXT_DAY = AT + timedelta(days=1)


def test_only_open_services_that_a_person_confirmed_within_the_year_are_printed():
    never = bed("never")
    del never["assured_date"]
    load(
        with_place(
            never,
            bed("fresh", assured_date="2026-11-20"),
            bed("closed", status="inactive"),
            bed("a year", assured_date="2025-11-25", types=["JUS_WAGES"]),
            bed("too old", assured_date="2025-11-24", types=["JUS_WAGES"]),
            bed("its own clock ran out", assured_date="2025-12-20"),
        )
    )
    text = printed(made()).text
    names = {
        name
        for name in ("fresh", "a year", "too old", "never", "closed", "its own clock ran out")
        if f"Invented {name}" in text
    }
    assert names == {"fresh", "a year"}


def test_a_booklet_holds_what_is_in_the_district_or_for_it_its_province_or_the_country():
    load(
        with_place(
            bed("here"),
            bed("wide", areas=["32"]),
            bed("all", areas=["NATIONAL"]),
            bed("other", areas=["31.71"]),
            clinic("stands here", areas=["31.71"]),
        )
    )
    found = names_in(CITY)
    assert found == {f"Invented {name}" for name in ("here", "wide", "all", "stands here")}
    province = names_in("32")
    assert province == found
    jakarta = names_in("31.71")
    assert jakarta == {f"Invented {name}" for name in ("all", "other", "stands here")}


def names_in(where):
    content, _listed = booklet.build(where, language="en", day=AT.date())
    return {entry["name"] for entry in content["entries"]}


def test_a_hidden_place_stands_there_without_address_and_moving_it_changes_no_byte():
    kept = {}
    for street in ("Jalan Rahasia 1", "Jalan Lain 99"):
        secret = place(
            "corner",
            suar={"district": CITY, "hidden": True},
            addresses=[
                {
                    "id": an_id("a"),
                    "address_1": street,
                    "city": "Rekaan",
                    "state_province": "Rekaan",
                    "postal_code": "00000",
                    "country": "ID",
                    "address_type": "physical",
                }
            ],
        )
        load(provider(clinic(), locations=[secret]))
        edition = made()
        kept[street] = {form: queries.get_pdf(edition, form) for form in Layout}
        assert "Jalan" not in printed(edition).text
        assert "The place is kept secret" in printed(edition).text
    first, second = kept.values()
    assert first == second


def test_an_edition_lists_new_changed_and_removed_entries():
    load(with_place(bed("stays"), bed("changes"), bed("goes")))
    assert queries.get_edition(id=made()).changes["first"]
    load(
        with_place(
            bed("stays", assured_date="2026-11-25"),
            bed("changes", cost="PARTLY"),
            bed("goes", status="inactive"),
            bed("comes"),
        )
    )
    edition = queries.get_edition(id=made(at=NEXT_DAY))
    assert edition.number == 2
    assert edition.changes == {
        "first": False,
        "new": ["Invented comes"],
        "changed": ["Invented changes"],
        "gone": ["Invented goes"],
    }
    last = printed(edition.id).texts[-1]
    assert "Compared with edition 1" in last
    assert "New • Invented comes Changed • Invented changes No longer here • Invented goes" in last


def test_an_entry_that_was_only_confirmed_again_has_not_changed():
    load(with_place(bed()))
    made()
    directory.confirm_entry(entry_id("bed"), by=editing(at=NEXT_DAY))
    edition = queries.get_edition(id=made(at=NEXT_DAY))
    assert not any(edition.changes.values())
    assert "Nothing has changed except the days" in printed(edition.id).texts[-1]


def test_pressed_twice_it_is_made_once_and_counted_for_each_place_and_language():
    load(with_place(bed(areas=["NATIONAL"])))
    first = made()
    assert made() == first
    assert [
        queries.get_edition(id=item).number
        for item in (
            made(language="id"),
            made(where="31.71"),
            made(at=NEXT_DAY),
        )
    ] == [1, 1, 2]
    assert Entry.objects.filter(verb="make_booklet").count() == 4


def test_the_same_edition_has_the_same_bytes_when_the_directory_has_moved_on():
    load(with_place(bed(), clinic()))
    edition = made()
    actions.render_rest(edition)
    before = {form: queries.get_stored_pdf(edition, form) for form in Layout}
    load(with_place(bed(cost="FULL"), clinic(status="inactive")))
    made(at=NEXT_DAY)
    assert queries.get_stored_pdf(edition, Layout.A5) is None
    assert {form: queries.get_pdf(edition, form) for form in Layout} == before
    assert len(set(before.values())) == len(Layout)


def test_the_hour_and_the_editor_change_no_byte():
    load(with_place(bed()))
    edition = made()
    row = Edition.objects.get(id=edition)
    later = queries.get_content(edition)
    row.delete()
    again = actions.make_edition(CITY, language="en", by=entry_id("else"), at=AT + timedelta(hours=3))
    assert queries.get_pdf(again, Layout.A5) == pdf.render(later, Layout.A5)


def test_only_the_newest_edition_keeps_its_files_in_all_forms():
    load(with_place(bed()))
    old = made()
    assert (actions.render_rest(old), actions.render_rest(old)) == (3, 0)
    new = made(at=NEXT_DAY)
    assert actions.render_rest(new) == 3
    assert actions.render_rest(old) == 0
    assert actions.render_rest(entry_id("none")) == 0
    assert set(Paper.objects.values_list("edition", "form")) == {(new, form) for form in Layout}


def test_an_edition_is_offered_until_its_last_day():
    load(with_place(bed()))
    made()
    assert [item.number for item in queries.list_valid(on=(AT + timedelta(days=180)).date())] == [1]
    assert not queries.list_valid(on=(AT + timedelta(days=181)).date()).exists()


def test_without_a_confirmed_entry_nothing_is_made():
    with pytest.raises(Refused, match="nothing_confirmed"):
        made()
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    ("where", "language"), [("99.99", "en"), ("NATIONAL", "en"), ("SEA", "en"), ("", "en"), (CITY, "xx"), (CITY, "")]
)
def test_a_place_or_a_language_that_is_none_of_ours_is_refused(where, language):
    load(with_place(bed(areas=["NATIONAL"])))
    with pytest.raises(Refused, match="unknown_place_or_language"):
        made(where=where, language=language)


def test_a_live_site_makes_booklets_in_checked_languages_only(settings):
    assert {code for code, _ in booklet.languages()} >= {"en", "id", "km", "ar"}
    settings.SUAR_MODE = Mode.RUN
    settings.SUAR_COUNTRY = "ID"
    assert [code for code, _ in booklet.languages()] == ["en", "id"]
    load(with_place(bed()))
    with pytest.raises(Refused, match="unknown_place_or_language"):
        made(language="km")


def test_what_is_absent_is_absent():
    nobody = entry_id("none")
    for ask in (
        lambda: queries.get_edition(id=nobody),
        lambda: queries.get_edition(place=CITY, language="en", number=1),
        lambda: queries.get_pdf(nobody, Layout.CARD),
    ):
        with pytest.raises(NotYours):
            ask()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("32.74", "32.74"),
        ("kota cirebon", "32.74"),
        (" Cirebon City ", "32.74"),
        ("32", "32"),
        ("Jawa Barat", "32"),
        ("SEA", ""),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_a_place_is_known_by_its_code_or_name(typed, code):
    assert booklet.find_place(typed) == code
