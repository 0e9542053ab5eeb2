"""Entries that an editor added are served like imported ones, and no file removes their content."""

import json
from typing import Any
from uuid import UUID

import pytest

from suar.directory import freshness, models, proposals, snapshots
from suar.directory.documents import ImportPlan
from suar.hsds import files
from suar.hsds.api import lists
from suar.website.print import booklet
from tests.directory.additions import CONTENT
from tests.directory.entries import AT, RANI, apply, editing, load
from tests.directory.entries import publish as publish_draft
from tests.hsds.asking import VERSIONS, faults, read
from tests.hsds.public import world
from tests.hsds.test_api_round_trip import as_file, stored_entries

pytestmark = pytest.mark.django_db
HOUSE = UUID(int=0x40E)
WHOLE = {
    **CONTENT,
    "name.id": "Nasihat hukum",
    "house.website": "https://example.org",
    "phones": [{"number": "+62 000 0000 0107", "words": {"en": "Desk", "id": "Meja"}}],
    "hours": [{"days": [0, 1], "opens": "08:00", "closes": "16:00", "words": {}}],
    "urgent": {"number": "+62 000 0000 0108", "tested": "2026-11-20", "hours": {"en": "Always"}},
    "site.postal_code": "00000",
    "site.transport": "Bus 4.",
    "areas": ["32.74"],
    "let_in.nationality": ["FOREIGN"],
    "let_in.places_free": 1,
    "let_in.places_as_of": "2026-11-24",
    "access.AC_HOW.en": "Call first.",
}


@pytest.fixture
def added(public_site: None) -> str:
    """Add a service beside those of a file, and return its id."""
    assert load(*world()).applied
    return publish(WHOLE)


def publish(content: dict[str, Any]) -> str:
    draft = proposals.propose_entry(content, by=editing())
    publish_draft(draft)
    return str(proposals.new_service_id(draft))


def served(service: str) -> list[Any]:
    organisation = read(f"/services/{service}")["organization_id"]
    return [read(f"/organizations/{organisation}", full_service="true")]


def import_contents(contents: list[Any], *, file_wins: tuple[str, ...] = ()) -> ImportPlan:
    parsed = files.parse(as_file(contents))
    report = apply(parsed, file_wins=file_wins)
    assert report.applied, report.refused
    return report


def test_an_added_entry_is_served_and_valid_in_both_versions(added: str) -> None:
    whole = read(f"/services/{added}")
    assert whole["name"] == "Legal advice for crews"
    assert whole["service_at_locations"][0]["location"]["addresses"][0]["country"] == "ID"
    assert whole["organization"]["website"] == "https://example.org"
    for version in VERSIONS:
        assert faults(version, "service", whole, ours=True) == []
        [organisation] = served(added)
        assert faults(version, "organization", organisation, ours=True) == []
        pair = read(f"/service_at_locations/{whole['service_at_locations'][0]['id']}")
        assert faults(version, "service_at_location", pair, ours=True) == []


def test_an_added_entry_is_exported_at_once_and_printed_after_confirmation(added: str) -> None:
    assert added in {
        service["id"] for item in lists.export_directory()["contents"] for service in item.get("services", [item])
    }

    def printed() -> bool:
        content, _listed = booklet.build("32.74", language="en", day=AT.date())
        return "Legal advice for crews" in {entry["name"] for entry in content["entries"]}

    assert not printed()
    freshness.confirm_entry(UUID(added), by=editing(RANI))
    assert printed()


def test_importing_the_served_entry_changes_nothing(added: str) -> None:
    before = stored_entries()
    for contents in ([read(f"/services/{added}")], served(added)):
        assert import_contents(contents).conflicts == []
    assert stored_entries() == before


def test_a_conflicting_file_is_shown_and_our_value_stays_until_chosen(added: str) -> None:
    organisation = served(added)
    text = json.dumps(organisation)
    for ours, theirs in (
        ("Jalan Rekaan 7", "Jalan Lain 9"),
        ("Rumah Rekaan Baru", "Renamed"),
        ("https://example.org", "https://example.net"),
        ('"FREE"', '"FULL"'),
        ("Nasihat hukum", "Nama lain"),
        ("Bus 4.", ""),
    ):
        text = text.replace(ours, theirs)
    before = stored_entries()
    report = import_contents(json.loads(text))
    ways = {conflict.path for conflict in report.conflicts}
    assert ways == {"provider.name", "provider.website", "site.address", "let_in.cost", "name.id"}
    assert stored_entries() == before
    report = import_contents(json.loads(text), file_wins=tuple(conflict.key for conflict in report.conflicts))
    assert report.conflicts == []
    assert models.Provider.objects.get(website="https://example.net").name == {"und": "Renamed"}
    site = models.Site.objects.get(address__address_1="Jalan Lain 9")
    assert (site.transport, site.added_here) == ("Bus 4.", True)
    state = snapshots.load_services([UUID(added)])[UUID(added)]
    assert (state.let_in["cost"], state.name["id"]) == ("FULL", "Nama lain")


def test_a_file_fills_unstated_fields_and_leaves_place_and_organisation(added: str) -> None:
    [bare] = [read(f"/services/{added}")]
    bare["suar"]["translations"]["en"]["description"] = "Told by a file."
    del bare["organization"]
    bare |= {"organization_id": read("/organizations")["contents"][0]["id"], "phones": [], "service_at_locations": []}
    before = snapshots.load_services([UUID(added)])[UUID(added)]
    report = import_contents([bare])
    after = snapshots.load_services([UUID(added)])[UUID(added)]
    assert after.description["en"] == "Told by a file."
    assert report.conflicts == []
    assert (after.provider, after.sites, after.phones) == (before.provider, before.sites, before.phones)
    assert [item.why for item in report.left_out] == ["kept_here"]


def test_no_file_changes_the_receiver_of_referrals_or_our_position(added) -> None:
    [organisation] = served(added)
    theirs = {**organisation, "services": [], "suar": {"organisation": str(HOUSE)}}
    at = {**organisation["locations"][0], "latitude": -6.7, "longitude": 108.5}
    at["addresses"] = [{**at["addresses"][0], "address_1": "Jalan Lain 9"}]
    report = import_contents([{**theirs, "locations": [at]}])
    assert [conflict.path for conflict in report.conflicts] == ["site.address"]
    provider = models.Provider.objects.get(id=organisation["id"])
    site = models.Site.objects.get(id=at["id"])
    assert (provider.organisation, site.latitude, site.longitude) == (None, None, None)
    import_contents([{**theirs, "locations": [at]}], file_wins=[conflict.key for conflict in report.conflicts])
    site.refresh_from_db()
    assert (site.address["address_1"], float(site.latitude)) == ("Jalan Lain 9", -6.7)
    provider.refresh_from_db()
    assert provider.organisation is None


def test_no_file_opens_a_place_that_was_hidden_here(added: str) -> None:
    where = ("site.address_1", "site.district", "site.postal_code", "site.transport")
    content = {way: value for way, value in WHOLE.items() if way not in where}
    hidden = publish({**content, "name.en": "A safe bed", "site.kind": "HIDDEN"})
    whole = read(f"/services/{hidden}")
    assert all(faults(version, "service", whole, ours=True) == [] for version in VERSIONS)
    assert whole["service_at_locations"][0]["location"]["suar"] == {"hidden": True}
    before = stored_entries()
    assert import_contents([whole]).conflicts == []
    assert stored_entries() == before
    site = models.Site.objects.get(hidden=True, service=hidden)
    opened = {
        "id": str(site.id),
        "location_type": "physical",
        "name": "Found",
        "suar": {"hidden": False, "district": "32.74"},
    }
    organisation = {**served(hidden)[0], "locations": [opened], "services": []}
    report = import_contents([organisation])
    assert "stays_hidden" in [item.why for item in report.left_out]
    assert stored_entries() == before
