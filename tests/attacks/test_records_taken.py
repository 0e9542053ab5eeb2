"""An exclusion takes a record from colleagues at once, and nobody takes it for themselves unseen.

Source: security.md T3, T7; docs/decisions/exclusions.md.
"""

from datetime import timedelta
from uuid import UUID

import pytest

from suar.accounts import alarms, setup, workers
from suar.accounts import queries as accounts
from suar.accounts.codes import AlarmKind
from suar.accounts.models import Alarm, Notice
from suar.accounts.roles import Role
from suar.cases import handover
from suar.cases.documents import Handover
from suar.consent import exclusions
from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.core.ids import short_code
from suar.core.refusals import NotYours
from suar.demo import cast as casting
from suar.demo.cast import Cast, Player
from suar.records import actions as records
from suar.records import keyring, queries
from suar.records.keyring import OpenRecord
from suar.records.models import Record
from suar.referrals import sending
from tests import cast as at_work
from tests.attacks.test_covers import hand_over
from tests.people import acting_as, client_of, thread, viewer

world, cast, amina = at_work.world, at_work.cast, at_work.amina


def exclude(record: UUID, *workers: Player, by: Player) -> None:
    added = [NewExclusion(ExclusionKind.WORKER, worker.id) for worker in workers]
    sending.record_exclusions(keyring.open_record(record, keys=by.keys), added, by=acting_as(by))


def opens(player: Player, record: UUID) -> bool:
    player.keys.forget()
    try:
        keyring.open_record(record, keys=player.keys)
    except NotYours:
        return False
    return True


def reads_alarm(player: Player) -> bool:
    return alarms.list_alarms(viewer(player), at=clock.now()).filter(kind=AlarmKind.RECORD_TAKEN).exists()


def join(cast: Cast, name: str, role: Role) -> Player:
    return casting.join(cast.village, name, name.title(), role, at=clock.now())


def test_who_stands_in_takes_a_person_from_everybody_only_under_review(cast: Cast, amina: OpenRecord) -> None:
    oka = join(cast, "oka", Role.SUPERVISOR)
    hand_over(amina.id, cast.ben, cast.lia, days=1)
    Notice.objects.all().delete()
    exclude(amina.id, cast.ben, cast.esi, by=cast.lia)
    assert [opens(player, amina.id) for player in (cast.ben, cast.esi, cast.lia)] == [False, False, True], "at once"
    assert {cast.indah.id} == set(Notice.objects.values_list("worker", flat=True))
    assert reads_alarm(cast.indah) and not any(map(reads_alarm, (cast.esi, cast.lia, cast.gita, oka)))
    page = client_of(cast.indah).get(f"/accesses/{Alarm.objects.get().id}").content.decode()
    assert short_code(amina.id) in page and "Lia" in page and "Amina" not in page
    with clock.shifted(timedelta(days=30)):
        assert not queries.covers_ended_before(clock.today()) and not handover.end_covers(at=clock.now())
        row = Record.objects.get(id=amina.id)
    assert (row.assignee, row.covered_for, row.cover_until) == (cast.lia.id, None, None), "no cover that never ends"


def test_an_excluded_lead_sees_the_same_pages_with_and_without_the_alarm(cast: Cast, amina: OpenRecord) -> None:
    Notice.objects.all().delete()
    exclude(amina.id, cast.esi, by=cast.ben)
    esi, alarm = client_of(cast.esi), Alarm.objects.get(kind=AlarmKind.RECORD_TAKEN)
    assert esi.get(f"/accesses/{alarm.id}").status_code == 404
    assert not Notice.objects.filter(worker=cast.esi.id).exists()
    label = alarm.text.label.encode()
    assert not any(label in esi.get(address).content for address in ("/", "/accesses"))
    control = Alarm.objects.create(
        kind=AlarmKind.MANY_NAMES, at=clock.now(), organisation=alarm.organisation, worker=cast.ben.id
    )
    assert control.text.label.encode() in esi.get("/accesses").content, "the control"


@pytest.mark.parametrize(("taken", "raised"), [("ben", True), ("esi", True), ("oka", False), ("maya", False)])
def test_a_record_is_reviewed_that_loses_its_worker_or_all_leads(
    cast: Cast,
    amina: OpenRecord,
    taken: str,
    raised: bool,
) -> None:
    players = {name: join(cast, name, Role.SUPERVISOR) for name in ("oka", "maya")} | cast.players
    hand_over(amina.id, cast.ben, cast.lia, days=1)
    exclude(amina.id, players[taken], by=cast.lia)
    assert not opens(players[taken], amina.id)
    assert Alarm.objects.filter(kind=AlarmKind.RECORD_TAKEN).exists() is raised


def test_without_another_reviewer_an_administrator_reviews(cast: Cast, amina: OpenRecord) -> None:
    """One supervisor alone, and no privacy officer, as in a small organisation."""
    workers.disable(cast.indah.id, by=acting_as(cast.gita))
    exclude(amina.id, cast.esi, by=cast.ben)
    assert reads_alarm(cast.gita) and not reads_alarm(cast.esi)


def test_nobody_escapes_the_review_by_excluding_all_reviewers(cast: Cast, amina: OpenRecord) -> None:
    exclude(amina.id, cast.indah, cast.gita, cast.esi, by=cast.ben)
    assert reads_alarm(cast.indah) and reads_alarm(cast.gita) and not reads_alarm(cast.esi)


def test_a_reviewer_who_is_excluded_later_loses_the_alarm(cast: Cast, amina: OpenRecord) -> None:
    hand_over(amina.id, cast.ben, cast.lia, days=1)
    exclude(amina.id, cast.ben, by=cast.lia)
    assert reads_alarm(cast.esi) and reads_alarm(cast.indah)
    exclude(amina.id, cast.esi, by=cast.lia)
    assert not reads_alarm(cast.esi) and reads_alarm(cast.indah)


def test_an_exclusion_is_reviewed_once_although_others_follow(cast: Cast, amina: OpenRecord) -> None:
    """Ben is away, and Esi holds Amina for good, so the cover goes on: each later entry restricts the record again."""
    hand_over(amina.id, cast.ben, cast.lia, days=1)
    taken = Alarm.objects.filter(kind=AlarmKind.RECORD_TAKEN)
    exclude(amina.id, cast.ben, by=cast.lia)
    assert taken.count() == 1
    exclude(amina.id, cast.gita, by=cast.lia)
    assert exclusions.restrict_for(amina.id, [cast.ben.id], by=acting_as(cast.lia))
    assert taken.count() == 1
    exclude(amina.id, cast.esi, by=cast.lia)
    assert taken.count() == 2, "the control"


def test_a_merged_record_that_does_not_open_is_reviewed_too(cast: Cast, amina: OpenRecord) -> None:
    records.restrict(amina, excluded=[], keys=cast.ben.keys, at=clock.now())
    assert not Alarm.objects.exists() and not opens(cast.lia, amina.id), "the control"
    assert exclusions.restrict_for(amina.id, [cast.ben.id], by=acting_as(cast.lia))
    assert reads_alarm(cast.indah) and reads_alarm(cast.esi) and not reads_alarm(cast.ben)


def test_a_colleague_takes_a_case_of_the_whole_team_only_under_review(cast: Cast) -> None:
    """At Pelita the whole team holds a case; Jaya says that the person excludes its worker and the only lead."""
    case = thread(cast).case
    nur = casting.join(cast.pelita, "nur", "Nur", Role.PRIVACY_OFFICER, at=clock.now())
    assert opens(cast.jaya, case), "the control"
    exclude(case, cast.chioma, cast.kartika, by=cast.jaya)
    assert [opens(player, case) for player in (cast.chioma, cast.kartika, cast.jaya)] == [False, False, True]
    assert reads_alarm(nur) and not reads_alarm(cast.kartika)


@pytest.mark.parametrize("moved", [True, False])
def test_the_leads_are_notified_that_a_person_goes_to_another_team(cast: Cast, amina: OpenRecord, moved: bool) -> None:
    """A worker and an accomplice there would take the person away from a lead, who might not miss them."""
    by = acting_as(cast.esi)
    team = setup.make_team("Tim dua", organisation=cast.village.organisation.id, by=by)
    oka = casting.hire(cast.village.organisation, "oka", "Oka", Role.SUPERVISOR, by=cast.esi.id, at=clock.now())
    cast.esi.keys.forget()
    workers.admit(oka.id, team=team.id, fingerprint=accounts.worker_fingerprint(oka.id), by=acting_as(cast.esi))
    Notice.objects.all().delete()
    handed = Handover(
        worker=oka.id if moved else cast.lia.id,
        team=team.id if moved else None,
        agreed=True,
        by=cast.ben.id,
        at=clock.now(),
    )
    handover.hand_over(keyring.open_record(amina.id, keys=cast.ben.keys), handed, by=acting_as(cast.ben))
    assert Notice.objects.filter(worker=cast.esi.id).exists() is moved
