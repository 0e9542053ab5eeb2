"""A worker whom a person excludes recovers lost keys with two papers, and still does not get the person's record."""

from datetime import timedelta

import pytest

from suar.accounts import key_changes, key_requests, queries, workers
from suar.accounts.codes import RequestKind
from suar.accounts.keys import Keys
from suar.consent.exclusions import new_exclusions
from suar.core import clock
from suar.core.refusals import NotYours
from suar.demo.cast import Cast, Player
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.referrals import sending
from tests import cast as at_work
from tests.people import acting_as, client_of, person_of, viewer

world, cast, amina = at_work.world, at_work.cast, at_work.amina


def recover(cast: Cast, lead: Player) -> None:
    """Let a lead open lost keys with two papers, and go on with every change of keys on its page."""
    key_requests.ask_recovery(RequestKind.RECOVERY, by=acting_as(lead))
    [(row, _)] = key_requests.list_open(viewer(lead), key_requests.WITH_PAPERS, at=clock.now())
    for player, share in zip((lead, cast.gita), cast.village.shares, strict=False):
        key_requests.type_paper(
            row.id, share.printed(), fingerprint=queries.worker_fingerprint(lead.id), by=acting_as(player)
        )
    with clock.shifted(key_requests.RECOVERY_WAITS + timedelta(minutes=1)):
        key_requests.open_lost_keys(row.id, by=acting_as(lead))
    for change in key_changes.open_changes(viewer(lead)):
        assert client_of(lead).post(f"/keys/{change.id}/go-on").status_code == 302
    assert not key_changes.open_changes(viewer(lead))
    lead.keys.forget()


def opens(record: OpenRecord, keys: Keys) -> bool:
    try:
        return bool(keyring.open_record(record.id, keys=keys))
    except NotYours:
        return False


@pytest.mark.db_contract
def test_papers_do_not_bring_an_excluded_lead_to_the_record(cast: Cast, amina: OpenRecord) -> None:
    other = person_of(cast.ben, cast, name="Budi")
    for record, excluded in ((amina, cast.esi), (other, cast.lia)):
        added = new_exclusions((), [excluded.id], "")
        opened = keyring.open_record(record.id, keys=cast.ben.keys)
        sending.record_exclusions(opened, added, by=acting_as(cast.ben))
    for player in (cast.ben, cast.lia):
        workers.disable(player.id, by=acting_as(cast.gita))
    recover(cast, cast.esi)
    assert opens(other, cast.esi.keys), "the control"
    assert not opens(amina, cast.esi.keys)
    assert client_of(cast.esi).get(f"/people/{amina.id}").status_code == 404
