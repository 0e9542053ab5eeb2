"""A file over an entry that was changed here: nothing is overwritten silently."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from suar.accounts.roles import Role
from suar.demo import cast as casting
from suar.directory import diff, freshness, queries, revisions, snapshots
from suar.directory.codes import How, Status
from suar.directory.documents import ImportPlan, Stamp
from suar.directory.models import MergedEntry
from suar.hsds import files
from tests.directory.entries import AT, HADI, apply, at_place, editing, entry, found_id, load, place, provider
from tests.hsds.files import as_json
from tests.hsds.test_screens import choose
from tests.people import client_of

pytestmark = pytest.mark.django_db
BED = found_id("bed")
PHONE = [{"id": str(found_id("phone")), "number": "+62 000 0000 0001", "type": "voice"}]


def told(**more: Any) -> dict[str, Any]:
    return provider({**entry("bed", types=["HOU_MEN"], areas=["32.74"]), **more})


def changed_here(**fields: Any) -> None:
    def change(now):
        return diff.apply_fields(now, {way.replace("__", "."): v for way, v in fields.items()})

    revisions.write_revision(BED, change, Stamp(HADI, AT, How.EDIT), over=None)


def taken(file: dict[str, Any], *, taking: tuple[str, ...] = (), dry_run: bool = False) -> ImportPlan:
    return apply(files.parse(as_json(file)), taking=taking, dry_run=dry_run)


@pytest.fixture(autouse=True)
def bed() -> None:
    """Take an entry over and change its name here."""
    assert load(told()).applied
    changed_here(name__und="Named here")


def name() -> str:
    return snapshots.load_services([BED])[BED].name["und"]


def test_the_same_file_again_changes_nothing_and_asks_nothing() -> None:
    report = taken(told())
    assert (report.conflicts, report.unchanged.services) == ([], 1)
    assert name() == "Named here"


def test_what_only_the_file_changed_is_taken_and_what_we_changed_stays() -> None:
    report = taken(told(phones=PHONE))
    assert (report.conflicts, report.changed.services) == ([], 1)
    assert name() == "Named here"
    assert snapshots.load_services([BED])[BED].phones[0]["number"] == "+62 000 0000 0001"
    assert revisions.current_revision(BED).how == How.JOIN
    assert taken(told(phones=PHONE, name="Invented bed")).conflicts == []
    assert name() == "Named here"


def test_what_both_changed_is_shown_with_both_values_and_ours_stays_until_chosen() -> None:
    for dry_run in (True, False):
        [conflict] = taken(told(name="Named there"), dry_run=dry_run).conflicts
        assert (conflict.path, conflict.ours, conflict.theirs) == ("name.und", "Named here", "Named there")
        assert name() == "Named here"
    report = taken(told(name="Named there"), taking=(conflict.key,))
    assert (report.conflicts, name()) == ([], "Named there")
    assert revisions.current_revision(BED).how == How.IMPORT
    assert revisions.list_revisions(BED)[1].document.name == {"und": "Named here"}


def test_a_conflict_that_was_settled_is_asked_about_again_only_when_the_file_says_more() -> None:
    [conflict] = taken(told(name="Named there", phones=PHONE)).conflicts
    assert conflict.path == "name.und"
    assert taken(told(name="Named there", phones=PHONE)).conflicts == []
    other = [{**PHONE[0], "number": "+62 000 0000 0002"}]
    report = taken(told(name="Named there", phones=other))
    assert (report.conflicts, report.changed.services) == ([], 1)
    assert (name(), snapshots.load_services([BED])[BED].phones[0]["number"]) == ("Named here", "+62 000 0000 0002")
    [conflict] = taken(told(name="Named anew", phones=other)).conflicts
    assert (conflict.ours, conflict.theirs) == ("Named here", "Named anew")
    said = [revision.document.name["und"] for revision in revisions.list_revisions(BED)]
    assert said == ["Named here", "Named there", "Named here", "Named there", "Named here", "Invented bed"]


def test_a_day_of_assurance_here_is_never_set_back_by_a_file() -> None:
    freshness.confirm_entry(BED, by=editing())
    taken(told(phones=PHONE))
    card = queries.service_card(BED)
    assert card.confirmed == AT.date()


def test_an_entry_that_is_one_with_another_is_left_out_and_said() -> None:
    load(provider(entry("other", types=["HOU_MEN"], areas=["32.74"]), name="elsewhere"))
    MergedEntry.objects.create(old=BED, new_id=found_id("other"))
    revisions.hide_entry(BED, by=editing())
    report = taken(told(name="Named there"))
    assert [item.why for item in report.left_out] == ["was_merged"]
    assert snapshots.load_services([BED])[BED].status == Status.CLOSED_FOR_NOW


def test_an_editor_sees_both_values_and_chooses_the_file_s() -> None:
    house = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT - timedelta(days=1))
    hadi: Client = client_of(casting.join(house, "hadi", "Hadi", Role.DIRECTORY_EDITOR, at=AT))
    tried = choose(hadi, as_json(told(name="Named there")))
    page = hadi.get(tried.url).content.decode()
    for words in ("Named here", "Named there", "Use the value from the file"):
        assert words in page
    assert name() == "Named here"
    done = hadi.post(tried.url, {"answer": "yes", "take": f"{BED}|name.und"}, follow=True)
    assert "File imported." in done.content.decode()
    assert name() == "Named there"
    assert "Named there" in hadi.get(reverse("entry_history", args=[BED])).content.decode()


def test_a_tick_that_brings_a_warning_shows_it_first_and_stays_ticked() -> None:
    house = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT - timedelta(days=1))
    hadi: Client = client_of(casting.join(house, "hadi", "Hadi", Role.DIRECTORY_EDITOR, at=AT))
    named = told(name="Bed in Kota Cirebon", service_at_locations=at_place("at"))
    named |= {"locations": [place("at", suar={"hidden": True, "district": "32.74"})]}
    tried = choose(hadi, as_json(named))
    assert "names a district" not in hadi.get(tried.url).content.decode()
    ticked = {"answer": "yes", "take": f"{BED}|name.und"}
    asked = hadi.post(tried.url, ticked)
    page = asked.content.decode()
    assert "names a district, town or village: Kota Cirebon" in page
    assert f'value="{BED}|name.und" checked' in page
    assert (asked.status_code, name()) == (409, "Named here")
    hadi.post(tried.url, {**ticked, "seen": page.split('name="seen" value="')[1].split('"')[0]})
    assert name() == "Bed in Kota Cirebon"
