"""The second person sees what they confirm: each number, address and name of a file, old beside new (T17)."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from suar.accounts.roles import Role
from suar.core import clock
from suar.demo import cast as casting
from suar.directory import importing, proposals, revisions
from suar.directory.codes import How
from suar.directory.documents import Stamp
from suar.hsds import files
from tests.attacks.test_one_insider import FALSE, FOREIGN, TRUE, both, directory_file, on_the_day, world
from tests.directory.entries import AT, entry, load, provider
from tests.hsds.files import an_id, as_json
from tests.html import squeeze
from tests.people import client_of

__all__ = ["both", "on_the_day", "world"]
pytestmark = pytest.mark.django_db


def shown(world: SimpleNamespace, content: bytes, *, page: int = 1) -> str:
    """Return the page of a file that one editor uploaded, as another editor reads it."""
    hadi, rani = (
        casting.join(workplace, name, name, Role.DIRECTORY_EDITOR, at=AT)
        for name, workplace in (("hadi", world.house), ("rani", world.partner))
    )
    by = hadi.acting(at=clock.now())
    upload = importing.store_upload(files.to_json(files.parse(content)), file_name="file.json", by=by)
    answer = client_of(rani).get(reverse("import_report", args=[upload]), {"changes": page})
    assert "What the file would change" in answer.content.decode()
    return squeeze(answer.content.decode())


def pairs(page: str, old: str, new: str) -> bool:
    """Return True if the page shows a new value directly after the old one."""
    _, found, after = page.partition(old)
    return bool(found) and new in after[:400]


def test_the_page_of_an_upload_lists_each_changed_number_and_address(world: SimpleNamespace) -> None:
    file: dict[str, Any] = {"street": "Jalan Salah 6", "hidden": False, "organisation": UUID(int=5)}
    page = shown(world, as_json(*directory_file(FALSE, **file)))
    for name in ("own", "foreign", "safe"):
        assert f"Invented {name}" in page
        assert pairs(page, f"{TRUE}{len(name)}", f"{FALSE}{len(name)}")
    assert pairs(page, "Jalan Benar 1", "Jalan Salah 6")
    assert "Mitra Rekaan" in page, "who received referrals before"
    assert "Hidden place" in page, "the place that the file opens"


def test_the_page_of_an_upload_lists_changed_names(world: SimpleNamespace) -> None:
    file: dict[str, Any] = {"street": "Jalan Benar 1", "hidden": True, "organisation": world.partner.organisation.id}
    own, foreign = directory_file(TRUE, **file)
    own["services"][0]["name"] = "Invented other name"
    foreign["name"] = "Invented other provider"
    page = shown(world, as_json(own, foreign))
    assert pairs(page, "Invented own", "Invented other name")
    assert pairs(page, "Invented foreign provider", "Invented other provider")
    assert TRUE not in page, "the control: a number that stays is not listed"


def test_a_new_entry_is_listed_with_its_number(world: SimpleNamespace) -> None:
    new = entry("new", types=["HOU_MEN"], areas=["32"], phones=[{"id": str(UUID(int=9)), "number": FALSE}])
    page = shown(world, as_json(provider(new, name="new provider")))
    assert "Invented new provider" in page and FALSE in page


def test_no_change_is_left_out_of_a_long_list(world: SimpleNamespace) -> None:
    many = [entry(f"s{n}", types=["HOU_MEN"], areas=["32"]) for n in range(60)]
    content = as_json(provider(*many, name="new provider"))
    first = shown(world, content)
    assert "changes=2" in first
    assert sum(f"Invented s{n}<" in first for n in range(60)) == 50


def test_a_changed_number_stands_before_all_harmless_changes(world: SimpleNamespace) -> None:
    """A file changes many descriptions and one number: the number is on the first page, and is counted."""
    many = [entry(f"s{n}", types=["HOU_MEN"], areas=["32"]) for n in range(60)]
    assert load(provider(*many, name="long provider")).applied
    for service in many:
        service["description"] = "Other words"
    many[-1]["phones"] = [{"id": str(UUID(int=9)), "number": FALSE}]
    page = shown(world, as_json(provider(*many, name="long provider")))
    assert FALSE in page
    assert page.index("Invented s59<") < page.index("Invented s0<")
    assert "1 entry changes a name, number, address, provider or organisation" in page


def test_no_later_file_overwrites_a_neighbour_that_was_edited_here(world: SimpleNamespace) -> None:
    """A first file hides the place of an entry that it does not state; a second states its old number."""
    settled: dict[str, Any] = {"hidden": True, "organisation": world.partner.organisation.id}
    stamp = Stamp(None, AT, How.EDIT)
    right = [{"number": FALSE, "words": {}}]
    revisions.write_revision(FOREIGN, lambda document: replace(document, phones=right, areas=["32.74"]), stamp)
    hides = {**directory_file(TRUE, street="Jalan Benar 1", **settled)[1], "services": []}
    hides["locations"] = [{"id": an_id("office"), "location_type": "physical", "suar": {"hidden": True}}]
    assert load(hides).changed.services == 1
    assert revisions.current_revision(FOREIGN).document.areas == ["32"], "the control: its place is hidden"
    assert load(*directory_file(TRUE, street="Jalan Benar 1", **settled)).applied
    assert [phone["number"] for phone in revisions.current_revision(FOREIGN).document.phones] == [FALSE]


URGENT_NOW = {"number": "119", "hours": {"en": "Day and night"}, "tested": "2026-11-20"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"urgent": {**URGENT_NOW, "hours": {"en": "Closed: ask the man at the port"}}}, "ask the man at the port"),
        ({"urgent": {**URGENT_NOW, "tested": "2026-11-29"}}, "2026-11-29"),
        ({"phones": [{"number": FALSE, "words": {"en": "For men"}, "type": "text"}]}, "Messages only"),
    ],
    ids=["hours", "day", "messages"],
)
def test_the_second_editor_reads_all_words_beside_a_number(
    world: SimpleNamespace, change: dict[str, Any], words: str
) -> None:
    """The words stand under the number on the public site, and the day decides whether it is listed as urgent."""
    hadi, rani = (
        casting.join(workplace, name, name, Role.DIRECTORY_EDITOR, at=AT)
        for name, workplace in (("hadi", world.house), ("rani", world.partner))
    )
    before = [{"number": FALSE, "words": {"en": "For men"}}]
    revisions.write_revision(
        FOREIGN, lambda document: replace(document, urgent=URGENT_NOW, phones=before), Stamp(None, AT, How.EDIT)
    )
    over = revisions.current_revision(FOREIGN).number
    proposal = proposals.propose_change(FOREIGN, change, over=over, by=hadi.acting(at=clock.now()))
    page = squeeze(client_of(rani).get(reverse("entry_draft", args=[proposal])).content.decode())
    assert ("119" if "urgent" in change else FALSE) in page, "the control"
    assert words in page
