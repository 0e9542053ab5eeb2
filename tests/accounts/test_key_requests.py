"""Lost keys are opened with two papers; a forgotten password is replaced after two colleagues vouched."""

from datetime import timedelta

import pytest

from suar.accounts import key_requests, queries, setup, workers
from suar.accounts.codes import AlarmKind, KeyKind, RequestKind, Way, WorkerState
from suar.accounts.keys import newest_public
from suar.accounts.models import Alarm, KeyAct, KeyChange, Membership, Notice, Wrap
from suar.accounts.roles import Role
from suar.audit import queries as audit
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.crypto.recovery import Mistyped, Share
from suar.demo import cast as casting
from tests.accounts.conftest import AT, anonymous_client, reload_worker, signed_in_client, words

pytestmark = pytest.mark.django_db
NEW = "empat kata yang lain"
HOUR = timedelta(hours=1)


@pytest.fixture
def putri(cast):
    """Hire a supervisor who has no key yet."""
    return casting.hire(cast.village.organisation, "putri", "Putri", Role.SUPERVISOR, by=None, at=AT)


def ask(player, kind=RequestKind.RECOVERY, at=AT):
    key_requests.ask_recovery(kind, by=player.acting(at=at))
    [(row, _)] = key_requests.list_open(player.acting(at=at).viewer, key_requests.WITH_PAPERS, at=at)
    return row


def type_paper(row, player, share: Share, at=AT):
    groups = queries.worker_fingerprint(row.worker_id)
    key_requests.type_paper(row.id, share.printed(), fingerprint=groups, by=player.acting(at=at))


def state(row, viewer_of):
    return dict(key_requests.list_open(viewer_of.acting(at=AT).viewer, key_requests.WITH_PAPERS, at=AT)).get(row)


def shut_out(cast, *players):
    for player in players:
        workers.disable(player.id, by=cast.gita.acting(at=AT))


def test_two_papers_give_a_new_supervisor_the_lost_keys_and_new_papers(cast, putri):
    shut_out(cast, cast.esi, cast.ben, cast.lia)
    row = ask(putri)
    type_paper(row, putri, cast.village.shares[0])
    assert state(row, putri) == "ONE_PAPER"
    type_paper(row, cast.gita, cast.village.shares[2])
    papers = key_requests.open_lost_keys(row.id, by=putri.acting(at=AT + 24 * HOUR))
    putri.keys.forget()
    kinds = {key.kind for key in putri.keys.list_keys(*KeyKind)}
    assert {KeyKind.TEAM, KeyKind.INBOX, KeyKind.IDENTITY, KeyKind.BREAK_GLASS, KeyKind.ESCROW} <= kinds
    assert newest_public(KeyKind.USER_READ, putri.id).certificate
    assert Membership.objects.get(worker=putri.id, until=None).leads
    assert len(papers) == 3 and not set(papers) & {share.printed() for share in cast.village.shares}
    assert not KeyAct.objects.exclude(sealed=None).exists(), "no typed paper stays"
    assert KeyChange.objects.get().old.kind == KeyKind.ESCROW
    assert "open_lost_keys" in {entry.verb for entry in audit.acts_about(putri.id)}
    again = ask(putri, RequestKind.REHEARSAL)
    for player, paper in zip((putri, cast.gita), papers, strict=False):
        type_paper(again, player, Share.read(paper))
    assert key_requests.open_lost_keys(again.id, by=putri.acting(at=AT)) == [], "the new papers open the keys"


def test_a_rehearsal_changes_nothing(cast):
    row = ask(cast.esi, RequestKind.REHEARSAL)
    before = sorted(Wrap.objects.values_list("key", "way", "holder"))
    type_paper(row, cast.ben, cast.village.shares[0])
    type_paper(row, cast.indah, cast.village.shares[1])
    assert key_requests.open_lost_keys(row.id, by=cast.esi.acting(at=AT)) == []
    assert sorted(Wrap.objects.values_list("key", "way", "holder")) == before
    assert state(row, cast.esi) is None


def test_a_rehearsal_raises_the_alarm_of_a_recovery(cast):
    """Both put the same secrets into the database."""
    row = ask(cast.esi, RequestKind.REHEARSAL)
    assert (Alarm.objects.get().kind, Alarm.objects.get().worker) == (AlarmKind.PAPERS_USED, cast.esi.id)
    assert "cancel it on the page" in words(signed_in_client(cast.gita).get("/"))
    key_requests.cancel(row.id, by=cast.gita.acting(at=AT))


def test_the_same_papers_may_be_typed_after_a_restart(cast):
    row = ask(cast.esi, RequestKind.REHEARSAL)
    for _ in range(2):
        type_paper(row, cast.ben, cast.village.shares[0])
        type_paper(row, cast.indah, cast.village.shares[1])
        key_requests.restart(row.id, by=cast.esi.acting(at=AT))
    type_paper(row, cast.ben, cast.village.shares[0])
    type_paper(row, cast.indah, cast.village.shares[1])
    assert KeyAct.objects.exclude(sealed=None).count() == 2
    assert key_requests.open_lost_keys(row.id, by=cast.esi.acting(at=AT)) == []


def test_keys_that_a_colleague_still_holds_are_not_given(cast, putri):
    row = ask(putri)
    type_paper(row, cast.ben, cast.village.shares[0])
    type_paper(row, cast.gita, cast.village.shares[1])
    key_requests.open_lost_keys(row.id, by=putri.acting(at=AT + 24 * HOUR))
    putri.keys.forget()
    assert [key.kind for key in putri.keys.list_keys(*KeyKind) if key.wrap] == [KeyKind.ESCROW]


def test_everybody_in_charge_is_told_and_may_cancel(cast, putri):
    row = ask(putri)
    told = set(Notice.objects.values_list("worker", flat=True))
    assert {cast.esi.id, cast.gita.id, cast.indah.id} <= told and putri.id not in told
    assert Alarm.objects.get().kind == AlarmKind.PAPERS_USED
    assert "cancel it on the page" in words(signed_in_client(cast.gita).get("/")), "an administrator too"
    type_paper(row, cast.gita, cast.village.shares[0])
    with pytest.raises(NotYours):
        key_requests.cancel(row.id, by=cast.ben.acting(at=AT))
    key_requests.cancel(row.id, by=cast.indah.acting(at=AT))
    assert not KeyAct.objects.exclude(sealed=None).exists()
    with pytest.raises(Refused, match="not_from_here"):
        type_paper(row, cast.ben, cast.village.shares[1])


@pytest.mark.parametrize(("kind", "hours"), [(RequestKind.REHEARSAL, 24), (RequestKind.RECOVERY, 72)])
def test_a_request_ends_by_itself(cast, kind, hours):
    row = ask(cast.esi, kind)
    type_paper(row, cast.gita, cast.village.shares[0])
    with pytest.raises(Refused, match="request_lapsed"):
        type_paper(row, cast.ben, cast.village.shares[1], at=AT + hours * HOUR)
    assert key_requests.purge_papers(at=AT + (hours - 1) * HOUR) == 0
    assert key_requests.purge_papers(at=AT + hours * HOUR) == 1
    assert ask(cast.esi, kind, at=AT + hours * HOUR), "and another one may begin"


def test_a_second_paper_that_leaves_no_day_to_wait_is_refused(cast):
    row = ask(cast.esi)
    type_paper(row, cast.gita, cast.village.shares[0])
    with pytest.raises(Refused, match="request_lapsed"):
        type_paper(row, cast.ben, cast.village.shares[1], at=AT + 48 * HOUR)
    type_paper(row, cast.ben, cast.village.shares[1], at=AT + 47 * HOUR)
    assert key_requests.opens_at(row) == AT + 71 * HOUR


def test_the_page_says_when_lost_keys_open(cast, putri):
    at = clock.now()
    row = ask(putri, at=at)
    for player, share in zip((putri, cast.gita), cast.village.shares, strict=False):
        type_paper(row, player, share, at=at)
    page, moment = words(signed_in_client(putri).get("/papers")), clock.local_date(at + 24 * HOUR)
    assert "data-waits" in page and f"{moment.day} {moment:%B}" in page and f"/papers/{row.id}/open" not in page
    with clock.shifted(24 * HOUR):
        page = words(signed_in_client(putri).get("/papers"))
        assert "data-waits" not in page and f"/papers/{row.id}/open" in page


def test_papers_that_cannot_join_are_refused_at_once(cast):
    row, other = ask(cast.esi), cast.pelita.shares
    with pytest.raises(Mistyped):
        key_requests.type_paper(row.id, "ABCD", fingerprint="", by=cast.ben.acting(at=AT))
    type_paper(row, cast.ben, cast.village.shares[0])
    with pytest.raises(Refused, match="paper_repeated"):
        type_paper(row, cast.gita, cast.village.shares[0])
    with pytest.raises(Refused, match="paper_other_print"):
        type_paper(row, cast.gita, other[1])
    with pytest.raises(Refused, match="under_way"):
        ask(cast.esi)


def test_older_keys_are_covered_by_the_papers_at_one_press(cast):
    Wrap.objects.filter(way=Way.ESCROW).delete()
    client = signed_in_client(cast.esi)
    assert "/papers/cover" in words(client.get("/papers"))
    assert client.post("/papers/cover").url == "/papers"
    assert not setup.keys_without_escrow(cast.esi.keys) and "/papers/cover" not in words(client.get("/papers"))


def test_the_ceremony_on_its_pages(cast):
    esi, gita, ben = (signed_in_client(player) for player in (cast.esi, cast.gita, cast.ben))
    assert esi.post("/papers/ask", {"x": ""}).status_code == 400
    assert esi.post("/papers/ask", {"kind": "rehearsal"}).url == "/papers"
    [(row, _)] = key_requests.list_open(cast.esi.acting(at=AT).viewer, key_requests.WITH_PAPERS, at=clock.now())
    page = f"/papers/{row.id}/type"
    typed = {
        "fingerprint": queries.worker_fingerprint(cast.esi.id),
        "compared": "on",
        "recovery": cast.village.shares[0].printed(),
    }
    assert f'href="{page}"' in words(gita.get("/papers")) and f"/papers/{row.id}/cancel" not in words(
        ben.get("/papers")
    )
    wrong = gita.post(page, {**typed, "recovery": "AAAA"})
    assert wrong.status_code == 400 and "mistake in group" in words(wrong)
    secret = gita.post(page, {**typed, "compared": ""})
    assert secret.status_code == 400 and typed["recovery"] not in words(secret), "a paper is never shown again"
    assert gita.post(page, typed).url == "/papers"
    assert gita.post(page, {**typed, "recovery": cast.village.shares[1].printed()}).status_code == 400
    assert ben.post(page, {**typed, "recovery": cast.village.shares[1].printed()}).url == "/papers"
    assert esi.post(f"/papers/{row.id}/open").url == "/papers"
    assert "It was a rehearsal" in words(esi.get("/papers"))


def test_a_worker_gets_new_keys_after_two_colleagues_vouched(cast):
    esi, gita = signed_in_client(cast.esi), signed_in_client(cast.gita)
    ben = signed_in_client(cast.ben)
    assert esi.post(f"/forgotten/{cast.ben.id}", {"x": ""}).status_code == 400
    assert esi.post(f"/forgotten/{cast.ben.id}", {"known": "on"}).url == "/forgotten"
    assert ben.get("/account").status_code == 200, "one colleague alone changes nothing"
    [(row, _)] = key_requests.list_open(cast.gita.acting(at=AT).viewer, [RequestKind.RESET], at=clock.now())
    assert esi.post(f"/forgotten/{row.id}/confirm", {"known": "on"}).status_code == 400
    page = gita.post(f"/forgotten/{row.id}/confirm", {"known": "on"})
    code = page.context["code"]
    assert ben.get("/account").status_code != 200
    assert not Wrap.objects.filter(holder=cast.ben.id).exists() and reload_worker(cast.ben).state == WorkerState.INVITED
    typed = {"name": "ben", "invitation": code, "new_password": NEW, "again": NEW}
    back = anonymous_client()
    assert back.post("/welcome", typed).url == "/account/factors"
    back.post("/account/codes", {"password": NEW})
    assert reload_worker(cast.ben).state == WorkerState.ACTIVE
    assert not Wrap.objects.filter(holder=cast.ben.id, way=Way.MEMBER).exists(), "no key before the words are compared"
    team = cast.village.team.id
    compared = {"compared": "on", "fingerprint": queries.worker_fingerprint(cast.ben.id)}
    assert esi.post(f"/candidates/{cast.ben.id}/{team}", compared).url == "/candidates"
    assert Wrap.objects.filter(holder=cast.ben.id, way=Way.MEMBER).exists()
    assert KeyChange.objects.get().old.owner == cast.ben.id


def test_nobody_vouches_for_the_only_holder_of_a_key(cast):
    with pytest.raises(Refused, match="only_holder"):
        key_requests.ask_reset(cast.esi.id, by=cast.gita.acting(at=AT))


def test_a_reset_may_be_cancelled(cast):
    key_requests.ask_reset(cast.ben.id, by=cast.esi.acting(at=clock.now()))
    client = signed_in_client(cast.gita)
    assert f"/forgotten/{cast.ben.id}" not in words(client.get("/forgotten")), "asked already"
    [(row, _)] = key_requests.list_open(cast.gita.acting(at=clock.now()).viewer, [RequestKind.RESET], at=clock.now())
    assert client.post(f"/forgotten/{row.id}/cancel").url == "/forgotten"
    with pytest.raises(Refused, match="not_from_here"):
        key_requests.confirm_reset(row.id, by=cast.gita.acting(at=clock.now()))
