"""One insider alone, or somebody who writes rows, tries to open keys that need several people.

Source: security.md T6, T17, 3.5. Each attack has the honest way beside it as its control.
"""

import pytest

from suar.accounts import key_requests, queries, workers
from suar.accounts.codes import KeyKind, RequestKind, Way, WorkerState
from suar.accounts.keys import newest_public
from suar.accounts.models import KeyAct, KeyChange, Membership, PublicKey, Wrap
from suar.accounts.roles import Role
from suar.core import clock
from suar.core.refusals import KeyNotTrusted, NotYours, Refused
from suar.crypto import recovery
from suar.crypto.pairs import BoxPair, seal_to
from suar.crypto.values import SealBroken
from suar.demo import cast as casting
from tests.accounts.cast_fixtures import cast, gathered  # noqa: F401 - fixtures
from tests.people import acting_as, client_of, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def putri(cast):  # noqa: F811 - a fixture
    """Hire a supervisor who has no key yet, for an organisation whose keys are lost."""
    made = casting.hire(cast.village.organisation, "putri", "Putri", Role.SUPERVISOR, by=None, at=clock.now())
    for player in (cast.esi, cast.ben, cast.lia):
        workers.disable(player.id, by=acting_as(cast.gita))
    return made


def ask(player):
    key_requests.ask_recovery(RequestKind.RECOVERY, by=acting_as(player))
    [(row, _)] = key_requests.list_open(viewer(player), key_requests.WITH_PAPERS, at=clock.now())
    return row.id


def type_paper(request, player, share, fingerprint=None):
    asked = key_requests.KeyRequest.objects.get(id=request)
    fingerprint = fingerprint or queries.worker_fingerprint(asked.worker_id)
    key_requests.type_paper(request, share.printed(), fingerprint=fingerprint, by=acting_as(player))


def open_keys(request, player):
    """Open lost keys a day after the second paper."""
    with clock.shifted(key_requests.RECOVERY_WAITS):
        return key_requests.open_lost_keys(request, by=acting_as(player))


def has_keys(player):
    player.keys.forget()
    return any(key.wrap for key in player.keys.list_keys(*KeyKind))


def test_one_account_with_two_stolen_papers_opens_nothing(cast, putri):  # noqa: F811 - a fixture
    request, shares = ask(putri), cast.village.shares
    type_paper(request, putri, shares[0])
    with pytest.raises(Refused, match="second_person"):
        type_paper(request, putri, shares[1])
    with pytest.raises(Refused, match="not_from_here"):
        key_requests.open_lost_keys(request, by=acting_as(putri))
    assert not has_keys(putri)
    type_paper(request, cast.indah, shares[1])
    assert open_keys(request, putri) and has_keys(putri)


def test_only_who_asked_opens_and_only_a_supervisor_asks(cast, putri):  # noqa: F811 - a fixture
    request, shares = ask(putri), cast.village.shares
    for player, share in ((cast.gita, shares[0]), (cast.indah, shares[1])):
        type_paper(request, player, share)
    for player in (cast.gita, cast.indah, cast.hadi):
        with pytest.raises(NotYours):
            open_keys(request, player)
        with pytest.raises(NotYours):
            key_requests.ask_recovery(RequestKind.RECOVERY, by=acting_as(player))
    assert open_keys(request, putri)


def test_another_organisation_neither_types_opens_nor_cancels(cast, putri):  # noqa: F811 - a fixture
    request = ask(putri)
    with pytest.raises(NotYours):
        type_paper(request, cast.kartika, cast.village.shares[0])
    for player in (cast.kartika, cast.farid):
        client = client_of(player)
        assert client.get(f"/papers/{request}/type").status_code == 404
        assert client.post(f"/papers/{request}/cancel").status_code == 404
        assert client.post(f"/papers/{request}/open").status_code == 404
    assert client_of(cast.gita).get(f"/papers/{request}/type").status_code == 200


def test_a_typed_paper_lies_sealed_and_opens_only_for_who_asked(cast, putri):  # noqa: F811 - a fixture
    request, share = ask(putri), cast.village.shares[0]
    type_paper(request, cast.gita, share)
    sealed = bytes(KeyAct.objects.get(verb="type").sealed)
    assert share.piece not in sealed and share.printed().encode() not in sealed
    for player in (cast.gita, cast.indah, cast.esi):
        with pytest.raises(SealBroken):
            player.keys.pair(newest_public(KeyKind.USER_READ, player.id).id).open(sealed)
    own = putri.keys.pair(newest_public(KeyKind.USER_READ, putri.id).id)
    assert own.open(sealed).decode() == share.printed(), "the control"


def test_a_key_exchanged_before_the_paper_is_typed_gets_no_paper(cast, putri):  # noqa: F811 - a fixture
    request, fingerprint = ask(putri), queries.worker_fingerprint(putri.id)
    PublicKey.objects.filter(owner=putri.id, kind=KeyKind.USER_READ).update(public=BoxPair.new().public)
    with pytest.raises(Refused, match="words_changed"):
        type_paper(request, cast.gita, cast.village.shares[0], fingerprint)
    assert not KeyAct.objects.exclude(sealed=None).exists()


def test_a_planted_key_under_the_papers_is_refused(cast, putri):  # noqa: F811 - a fixture
    """Somebody who writes rows seals a team key of their own to the escrow key, to read what comes after a recovery."""
    request, own = ask(putri), BoxPair.new()
    team = newest_public(KeyKind.TEAM, cast.village.team.id)
    escrow = newest_public(KeyKind.ESCROW, cast.village.organisation.id)
    wrap = Wrap.objects.filter(key=team.id, way=Way.ESCROW)
    right, public = bytes(wrap.get().sealed), bytes(team.public)
    for player, share in ((cast.gita, cast.village.shares[0]), (cast.indah, cast.village.shares[1])):
        type_paper(request, player, share)
    for planted in (public, own.public):
        wrap.update(sealed=seal_to(bytes(escrow.public), own.private))
        PublicKey.objects.filter(id=team.id).update(public=planted)
        with pytest.raises(KeyNotTrusted):
            open_keys(request, putri)
    wrap.update(sealed=right)
    PublicKey.objects.filter(id=team.id).update(public=public)
    assert open_keys(request, putri), "the control"


def test_papers_of_a_stranger_open_nothing_and_two_are_typed_again(cast, putri):  # noqa: F811 - a fixture
    request, forged = ask(putri), recovery.split(BoxPair.new().private)
    type_paper(request, cast.gita, forged[0])
    type_paper(request, cast.indah, forged[1])
    with clock.shifted(key_requests.RECOVERY_WAITS):
        assert client_of(putri).post(f"/papers/{request}/open").status_code == 409
    assert not has_keys(putri) and not KeyAct.objects.exclude(sealed=None).exists()
    type_paper(request, cast.gita, cast.village.shares[0])
    type_paper(request, cast.indah, cast.village.shares[1])
    with clock.shifted(key_requests.RECOVERY_WAITS):
        assert client_of(putri).post(f"/papers/{request}/open").status_code == 200


def test_old_papers_open_nothing_after_a_recovery(cast, putri):  # noqa: F811 - a fixture
    request = ask(putri)
    for player, share in ((cast.gita, cast.village.shares[0]), (cast.indah, cast.village.shares[1])):
        type_paper(request, player, share)
    assert open_keys(request, putri)
    again = ask(putri)
    for player, share in ((cast.gita, cast.village.shares[0]), (cast.indah, cast.village.shares[1])):
        type_paper(again, player, share)
    with pytest.raises(Refused, match="papers_do_not_open"):
        open_keys(again, putri)


@pytest.mark.parametrize("second", ["esi", "ben", "kartika", "indah"])
def test_one_colleague_alone_gives_nobody_new_keys(cast, second):  # noqa: F811 - a fixture
    key_requests.ask_reset(cast.lia.id, by=acting_as(cast.esi))
    [(row, _)] = key_requests.list_open(viewer(cast.esi), [RequestKind.RESET], at=clock.now())
    with pytest.raises((NotYours, Refused)):
        key_requests.confirm_reset(row.id, by=acting_as(cast.players[second]))
    assert Wrap.objects.filter(holder=cast.lia.id, way=Way.MEMBER).exists()
    worker, _ = key_requests.confirm_reset(row.id, by=acting_as(cast.gita))
    assert worker.state == WorkerState.INVITED, "the control"


def test_nobody_vouches_for_themselves_or_for_another_organisation(cast):  # noqa: F811 - a fixture
    for player in (cast.esi, cast.gita):
        assert client_of(player).post(f"/forgotten/{player.id}", {"known": "on"}).status_code == 404
    assert client_of(cast.esi).post(f"/forgotten/{cast.jaya.id}", {"known": "on"}).status_code == 404
    assert client_of(cast.kartika).post(f"/forgotten/{cast.jaya.id}", {"known": "on"}).status_code == 302


def test_a_planted_holder_gets_no_new_key_unseen(cast):  # noqa: F811 - a fixture
    """Somebody who writes rows makes an accomplice a member with a wrap, to be given the next key of the team."""
    workers.disable(cast.ben.id, by=acting_as(cast.gita))
    [team] = cast.esi.keys.list_keys(KeyKind.TEAM)
    page = f"/keys/{cast.ben.id}/change"
    esi = client_of(cast.esi)
    seen = esi.get(page).context["receivers"]
    Wrap.objects.create(key=team.id, way=Way.MEMBER, holder=cast.hadi.id, sealed=b"x", made_at=clock.now())
    assert str(cast.hadi.id) not in esi.get(page).context["receivers"], "who is in no team gets no key of it"
    Membership.objects.create(worker=cast.hadi.worker, team=cast.village.team, since=clock.now())
    assert esi.post(page, {"receivers": seen, "looked": "on"}).status_code == 400
    assert cast.hadi.worker.display_name in esi.get(page).content.decode()
    Membership.objects.filter(worker=cast.hadi.id).delete()
    assert esi.post(page, {"receivers": seen, "looked": "on"}).url == "/keys"
    new = newest_public(KeyKind.TEAM, cast.village.team.id)
    assert new.id != team.id and not Wrap.objects.filter(key=new.id, holder=cast.hadi.id).exists()


def test_a_key_of_another_worker_planted_as_an_old_one_gives_nothing(cast):  # noqa: F811 - a fixture
    key_requests.ask_reset(cast.lia.id, by=acting_as(cast.esi))
    [(row, _)] = key_requests.list_open(viewer(cast.esi), [RequestKind.RESET], at=clock.now())
    _, code = key_requests.confirm_reset(row.id, by=acting_as(cast.gita))
    back = casting.activate("lia", code, at=clock.now())
    planted = PublicKey.objects.filter(owner=cast.hadi.id, kind=KeyKind.USER_READ)
    ident = planted.get().id
    planted.update(owner=back.id, retired_at=clock.now(), version=9)
    team, fingerprint = cast.village.team.id, queries.worker_fingerprint(back.id)
    workers.admit(back.id, team=team, fingerprint=fingerprint, by=acting_as(cast.esi))
    changed = set(KeyChange.objects.values_list("old", flat=True))
    assert ident not in changed and len(changed) == 1, "the control: the worker's own old key"
