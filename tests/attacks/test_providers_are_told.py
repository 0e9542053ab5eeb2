"""The provider concerned learns of every change of its entries, whoever made it (security.md T17)."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.urls import reverse

from suar.accounts import notices
from suar.accounts.acting import Acting
from suar.accounts.models import Notice
from suar.accounts.roles import Role
from suar.core import clock
from suar.demo import cast as casting
from suar.directory import provider_notices, revisions, tasks
from suar.directory.models import EntryChange, Provider
from tests.attacks.test_one_insider import (
    FALSE,
    OWN,
    Path_,
    add_entry_to_foreign_provider,
    both,
    change_by_link,
    confirmed_people,
    edit_foreign_entry,
    import_page,
    merge_entries,
    on_the_day,
    restore_revision,
    world,
)
from tests.directory.entries import AT
from tests.hsds.files import an_id
from tests.people import client_of

__all__ = ["both", "on_the_day", "world"]
pytestmark = pytest.mark.django_db
PATHS: list[Path_] = [
    edit_foreign_entry,
    change_by_link,
    restore_revision,
    merge_entries,
    import_page,
    add_entry_to_foreign_provider,
]


@pytest.fixture(autouse=True)
def quiet(world: SimpleNamespace) -> None:
    """Forget what the files of the fixture changed."""
    EntryChange.objects.all().delete()
    Notice.objects.all().delete()


@pytest.fixture
def concerned(world: SimpleNamespace) -> casting.Player:
    """Return the foreign provider an account here, with one worker."""
    concerned = casting.make_workplace("Lembaga Rekaan", "lina", "Lina", at=AT)
    Provider.objects.filter(id=an_id("foreign provider")).update(organisation=concerned.organisation.id)
    return concerned.first


def is_noticed(player: casting.Player) -> bool:
    return Notice.objects.filter(notices.WAITS, worker=player.id).exists()


def day_of(player: casting.Player) -> str:
    return client_of(player).get(reverse("day")).content.decode()


@pytest.mark.parametrize("path", PATHS)
def test_the_provider_is_told_of_a_change_by_somebody_else(
    world: SimpleNamespace, concerned: casting.Player, path: Path_
) -> None:
    one, two = confirmed_people(world, path)
    confirm: Callable[[Acting], object] = path(one)
    assert not is_noticed(concerned), "the control: a draft changes nothing"
    confirm(two)
    assert is_noticed(concerned)
    assert "Changes of our entries in the directory" in day_of(concerned)


def test_the_day_shows_the_new_number(world: SimpleNamespace, concerned: casting.Player) -> None:
    one, two = confirmed_people(world, edit_foreign_entry)
    edit_foreign_entry(one)(two)
    page = day_of(concerned)
    assert "Invented foreign" in page and FALSE in page
    assert FALSE not in day_of(world.house.first), "the control"
    assert not is_noticed(world.house.first)


def test_both_organisations_are_told_when_a_file_takes_over_referrals(world: SimpleNamespace) -> None:
    """The file gives the partner's provider to the organisation of the editor."""
    one, two = confirmed_people(world, import_page)
    import_page(one)(two)
    for workplace in (world.house, world.partner):
        assert is_noticed(workplace.first)
        assert "Invented own provider" in day_of(workplace.first)


def test_the_provider_is_told_of_a_hidden_entry(world: SimpleNamespace) -> None:
    one, _ = confirmed_people(world, edit_foreign_entry)
    revisions.hide_entry(OWN, by=one)
    assert is_noticed(world.partner.first)


def test_an_editor_of_the_provider_is_led_to_the_history(world: SimpleNamespace) -> None:
    editor = casting.join(world.partner, "rani.lagi", "Rani", Role.DIRECTORY_EDITOR, at=AT)
    one, _ = confirmed_people(world, edit_foreign_entry)
    revisions.hide_entry(OWN, by=one)
    assert reverse("entry_history", args=[OWN]) in client_of(editor).get(reverse("directory")).content.decode()


def test_nothing_of_the_former_address_is_stored_when_a_place_is_hidden(
    world: SimpleNamespace, concerned: casting.Player
) -> None:
    """The notice names the fields; a place that is hidden now must not be found in it."""
    one, two = confirmed_people(world, import_page)
    import_page(one)(two)
    stored = str(list(EntryChange.objects.values()))
    assert EntryChange.objects.filter(subject=UUID(an_id("office"))).exists(), "the control"
    assert "Jalan" not in stored and "+62" not in stored


def test_changes_are_shown_for_thirty_days_and_then_deleted(world: SimpleNamespace) -> None:
    one, _ = confirmed_people(world, edit_foreign_entry)
    revisions.hide_entry(OWN, by=one)
    organisation = world.partner.organisation.id
    for days, listed in ((29, 1), (31, 0)):
        at = AT + timedelta(days=days)
        assert len(provider_notices.list_changes(organisation, at=at)["rows"]) == listed
        with clock.shifted(at - clock.now()):
            tasks.purge_entry_changes.func()
        assert EntryChange.objects.count() == listed
