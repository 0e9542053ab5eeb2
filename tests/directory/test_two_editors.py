"""The rule of two editors on every path that changes an entry, a file or a recording."""

from collections.abc import Callable

import pytest

from suar.accounts.acting import Acting, Anonymous
from suar.accounts.roles import Role
from suar.core.refusals import Refused
from suar.demo import cast as casting
from suar.directory import actions as directory_actions
from suar.directory import importing, proposals, provider_links, revisions
from suar.directory.models import Service
from suar.directory.rules import opus
from suar.hsds import files
from tests.directory.additions import CONTENT
from tests.directory.entries import AT, entry, found_id, link_to, load, provider
from tests.hsds.files import as_json

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
BED, TWO = found_id("bed"), found_id("two")
FIELDS = {"phones": [{"number": "+62 000 0000 0999", "words": {}}]}
Confirm = Callable[[Acting], object]


def publish(draft: object, *, over: int = 1) -> Confirm:
    def confirm(by: Acting) -> None:
        proposals.check_proposal(proposals.get_proposal(draft), over=over, by=by)
        proposals.publish_proposal(proposals.get_proposal(draft), over=over, by=by)

    return confirm


def change(by: Acting) -> Confirm:
    return publish(proposals.propose_change(BED, FIELDS, over=1, by=by))


def new_entry(by: Acting) -> Confirm:
    return publish(proposals.propose_entry(CONTENT, by=by))


def restored(by: Acting) -> Confirm:
    revisions.hide_entry(BED, by=by)
    return publish(proposals.propose_restored(BED, 1, over=2, by=by), over=2)


def merge(by: Acting) -> Confirm:
    return publish(proposals.propose_merge(BED, TWO, paths=["let_in.cost"], over=1, by=by))


def own_link(by: Acting) -> Confirm:
    """The editor who created the link has its token and could write as the provider."""
    token = link_to(BED, by=by.worker)
    return publish(provider_links.propose_by_link(token, FIELDS, turn=0, over=1, by=Anonymous(at=AT)))


def import_file(by: Acting) -> Confirm:
    parsed = files.parse(as_json(provider(entry("bed", types=["HOU_MEN"], areas=["32.01"]))))
    upload = importing.store_upload("", file_name="x", by=by)
    return lambda other: importing.import_upload(upload, lambda _: parsed, taking=(), seen="", by=other)


def recording(by: Acting) -> Confirm:
    stored = directory_actions.store_recording(opus.Audio(1, b"x"), text="read-1", language="id", by=by)
    return lambda other: directory_actions.publish_recording(stored, by=other)


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("path", [change, new_entry, restored, merge, own_link, import_file, recording])
def test_proposer_cannot_confirm_unless_only_editor(path: Callable[[Acting], Confirm], alone: bool) -> None:
    assert load(*(provider(entry(n, types=["HOU_MEN"], areas=["32.74"], cost=c), name=n) for n, c in COSTS)).applied
    own = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT)
    hadi, rani = (casting.join(own, name, name, Role.DIRECTORY_EDITOR, at=AT) for name in ("hadi", "rani"))
    if alone:
        type(rani.worker).objects.filter(id=rani.id).delete()
    confirm = path(hadi.acting(at=AT))
    before = list(Service.objects.order_by("id").values())
    if alone:
        confirm(hadi.acting(at=AT))
        return
    with pytest.raises(Refused, match="same_person"):
        confirm(hadi.acting(at=AT))
    assert list(Service.objects.order_by("id").values()) == before
    confirm(rani.acting(at=AT))


@pytest.mark.parametrize("certified", [True, False])
def test_only_editor_of_one_organisation_needs_other_organisation(certified: bool) -> None:
    assert load(*(provider(entry(n, types=["HOU_MEN"], areas=["32.74"], cost=c), name=n) for n, c in COSTS)).applied
    own, partner = (casting.make_workplace(name, name.lower(), name, at=AT) for name in ("Rekaan", "Mitra"))
    if certified:
        casting.join(own, "rani", "rani", Role.DIRECTORY_EDITOR, at=AT)
    else:
        casting.hire(own.organisation, "rani", "rani", Role.DIRECTORY_EDITOR, by=own.first.id, at=AT)
    hadi = casting.join(partner, "hadi", "hadi", Role.DIRECTORY_EDITOR, at=AT).acting(at=AT)
    confirm = change(hadi)
    if certified:
        with pytest.raises(Refused, match="same_person"):
            confirm(hadi)
    else:
        confirm(hadi)


COSTS = (("bed", "FREE"), ("two", "FULL"))
