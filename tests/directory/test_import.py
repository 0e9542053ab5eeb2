"""Import of files: all or nothing, idempotent, unstated values stay."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suar.audit.models import Entry
from suar.core.refusals import NotYours
from suar.directory import freshness, queries
from suar.directory.documents import ImportCounts, ImportPlan
from suar.directory.models import Edition, Provider, SearchEntry, Service, ServiceSnapshot, Site, Spelling
from suar.directory.search import SearchQuery
from suar.hsds import files
from tests.directory.entries import apply, at_place, editing, entry, entry_id, load, place, provider
from tests.hsds.files import CSV_FOLDERS, JSON_FILES, an_id, as_json, service

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
NONE = ImportCounts()
BED = entry("bed", types=["HOU_MEN"], areas=["32.74"], service_at_locations=at_place("house"))
PROVIDER = provider(BED, name="house of help", locations=[place("house")])


def edition_number() -> int:
    return Edition.objects.values_list("number", flat=True).first() or 0


def everything() -> list[object]:
    """Return all rows of the directory."""
    tables = (Provider, Site, Service, SearchEntry, Spelling, Edition)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def counts(report: ImportPlan) -> tuple[ImportCounts, ImportCounts, ImportCounts]:
    return report.created, report.changed, report.unchanged


@pytest.mark.parametrize("path", JSON_FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_official_json_examples_import_once(path: Path) -> None:
    parsed = files.parse(path.read_bytes())
    whole = ImportCounts(len(parsed.providers), len(parsed.sites), len(parsed.services))
    first = apply(parsed)
    assert (first.refused, first.applied, counts(first)) == ([], True, (whole, NONE, NONE))
    stored = everything()
    second = apply(parsed)
    assert counts(second) == (NONE, NONE, whole)
    assert everything() == stored


@pytest.mark.parametrize("folder", CSV_FOLDERS, ids=lambda folder: folder.parent.name)
def test_official_tables_import_once(folder: Path) -> None:
    parsed = files.parse_folder(folder)
    assert counts(apply(parsed)) == (ImportCounts(1, 1, 1), NONE, NONE)
    stored = everything()
    assert counts(apply(parsed)) == (NONE, NONE, ImportCounts(1, 1, 1))
    assert everything() == stored


def test_import_query_count_does_not_grow_with_file() -> None:
    def reads(number: int) -> int:
        owner = f"house of {number}"
        entries = [
            entry(f"{number} {n}", types=["HOU_MEN"], areas=["32.74"], service_at_locations=at_place(f"{owner} {n}"))
            for n in range(number)
        ]
        places = [place(f"{owner} {n}") for n in range(number)]
        with CaptureQueriesContext(connection) as seen:
            load(provider(*entries, name=owner, locations=places))
        return sum(captured_query["sql"].startswith("SELECT") for captured_query in seen.captured_queries)

    assert reads(10) == reads(50)


def test_import_passes_over_file_do_not_grow() -> None:
    walks = 0

    class Walked(tuple):
        __slots__ = ()

        def __iter__(self):
            nonlocal walks
            walks += 1
            return super().__iter__()

    def walked(number: int) -> int:
        nonlocal walks
        walks, owner = 0, f"house of {number}"
        entries = [
            entry(f"{number}.{n}", types=["HOU_MEN"], areas=["32.74"], service_at_locations=at_place(f"{owner}.{n}"))
            for n in range(number)
        ]
        places = [place(f"{owner}.{n}") for n in range(number)]
        stated = provider(*entries, name=owner, locations=places)
        parsed = files.parse(as_json(stated))
        assert apply(replace(parsed, services=Walked(parsed.services))).created.services == number
        return walks

    assert walked(50) == walked(10)


def test_dry_run_reports_and_writes_nothing() -> None:
    report = load(PROVIDER, dry_run=True)
    assert (report.applied, report.created) == (False, ImportCounts(1, 1, 1))
    assert Service.objects.count() == 0
    assert Entry.objects.count() == 0


def test_one_invalid_entry_refuses_whole_file() -> None:
    load(PROVIDER)
    stored = everything()
    renamed = {**provider(service("food"), name="other"), "name": "Invented"}
    report = load(renamed, provider(service("rest", status="open"), name="third"))
    assert (report.applied, [item.why for item in report.refused]) == (False, ["not_listed"])
    assert everything() == stored


def test_changes_are_counted_and_create_revision() -> None:
    load(PROVIDER)
    before = edition_number()
    changed = {**BED, "name": "Invented bunk"}
    report = load({**PROVIDER, "services": [changed]})
    assert counts(report) == (NONE, ImportCounts(0, 0, 1), ImportCounts(1, 1, 0))
    assert edition_number() == before + 1
    assert queries.service_card(entry_id("bed")).name == "Invented bunk"


def test_unstated_list_keeps_stored_values() -> None:
    phones = [{"id": an_id("p"), "number": "+62 000 0000 0101"}]
    load({**PROVIDER, "services": [{**BED, "phones": phones}]})
    card = queries.service_card(entry_id("bed"))
    short = {key: BED[key] for key in ("id", "name", "status")}
    load({**short, "organization": {k: PROVIDER[k] for k in ("id", "name", "description")}})
    assert queries.service_card(entry_id("bed")) == card


def test_empty_list_removes_stored_values() -> None:
    phones = [{"id": an_id("p"), "number": "+62 000 0000 0101"}]
    load({**PROVIDER, "services": [{**BED, "phones": phones}]})
    load({**PROVIDER, "services": [{**BED, "phones": []}]})
    assert queries.service_card(entry_id("bed")).phones == ()


def test_translations_stay_when_file_has_same_plain_text() -> None:
    stated = {"en": {"name": "Invented bed"}, "id": {"name": "Ranjang rekaan"}}
    load(service(suar={"translations": stated}))
    load(service())
    assert queries.service_card(entry_id("bed"), language="id").name == "Ranjang rekaan"
    load({**service(), "name": "Invented hammock"})
    assert queries.service_card(entry_id("bed"), language="id").name == "Invented hammock"


FUTURE = [
    ({"assured_date": "2026-11-26"}, "assured_date"),
    ({"places": {"free": 1, "as_of": "2027-01-01"}}, "suar.places.as_of"),
    ({"urgent": {"number": "112", "tested": "2027-01-01"}}, "suar.urgent.tested"),
]


@pytest.mark.parametrize(("stated", "field"), FUTURE)
def test_future_date_is_refused(stated: dict, field: str) -> None:
    report = load(entry("bed", types=["HOU_MEN"], areas=["32"], **stated))
    assert [(item.field, item.why) for item in report.refused] == [(field, "in_the_future")]


def test_unknown_provider_is_refused_and_stored_one_accepted() -> None:
    lone = service(organization_id=an_id("house of help"))
    report = load(lone)
    assert [(p.field, p.why) for p in report.refused] == [("organization_id", "no_provider")]
    load(provider(name="house of help"))
    assert load(lone).created == ImportCounts(0, 0, 1)


def test_import_writes_one_audit_entry_with_counts() -> None:
    load(PROVIDER)
    entry = Entry.objects.get()
    assert (entry.verb, entry.by) == ("import_directory", None)
    assert entry.because == "created 1 changed 0 unchanged 0"


def test_closed_service_is_not_in_search() -> None:
    load(PROVIDER)
    assert queries.search_services(SearchQuery(needs=("HOUSING",))).cards
    load({**PROVIDER, "services": [{**BED, "status": "defunct"}]})
    assert queries.search_services(SearchQuery(needs=("HOUSING",))).cards == ()


def test_large_import_needs_few_queries(django_assert_max_num_queries) -> None:
    many = [entry(f"s{n}", types=["HOU_MEN"], areas=["32.74"]) for n in range(1000)]
    with django_assert_max_num_queries(100):
        assert load(provider(*many)).created == ImportCounts(1, 0, 1000)
    assert load(provider(*many)).unchanged == ImportCounts(1, 0, 1000)


def test_confirming_changes_date_and_position() -> None:
    old = entry("old", types=["HOU_MEN"], areas=["32"], assured_date="2026-01-01")
    load(provider(BED, old, name="house of help", locations=[place("house")]))
    assert [c.id for c in queries.search_services(SearchQuery()).cards] == [entry_id("bed"), entry_id("old")]
    freshness.confirm_entry(entry_id("old"), by=editing())
    assert [c.id for c in queries.search_services(SearchQuery()).cards] == [entry_id("old"), entry_id("bed")]
    with pytest.raises(NotYours):
        freshness.confirm_entry(UUID(int=1), by=editing())


def test_empty_file_changes_nothing() -> None:
    report = apply(files.parse(as_json()))
    assert (report.applied, counts(report)) == (True, (NONE, NONE, NONE))
    assert edition_number() == 0


def columns_of(row: Service) -> dict[str, object]:
    """Return what the tables hold of a service, to compare with its document."""
    return {
        "id": str(row.id),
        "provider": str(row.provider_id) if row.provider_id else None,
        "status": row.status,
        "confirmed": row.confirmed.isoformat() if row.confirmed else None,
        "types": sorted(row.types.values_list("code", flat=True)),
        "areas": sorted(row.areas.values_list("code", flat=True)),
        "sites": sorted(map(str, row.sites.values_list("id", flat=True))),
    }


def test_snapshots_equal_tables() -> None:
    official = files.parse_folder(CSV_FOLDERS[1])
    steps = [files.parse(as_json(PROVIDER)), official, files.parse(as_json({**PROVIDER, "name": "New"}))]
    for parsed in steps:
        apply(parsed)
        rows = Service.objects.select_related("provider")
        stored = {str(visible.service_id): visible.document for visible in ServiceSnapshot.objects.all()}
        assert set(stored) == {str(row.id) for row in rows}
        for row in rows:
            document = stored[str(row.id)]
            assert document["service"].items() >= columns_of(row).items()
            assert document["provider"]["name"] == row.provider.name
            assert document["gate_only"] == row.sites.filter(hidden=True).exists()
