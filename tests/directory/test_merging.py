"""Duplicates: proposed pairs, merging by field, redirect of the old id."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts.roles import Role
from suar.core.refusals import Conflict, NotYours
from suar.demo import cast as casting
from suar.directory import duplicates, provider_links, providers, queries, revisions, snapshots
from suar.directory.codes import How, Status
from suar.directory.models import EntryLink, Service
from suar.directory.search import SearchQuery
from tests.directory.entries import AT, editing, entry, entry_id, load, merge, provider
from tests.people import client_of

pytestmark = pytest.mark.django_db
ONE, TWO = entry_id("one"), entry_id("two")


def phone(number: str) -> list[dict[str, str]]:
    return [{"id": str(entry_id(number)), "number": number, "type": "voice"}]


@pytest.fixture(autouse=True)
def two() -> None:
    """Import two entries with the same number and one other."""
    one = entry("one", types=["HOU_MEN"], areas=["32.74"], phones=phone("+62 000-0000-0777"))
    other = entry("two", types=["HOU_MEN"], areas=["32.74"], phones=phone("62 00000000777"), cost="PARTLY")
    third = entry("three", types=["JUS_ADVICE"], areas=["32.09"], phones=phone("+62 000 1"))
    for name, offer in (("a", one), ("b", other), ("c", third)):
        assert load(provider(offer, name=f"house {name}")).applied


def test_entries_with_same_number_are_duplicates() -> None:
    [pair] = duplicates.find_duplicate_pairs()
    assert ({pair["one"], pair["other"]}, pair["because"]) == ({ONE, TWO}, "number")


def test_same_name_and_place_is_duplicate_unless_same_provider() -> None:
    same = {**entry("four", types=["EDU_SCHOOL"], areas=["32.09"]), "name": "School again"}
    more = {**entry("five", types=["EDU_SCHOOL"], areas=["32.09"]), "name": "again school"}
    organisation = [
        entry(name, types=["EDU_SCHOOL"], areas=["32.74"], phones=phone("+62 000 0000 0888"))
        for name in ("six", "seven")
    ]
    assert load(
        provider(same, name="house d"), provider(more, name="house e"), provider(*organisation, name="house f")
    ).applied
    result = {frozenset((pair["one"], pair["other"])): pair["because"] for pair in duplicates.find_duplicate_pairs()}
    assert result == {
        frozenset((ONE, TWO)): "number",
        frozenset((entry_id("four"), entry_id("five"))): "name",
    }


def test_merge_takes_chosen_fields_and_redirects_old_id() -> None:
    provider_links.create_link(TWO, by=editing())
    before = snapshots.load_services([TWO])[TWO]
    merge(ONE, TWO, paths=["let_in.cost"], over=1)
    one, two = snapshots.load_services([ONE])[ONE], snapshots.load_services([TWO])[TWO]
    assert (one.let_in["cost"], one.name["und"]) == ("PARTLY", "Invented one")
    assert two.status == Status.DEFUNCT
    assert queries.moved_to(TWO) == ONE
    result = {card.id for card in queries.search_services(SearchQuery()).cards}
    assert result == {ONE, entry_id("three")}
    assert revisions.current_revision(ONE).how == How.MERGE
    assert revisions.list_revisions(TWO)[1].document.status == before.status
    assert not EntryLink.objects.filter(ended_at=None).exists()
    assert duplicates.find_duplicate_pairs() == []


def test_chained_merges_redirect_to_last_entry() -> None:
    merge(ONE, TWO, paths=[], over=1)
    merge(entry_id("three"), ONE, paths=[], over=1)
    assert queries.moved_to(TWO) == queries.moved_to(ONE) == entry_id("three")
    for stays, goes in ((ONE, TWO), (entry_id("three"), ONE), (ONE, ONE)):
        with pytest.raises(NotYours):
            merge(stays, goes, paths=[], over=2)


def test_overtaken_merge_changes_nothing() -> None:
    revisions.hide_entry(ONE, by=editing())
    with pytest.raises(Conflict):
        merge(ONE, TWO, paths=[], over=1)
    assert queries.moved_to(TWO) is None
    assert snapshots.load_services([TWO])[TWO].status == Status.ACTIVE


def test_merge_page() -> None:
    organisation = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT - timedelta(days=1))
    hadi, rani = (
        client_of(casting.join(organisation, name, name, Role.DIRECTORY_EDITOR, at=AT)) for name in ("hadi", "rani")
    )
    listed = hadi.get(reverse("entry_duplicates")).content.decode()
    assert "the same number" in listed
    address = reverse("merge_entries", args=[ONE, TWO])
    page = hadi.get(address).content.decode()
    for words in (
        "Invented two",
        "costs something",
        'value="let_in.cost"',
        'name="over" value="1"',
    ):
        assert words in page, words
    assert hadi.post(address, {"over": "9"}).status_code == 409
    done = hadi.post(address, {"over": "1", "other": ["let_in.cost", "name.und"]})
    for act in ("check", "publish"):
        rani.post(done.url, {"act": act, "over": "1"})
    assert queries.service_card(ONE).name == "Invented two"
    assert queries.moved_to(TWO) == ONE
    assert hadi.post(address, {"over": "2"}).status_code == 404


def test_include_merged_returns_both_providers() -> None:
    """An exclusion of one provider applies to both, whichever was named."""
    one, two, three = (Service.objects.get(id=entry_id(item)).provider_id for item in ("one", "two", "three"))
    assert providers.include_merged({two}) == {two}
    merge(ONE, TWO, paths=[], over=1)
    assert providers.include_merged({two}) == providers.include_merged({one}) == {one, two}
    merge(entry_id("three"), ONE, paths=[], over=1)
    assert providers.include_merged({two}) == providers.include_merged({three}) == {one, two, three}
