"""Import over local changes: nothing is overwritten silently."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from suar.accounts.roles import Role
from suar.demo import cast as casting
from suar.directory import diff, freshness, queries, revisions, snapshots
from suar.directory.codes import How, Status
from suar.directory.documents import ImportPlan, Stamp
from suar.directory.models import MergedEntry
from suar.hsds import files
from tests.directory.entries import AT, HADI, apply, at_place, editing, entry, entry_id, load, place, provider
from tests.hsds.files import as_json
from tests.hsds.test_screens import choose
from tests.people import client_of

pytestmark = pytest.mark.django_db
BED = entry_id("bed")
PHONE = [{"id": str(entry_id("phone")), "number": "+62 000 0000 0001", "type": "voice"}]


def bed_file(**more: Any) -> dict[str, Any]:
    return provider({**entry("bed", types=["HOU_MEN"], areas=["32.74"]), **more})


def changed_here(**fields: Any) -> None:
    def change(now):
        return diff.apply_fields(now, {way.replace("__", "."): v for way, v in fields.items()})

    revisions.write_revision(BED, change, Stamp(HADI, AT, How.EDIT))


def import_again(file: dict[str, Any], *, file_wins: tuple[str, ...] = (), dry_run: bool = False) -> ImportPlan:
    return apply(files.parse(as_json(file)), file_wins=file_wins, dry_run=dry_run)


@pytest.fixture(autouse=True)
def bed() -> None:
    """Import an entry and change its name here."""
    assert load(bed_file()).applied
    changed_here(name__und="Named here")


def name() -> str:
    return snapshots.load_services([BED])[BED].name["und"]


def test_same_file_again_changes_nothing() -> None:
    report = import_again(bed_file())
    assert (report.conflicts, report.unchanged.services) == ([], 1)
    assert name() == "Named here"


def test_one_sided_changes_merge_without_conflict() -> None:
    report = import_again(bed_file(phones=PHONE))
    assert (report.conflicts, report.changed.services) == ([], 1)
    assert name() == "Named here"
    assert snapshots.load_services([BED])[BED].phones[0]["number"] == "+62 000 0000 0001"
    assert revisions.current_revision(BED).how == How.JOIN
    assert import_again(bed_file(phones=PHONE, name="Invented bed")).conflicts == []
    assert name() == "Named here"


def test_conflict_keeps_local_value_until_chosen() -> None:
    for dry_run in (True, False):
        [conflict] = import_again(bed_file(name="Named there"), dry_run=dry_run).conflicts
        assert (conflict.path, conflict.ours, conflict.theirs) == ("name.und", "Named here", "Named there")
        assert name() == "Named here"
    report = import_again(bed_file(name="Named there"), file_wins=(conflict.key,))
    assert (report.conflicts, name()) == ([], "Named there")
    assert revisions.current_revision(BED).how == How.IMPORT
    assert revisions.list_revisions(BED)[1].document.name == {"und": "Named here"}


def test_settled_conflict_returns_only_for_new_values() -> None:
    [conflict] = import_again(bed_file(name="Named there", phones=PHONE)).conflicts
    assert conflict.path == "name.und"
    assert import_again(bed_file(name="Named there", phones=PHONE)).conflicts == []
    other = [{**PHONE[0], "number": "+62 000 0000 0002"}]
    report = import_again(bed_file(name="Named there", phones=other))
    assert (report.conflicts, report.changed.services) == ([], 1)
    assert (name(), snapshots.load_services([BED])[BED].phones[0]["number"]) == ("Named here", "+62 000 0000 0002")
    [conflict] = import_again(bed_file(name="Named anew", phones=other)).conflicts
    assert (conflict.ours, conflict.theirs) == ("Named here", "Named anew")
    names = [revision.document.name["und"] for revision in revisions.list_revisions(BED)]
    assert names == ["Named here", "Named there", "Named here", "Named there", "Named here", "Invented bed"]


def test_import_does_not_set_back_confirmation_date() -> None:
    freshness.confirm_entry(BED, by=editing())
    import_again(bed_file(description="Described there"))
    card = queries.service_card(BED)
    assert (card.description, card.confirmed) == ("Described there", AT.date())


def test_merged_entry_is_left_out_and_reported() -> None:
    load(provider(entry("other", types=["HOU_MEN"], areas=["32.74"]), name="elsewhere"))
    MergedEntry.objects.create(old=BED, new_id=entry_id("other"))
    revisions.hide_entry(BED, by=editing())
    report = import_again(bed_file(name="Named there"))
    assert [item.why for item in report.left_out] == ["was_merged"]
    assert snapshots.load_services([BED])[BED].status == Status.CLOSED_FOR_NOW


def test_editor_chooses_value_of_file() -> None:
    organisation = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT - timedelta(days=1))
    hadi, rani = (
        client_of(casting.join(organisation, name, name, Role.DIRECTORY_EDITOR, at=AT)) for name in ("hadi", "rani")
    )
    tried = choose(rani, as_json(bed_file(name="Named there")))
    page = hadi.get(tried.url).content.decode()
    for words in ("Named here", "Named there", "Use the value from the file"):
        assert words in page
    assert name() == "Named here"
    done = hadi.post(tried.url, {"answer": "yes", "take": f"{BED}|name.und"}, follow=True)
    assert "File imported." in done.content.decode()
    assert name() == "Named there"
    assert "Named there" in hadi.get(reverse("entry_history", args=[BED])).content.decode()


def test_choice_that_adds_warning_shows_it_before_import() -> None:
    organisation = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT - timedelta(days=1))
    hadi, rani = (
        client_of(casting.join(organisation, name, name, Role.DIRECTORY_EDITOR, at=AT)) for name in ("hadi", "rani")
    )
    named = bed_file(name="Bed in Kota Cirebon", service_at_locations=at_place("at"))
    named |= {"locations": [place("at", suar={"hidden": True, "district": "32.74"})]}
    tried = choose(rani, as_json(named))
    assert "names a district" not in hadi.get(tried.url).content.decode()
    ticked = {"answer": "yes", "take": f"{BED}|name.und"}
    asked = hadi.post(tried.url, ticked)
    page = asked.content.decode()
    assert "names a district, town or village: Kota Cirebon" in page
    assert f'value="{BED}|name.und" checked' in page
    assert (asked.status_code, name()) == (409, "Named here")
    hadi.post(tried.url, {**ticked, "seen": page.split('name="seen" value="')[1].split('"')[0]})
    assert name() == "Bed in Kota Cirebon"
