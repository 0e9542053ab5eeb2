"""Retention acts by itself: announced 60 days before, stopped by what is open, erased on its day and by no wrong clock.

Source: security.md 3.4, 3.8, B17; docs/decisions/retention.md.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from suar.accounts.models import Alarm, Notice
from suar.audit.models import Entry
from suar.cases import actions, calendars, duplicates, erasure, retention
from suar.cases.codes import RETENTION_STOPS
from suar.cases.models import Erasure, ErasureClock
from suar.cases.rules import retention as rules
from suar.cases.rules.retention import RetentionFacts, Step
from suar.cases.tasks import erase_due_records
from suar.consent.rules import add_months
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.demo.cast import Cast, Player
from suar.records import actions as records
from suar.records import keyring
from suar.records.documents import document_classes
from suar.records.keyring import OpenRecord
from suar.records.models import Grant, IndexEntry, IndexKey, Record, Value
from suar.records.terms import Kind, Status
from suar.referrals.models import Referral
from suar.website.tasks import JOBS
from tests.cases.test_duplicates import met
from tests.people import acting_as, agreed, client_of, sent

DAY = timedelta(days=1)
TODAY = date(2026, 11, 30)
FACTS = RetentionFacts(kind=Kind.PERSON, last_entry=date(2024, 11, 30))
END = (add_months(clock.today(), 24) - clock.today()).days
"""Days after which the usual retention of what was written today is over."""
NOTICED = END - 60


# Rules


def test_every_document_class_has_a_rule_on_which_a_job_acts() -> None:
    spans = {row["code"]: row["job"] for row in rules.TABLE["spans"]}
    used = {kind.storage.retention for kind in document_classes().values()}
    assert used == spans.keys()
    assert set(spans.values()) <= {job.func.__name__ for job in JOBS}


@pytest.mark.parametrize("kind", sorted(rules.kind_rules()))
def test_each_kind_of_record_is_stored_within_its_bounds(kind: Kind) -> None:
    rule = rules.kind_rules()[kind]
    assert rule.least <= rule.months <= rule.most
    for months, fits in ((rule.least, True), (rule.most, True), (rule.least - 1, False), (rule.most + 1, False)):
        assert bool(rules.may_set_months({kind: months})) is fits


@pytest.mark.parametrize("code", list(RETENTION_STOPS))
def test_each_stop_stops_the_clock(code: str) -> None:
    stop: dict[str, Any] = {code: True}
    stopped = replace(FACTS, **stop)
    assert rules.stops(stopped) == (code,)
    assert rules.next_step(stopped, 24, announced=None, today=TODAY) == (Step.NOTHING, None)
    assert rules.next_step(stopped, 24, announced=TODAY, today=TODAY) == (Step.CLEAR, None)
    assert rules.next_step(FACTS, 24, announced=TODAY, today=TODAY) == (Step.ERASE, None), "the control"


@pytest.mark.parametrize(
    ("last", "until", "announced", "step", "day"),
    [
        (date(2026, 1, 1), None, None, Step.NOTHING, None),
        (date(2025, 1, 29), None, None, Step.ANNOUNCE, date(2027, 1, 29)),
        (date(2025, 1, 30), None, None, Step.NOTHING, None),
        (date(2020, 1, 1), None, None, Step.ANNOUNCE, date(2027, 1, 29)),
        (date(2020, 1, 1), None, date(2026, 12, 1), Step.NOTHING, None),
        (date(2020, 1, 1), None, date(2026, 11, 30), Step.ERASE, None),
        (date(2020, 1, 1), None, date(2026, 11, 2), Step.ERASE, None),
        (date(2020, 1, 1), date(2028, 1, 1), date(2026, 11, 30), Step.CLEAR, None),
        (date(2026, 11, 29), None, date(2026, 11, 30), Step.CLEAR, None),
        (date(2024, 12, 15), None, date(2026, 12, 1), Step.ANNOUNCE, date(2026, 12, 15)),
        (date(2020, 1, 1), None, date(2031, 1, 1), Step.ANNOUNCE, date(2027, 1, 29)),
    ],
)
def test_the_job_announces_sixty_days_before_and_erases_on_the_day(
    last: date, until: date | None, announced: date | None, step: Step, day: date | None
) -> None:
    facts = replace(FACTS, last_entry=last, until=until)
    assert rules.next_step(facts, 24, announced=announced, today=TODAY) == (step, day)


def test_months_end_on_the_last_day_of_a_short_month() -> None:
    assert add_months(date(2024, 2, 29), 24) == date(2026, 2, 28)
    assert add_months(date(2026, 12, 31), -1) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("passed", "jumped"),
    [(15 * DAY, True), (14 * DAY, False), (timedelta(0), False), (-DAY, True), (3650 * DAY, True)],
)
def test_a_jump_of_the_clock_is_seen(passed: timedelta, jumped: bool) -> None:
    now = clock.now()
    assert rules.clock_jumped(now - passed, now) is jumped


# The job


def run(days: float, *, steady: bool = True) -> dict[str, int]:
    """Run the job some days from now, with a clock that ran without a jump until then."""
    with clock.shifted(timedelta(days=days)):
        if steady:
            ErasureClock.objects.all().delete()
            ErasureClock.objects.create(at=clock.now() - DAY, steady_since=clock.now() - 30 * DAY)
        return erase_due_records.func()


def is_stored(record: UUID) -> bool:
    return Record.objects.filter(id=record).exclude(status=Status.GONE).exists()


def opened(player: Player, record: UUID) -> OpenRecord:
    return keyring.open_record(record, keys=player.keys)


def facts_of(record: UUID) -> RetentionFacts:
    facts = retention.facts_of(record)
    assert facts
    return facts


def announced_on(record: UUID) -> date | None:
    return Erasure.objects.filter(record=record).values_list("announced_on", flat=True).first()


@pytest.fixture
def listed(cast: Cast, amina: OpenRecord) -> OpenRecord:
    """Return Amina's record with its entry for lists and nothing due."""
    calendars.update_due(amina, by=acting_as(cast.ben))
    assert Record.objects.get(id=amina.id).next_due is None
    return amina


@pytest.mark.db_contract
def test_a_record_is_announced_and_then_erased_with_its_keys(cast: Cast, ben: Client, listed: OpenRecord) -> None:
    assert run(600) == {"announced": 0, "erased": 0}
    assert run(NOTICED)["announced"] == 1
    day = announced_on(listed.id)
    assert day == add_months(clock.today(), 24)
    assert Notice.objects.filter(worker=cast.ben.id).exists()
    assert run(NOTICED + 1) == {"announced": 0, "erased": 0}
    assert is_stored(listed.id)
    assert run((day - clock.today()).days) == {"announced": 0, "erased": 1}
    for model in (Grant, IndexKey):
        assert not model.objects.filter(record=listed.id).exists()
    assert not Value.objects.filter(record=listed.id).exists()
    assert not IndexEntry.objects.filter(record=listed.id).exists()
    entry = Entry.objects.get(verb="forget")
    assert (entry.by, entry.because, entry.about) == (None, retention.RETENTION, [str(listed.id)])
    assert run(800) == {"announced": 0, "erased": 0}, "twice is the same as once"
    with pytest.raises(NotYours):
        opened(cast.ben, listed.id)
    assert ben.get(reverse("erasure", args=[listed.id])).status_code == 404


@pytest.mark.db_contract
def test_the_day_page_of_the_worker_and_the_lead_tells_it(cast: Cast, listed: OpenRecord) -> None:
    run(NOTICED)
    for player, told in ((cast.ben, True), (cast.esi, True), (cast.chioma, False), (cast.farid, False)):
        page = client_of(player).get(reverse("day")).content.decode()
        assert ("will be erased on" in page) is told
    act(cast.ben, listed.id, "agree_retention")
    assert "will be erased on" not in client_of(cast.esi).get(reverse("day")).content.decode()
    assert announced_on(listed.id), "agreeing changes the notice, not the day"


def act(player: Player, record: UUID, verb: str, **facts: Any) -> None:
    erasure.change(opened(player, record), verb, facts, by=acting_as(player))


def test_a_record_is_stored_longer_with_a_reason_and_only_for_a_time(cast: Cast, listed: OpenRecord) -> None:
    page, until = reverse("change_erasure", args=[listed.id]), clock.today() + (END + 100) * DAY
    with pytest.raises(Refused, match="not_announced"):
        act(cast.ben, listed.id, "store_longer", until=until, words="a claim")
    run(NOTICED)
    with clock.shifted(NOTICED * DAY):
        ben = client_of(cast.ben)
        for typed in ({"until": str(until)}, {"until": str(until + 900 * DAY), "words": "a claim"}):
            refused = ben.post(page, {"verb": "store_longer", **typed})
            assert refused.status_code == 400
            assert typed["until"] in refused.content.decode(), "what was typed stays"
        assert ben.post(page, {"verb": "store_longer", "until": str(until), "words": "a claim"}).status_code == 302
    assert announced_on(listed.id) is None
    assert run(END) == {"announced": 0, "erased": 0}
    assert run(END + 40) == {"announced": 1, "erased": 0}
    assert announced_on(listed.id) == until
    assert run(END + 100)["erased"] == 1


def test_an_entry_starts_the_time_anew_and_an_act_about_the_end_does_not(cast: Cast, listed: OpenRecord) -> None:
    run(NOTICED)
    with clock.shifted((NOTICED + 5) * DAY):
        act(cast.ben, listed.id, "agree_retention")
    assert run(NOTICED + 6) == {"announced": 0, "erased": 0}
    assert announced_on(listed.id), "the control: still announced"
    with clock.shifted((NOTICED + 7) * DAY):
        actions.add_note(opened(cast.ben, listed.id), "she rang", way="CALL", by=acting_as(cast.ben))
    run(NOTICED + 8)
    assert announced_on(listed.id) is None
    assert run(END) == {"announced": 0, "erased": 0}


@pytest.mark.db_contract
def test_a_legal_hold_stops_the_clock_and_sixty_days_follow_it(cast: Cast, listed: OpenRecord) -> None:
    run(NOTICED)
    act(cast.ben, listed.id, "ask_hold", words="order 12/2026")
    assert run(END) == {"announced": 0, "erased": 0}
    assert announced_on(listed.id) is None
    act(cast.esi, listed.id, "drop_hold", words="not ours")
    assert run(END + 1) == {"announced": 1, "erased": 0}
    assert run(END + 60) == {"announced": 0, "erased": 0}
    assert run(END + 61)["erased"] == 1


def test_an_open_referral_and_a_due_day_stop_the_clock(cast: Cast, listed: OpenRecord) -> None:
    referral = sent(listed, agreed(listed, cast.ben), cast.ben).referral
    assert facts_of(listed.id).referral_open
    assert run(END + 61) == {"announced": 0, "erased": 0}
    records.set_due(listed.id, due=clock.today())
    assert facts_of(listed.id).duty_open
    records.set_due(listed.id, due=None)
    Referral.objects.filter(id=referral).update(state="RECALLED")
    assert run(END + 61)["announced"] == 1, "the control"


def test_an_open_case_stays_and_a_closed_one_goes(cast: Cast, chioma: Client, case: UUID) -> None:
    assert run(3000) == {"announced": 0, "erased": 0}
    assert facts_of(case).case_open


@pytest.mark.db_contract
def test_a_merged_record_stays_as_long_as_the_other(cast: Cast, listed: OpenRecord) -> None:
    other = met(cast.ben, "Aminah Rekaan")
    assert retention.merged_group(other) == {other}
    pair = duplicates.open_pair(opened(cast.ben, listed.id), other, keys=cast.ben.keys)
    duplicates.merge(pair, chosen=(), seen=pair.version, by=acting_as(cast.ben))
    assert retention.merged_group(other) == retention.merged_group(listed.id) == {other, listed.id}
    with clock.shifted(300 * DAY):
        actions.add_note(opened(cast.ben, listed.id), "she rang", by=acting_as(cast.ben))
    assert run(END) == {"announced": 0, "erased": 0}
    assert run(END + 300 - 60)["announced"] == 2
    assert run(END + 300)["erased"] == 2


# The clock of the server


@pytest.mark.db_contract
def test_nothing_is_erased_until_the_clock_ran_for_a_week(listed: OpenRecord) -> None:
    Erasure.objects.create(record=listed.id, organisation=listed.facts.organisation, announced_on=clock.today())
    Value.objects.filter(record=listed.id).update(at=clock.now() - 3000 * DAY)
    assert [run(day, steady=False)["erased"] for day in range(7)] == [0] * 7
    assert run(7, steady=False)["erased"] == 1
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("jump", [3650, -3650, 20])
def test_after_a_jump_nothing_is_erased_and_an_alarm_tells_it(cast: Cast, listed: OpenRecord, jump: int) -> None:
    Erasure.objects.create(
        record=listed.id,
        organisation=listed.facts.organisation,
        announced_on=clock.today() + 30 * DAY,
        erase_at=clock.now() + 2 * DAY,
    )
    assert run(0) == {"announced": 0, "erased": 0}
    assert run(jump, steady=False) == {"announced": 0, "erased": 0}
    assert is_stored(listed.id)
    assert Alarm.objects.get().kind == "CLOCK_JUMPED"
    assert Notice.objects.filter(worker=cast.esi.id).exists()
    assert run(jump + 1, steady=False) == {"announced": 0, "erased": 0}
    assert Alarm.objects.count() == 1, "told once"
    with clock.shifted((jump + 1) * DAY):
        assert "The clock of the server jumped" in client_of(cast.esi).get(reverse("day")).content.decode()


@pytest.mark.db_contract
def test_a_run_that_was_interrupted_goes_on(cast: Cast, listed: OpenRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    other = met(cast.ben, "Somebody Else")
    run(NOTICED)
    erase, done = records.destroy, list[UUID]()

    def once(record: UUID, **how: Any) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(record)
        erase(record, **how)

    monkeypatch.setattr(records, "destroy", once)
    with pytest.raises(KeyboardInterrupt):
        run(END)
    monkeypatch.undo()
    assert [is_stored(record) for record in sorted((listed.id, other))].count(True) == 1
    assert run(END)["erased"] == 1
    assert Entry.objects.filter(verb="forget").count() == 2


# Settings


def test_an_organisation_chooses_its_months_within_the_bounds(cast: Cast, esi: Client, listed: OpenRecord) -> None:
    page = reverse("retention_settings")
    assert client_of(cast.ben).get(page).status_code == 404
    assert esi.post(page, {"person": "3", "case": "24"}).status_code == 400
    assert esi.post(page, {"person": "12", "case": "36"}).status_code == 302
    assert retention.months_of(listed.facts.organisation)[Kind.PERSON] == 12
    assert run(300) == {"announced": 0, "erased": 0}
    assert run(306)["announced"] == 1
    with pytest.raises(Refused, match="not_offered"):
        retention.set_months({Kind.TALK: 12}, by=acting_as(cast.esi))
    with pytest.raises(NotYours):
        retention.set_months({Kind.PERSON: 24}, by=acting_as(cast.ben))
