"""The plan on its page: goals, relatives, the person's answer, services, money and items, and plans of version 0.1."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from suar.cases.codes import PLAN_ANSWERS, PLAN_FIELDS, RELATIVES, StepState
from suar.cases.documents.plan import GivenVersion, Goal, Plan, PlanAgreement, PlanStep, ServiceVersion
from suar.cases.forms.plan import AmountField
from suar.cases.rules import plan as rules
from suar.consent.codes import AgeStatus
from suar.consent.documents import Profile
from suar.core import clock
from suar.records import keyring
from suar.records.terms import Compartment
from tests.cases.test_case_pages import STEP, day, goal_path, path, plan
from tests.html import squeeze
from tests.people import acting_as, client_of, typed_steps, write

TODAY = date(2026, 11, 30)
OLD = {
    "goal": "to be paid",
    "steps": [
        {"what": "copy the contract", "who": "Jaya", "by": "", "done": True},
        {"what": "write the letter", "who": "", "by": "2026-11-24", "done": False},
    ],
    "review_on": "2026-12-20",
}
GIVEN = {"kind": "MONEY", "amount": "250000.50", "currency": "IDR", "purpose": "bus", "rhythm": "ONE_OFF"}
SERVICE = {"service_type": "HEA_GENERAL", "source": "own", "version": 0}


def add(client, case, part, *line, **typed):
    return client.post(path("plan_part", case, part, *line), {"version": 0} | typed)


def answer(client, case, given="SPOKEN", **typed):
    version = client.get(path("agree_plan", case)).context["form"]["version"].value()
    given = {"answer": given, "on": day(0), "copy_left": "GIVEN", "version": version}
    return client.post(path("agree_plan", case), given | typed)


def plan_page(client, case):
    return client.get(path("plan", case)).context


def open_case(cast, case):
    return keyring.open_record(case, keys=cast.chioma.keys)


# Plans of version 0.1


def test_a_plan_of_version_0_1_opens_with_its_goal_and_steps():
    stored = Plan.from_stored(OLD, 1)
    [goal] = stored.goals
    assert (goal.text, stored.review_on) == ("to be paid", date(2026, 12, 20))
    assert [step.state for step in goal.steps] == [StepState.DONE, StepState.PLANNED]
    assert [step.by for step in goal.steps] == [None, date(2026, 11, 24)]
    assert Plan.from_stored(stored.to_stored(), 2) == stored


@pytest.mark.parametrize("old", [{}, {"goal": "", "steps": [], "review_on": ""}])
def test_an_empty_plan_of_version_0_1_has_no_goal(old):
    assert Plan.from_stored(old, 1) == Plan()


def test_a_plan_of_version_0_1_is_shown_changed_and_stored_anew(cast, chioma, case):
    write(open_case(cast, case), Compartment.NARRATIVE, "plan", OLD, by=cast.chioma.id, at=clock.now())
    page = chioma.get(path("plan", case))
    assert b"copy the contract" in page.content
    assert not page.context["is_agreed"]
    step = page.context["plan"].steps[1]
    assert chioma.post(path("plan_step", case), {"step": step.id, "state": "DONE"}).status_code == 302
    assert chioma.get(goal_path(chioma, case)).context["form"]["goal"].value() == "to be paid"
    [goal] = open_case(cast, case).read(Compartment.NARRATIVE, "plan")["goals"]
    assert [step["state"] for step in goal["steps"]] == ["DONE", "DONE"]


# Goals and steps


def test_goals_stand_in_the_order_of_the_person(chioma, case):
    for goal, priority in (("wages", 2), ("a room", 1), ("school", "")):
        typed = {"goal": goal, "priority": priority, "review_on": day(20), "domain": "WORK", **typed_steps(STEP)}
        assert add(chioma, case, "goal", **typed).status_code == 302
    shown = plan_page(chioma, case)
    assert [line.text for line, _baseline in shown["goals"]] == ["a room", "wages", "school"]
    [ended] = [line for line, _baseline in shown["goals"] if line.text == "a room"]
    typed = {"goal": "a room", "state": "REACHED", "review_on": day(20), "version": 1, **typed_steps(STEP)}
    assert add(chioma, case, "goal", ended.id, **typed).status_code == 302
    assert [line.text for line, _baseline in plan_page(chioma, case)["goals"]] == ["wages", "school", "a room"]


def test_a_goal_begins_with_the_ratings_of_its_domain(chioma, case):
    rating = {"on": day(0), "version": 0, "person-WORK": "2", "worker-WORK": "NK"}
    assert chioma.post(path("rate", case, "all"), rating).status_code == 302
    plan(chioma, case, domain="WORK")
    [(_goal, baseline)] = plan_page(chioma, case)["goals"]
    assert baseline == {"person": "2", "worker": "NK"}
    paper = squeeze(chioma.get(path("plan_paper", case, "id")).content).split("<article")[1]
    assert "Orangnya: 2: Rentan<" in paper
    assert "Petugas: Tidak diketahui<" in paper


def test_two_workers_change_two_goals_at_once(cast, chioma, case):
    for goal in ("wages", "a room"):
        add(chioma, case, "goal", goal=goal, review_on=day(20), **typed_steps(STEP))
    first, second = (line for line, _baseline in plan_page(chioma, case)["goals"])
    typed = {"review_on": day(20), "version": 1, **typed_steps(STEP)}
    assert add(chioma, case, "goal", first.id, goal="all wages", **typed).status_code == 302
    assert add(client_of(cast.jaya), case, "goal", second.id, goal="a dry room", **typed).status_code == 302
    assert {line.text for line, _baseline in plan_page(chioma, case)["goals"]} == {"all wages", "a dry room"}
    late = add(client_of(cast.jaya), case, "goal", first.id, goal="some wages", **typed)
    assert late.status_code == 409
    assert b"all wages" in late.content
    assert b"some wages" in late.content


def test_a_step_is_done_and_undone_within_a_minute(chioma, cast, case):
    plan(chioma, case, STEP | {"owner": "PERSON", "by": day(3)})
    [step] = plan_page(chioma, case)["plan"].steps
    for state in ("DONE", "DONE"):
        assert chioma.post(path("plan_step", case), {"step": step.id, "state": state}).status_code == 302
    shown = plan_page(chioma, case)
    assert shown["plan"].steps[0].state is StepState.DONE
    [undo] = shown["undos"]
    page = chioma.post(path("undo", case), {"what": undo.what, "key": undo.key})
    assert page["Location"].startswith(path("plan", case))
    assert plan_page(chioma, case)["plan"].steps[0].is_open
    chioma.post(path("plan_step", case), {"step": step.id, "state": "DROPPED"})
    with clock.shifted(timedelta(minutes=2)):
        late = client_of(cast.chioma)
        assert late.post(path("undo", case), {"what": "step", "key": step.id}).status_code == 409
    assert not plan_page(chioma, case)["plan"].steps[0].is_open


@pytest.mark.parametrize("typed", [{"step": "9", "state": "DONE"}, {"step": "1", "state": "LATER"}, {}])
def test_an_unknown_step_or_state_is_404(chioma, case, typed):
    plan(chioma, case)
    assert chioma.post(path("plan_step", case), typed).status_code == 404


def test_what_became_of_a_step_stays_when_its_goal_is_changed(chioma, case):
    plan(chioma, case, STEP | {"by": day(3)})
    [step] = plan_page(chioma, case)["plan"].steps
    chioma.post(path("plan_step", case), {"step": step.id, "state": "DONE"})
    plan(chioma, case, STEP | {"id": step.id, "what": "call the boss again"}, {"what": "wait"})
    assert [step.is_open for step in plan_page(chioma, case)["plan"].steps] == [False, True]


# Relatives and the frame


@pytest.mark.parametrize("wished", [False, True])
@pytest.mark.parametrize("group", RELATIVES)
def test_needs_of_a_partner_and_parents_are_planned_only_if_wished(group, wished):
    decision = rules.may_plan_for_relative(group, wished=wished)
    if group in ("SB_PARTNER", "SB_PARENT") and not wished:
        assert decision.because == "wish_needed"
    else:
        assert decision


def test_a_relative_has_needs_and_steps_without_a_record(chioma, case):
    typed = {"group": "SB_PARENT", "called": "mother", "needs": "her medicine", **typed_steps(STEP | {"by": day(2)})}
    page = add(chioma, case, "relative", **typed)
    assert page.status_code == 400
    assert b"her medicine" in page.content
    assert add(chioma, case, "relative", **typed, wished="on").status_code == 302
    shown = plan_page(chioma, case)["plan"]
    assert [(line.called, line.steps[0].what) for line in shown.relatives] == [("mother", STEP["what"])]
    assert b"A step of the plan" in chioma.get(path("person", case)).content


def test_the_frame_holds_risks_consents_and_the_end(cast, chioma, case):
    risks = {"risk-0-what": "the broker calls", "risk-0-measure": "a new number"}
    counts = {"risk-TOTAL_FORMS": "1", "risk-INITIAL_FORMS": "0"}
    typed = {"family": "the aunt cooks", "exit": "she earns", "review_on": day(20), **risks, **counts}
    assert add(chioma, case, "frame", **typed).status_code == 302
    stored = plan_page(chioma, case)["plan"]
    assert (stored.risks[0].measure, stored.family, stored.exit) == ("a new number", "the aunt cooks", "she earns")
    late = add(client_of(cast.jaya), case, "frame", **typed | {"exit": "she laughs"})
    assert late.status_code == 409
    assert b"she earns" in late.content
    assert b"she laughs" in late.content
    assert add(chioma, case, "frame", **typed | {"version": 1, "review_on": day(99)}).status_code == 400


# The person's answer


COMPLETE = {field["key"] for field in PLAN_FIELDS.members if field["first"]}
RECORDED = {"by": uuid4(), "at": clock.now()}


def an_answer(answer, on, **facts):
    return PlanAgreement(plan=Plan(), answer=answer, on=on, **facts, **RECORDED)


@pytest.mark.parametrize("given", PLAN_ANSWERS)
@pytest.mark.parametrize("absent", [None, *sorted(COMPLETE)])
def test_a_plan_is_agreed_to_only_when_it_has_its_first_fields(given, absent):
    decision = rules.may_record_answer(COMPLETE - {absent}, an_answer(given, TODAY), child=False, today=TODAY)
    assert bool(decision) is (absent is None or not PLAN_ANSWERS[given]["agrees"])


@pytest.mark.parametrize(
    ("on", "child", "guardian", "because"),
    [
        (0, True, "", "guardian_needed"),
        (0, True, "consented", None),
        (0, True, "kept_out", None),
        (1, False, "", "in_the_future"),
        (-366 * 41, False, "", "year_too_early"),
    ],
)
def test_an_answer_has_a_day_and_for_a_child_the_part_of_the_guardian(on, child, guardian, because):
    answer = an_answer("SIGNED", TODAY + timedelta(days=on), guardian=guardian)
    decision = rules.may_record_answer(COMPLETE, answer, child=child, today=TODAY)
    assert decision.because == because if because else decision


@pytest.mark.parametrize("given", PLAN_ANSWERS)
def test_refusing_to_sign_or_to_agree_is_recorded(chioma, case, given):
    plan(chioma, case)
    assert answer(chioma, case, given, reason="I do not write").status_code == 302
    page = plan_page(chioma, case)
    assert page["is_agreed"] is PLAN_ANSWERS[given]["agrees"]
    assert page["agreements"][0].document.reason == "I do not write"


def test_a_change_after_the_agreement_is_not_agreed_yet_and_the_earlier_plan_stays(chioma, case):
    plan(chioma, case, STEP | {"by": day(3)})
    assert answer(chioma, case).status_code == 302
    [step] = plan_page(chioma, case)["plan"].steps
    chioma.post(path("plan_step", case), {"step": step.id, "state": "DONE"})
    assert plan_page(chioma, case)["is_agreed"], "what became of a step needs no new agreement"
    plan(chioma, case, STEP | {"id": step.id}, goal="a room")
    shown = plan_page(chioma, case)
    assert not shown["is_agreed"]
    [earlier] = shown["agreements"]
    paper = chioma.get(path("plan_paper", case, "en", earlier.key)).content
    assert b"to be paid" in paper
    assert b"a room" not in paper.split(b"<article")[1]
    assert answer(chioma, case, "NO").status_code == 302
    assert answer(chioma, case, "MARK").status_code == 302
    assert plan_page(chioma, case)["is_agreed"], "the newest answer counts"


def test_an_answer_to_a_plan_that_a_colleague_changed_is_not_stored(cast, chioma, case):
    plan(chioma, case)
    version = chioma.get(path("agree_plan", case)).context["form"]["version"].value()
    plan(client_of(cast.jaya), case, goal="a room")
    page = answer(chioma, case, version=version, reason="gladly")
    assert page.status_code == 409
    assert b"gladly" in page.content
    assert not plan_page(chioma, case)["agreements"]


def test_a_child_and_a_guardian_are_both_asked(cast, chioma, case):
    plan(chioma, case)
    profile = Profile(age_status=AgeStatus.CHILD)
    open_case(cast, case).put(profile, by=cast.chioma.id, at=acting_as(cast.chioma).at)
    assert answer(chioma, case).status_code == 400
    assert answer(chioma, case, guardian="consented").status_code == 302
    assert plan_page(chioma, case)["agreements"][0].document.guardian == "consented"


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_plan_is_printed_in_the_language_of_the_person(chioma, case, language):
    plan(chioma, case)
    paper = chioma.get(path("plan_paper", case, language)).content.decode().split("<article")[1]
    assert {"en": "My plan", "id": "Rencana saya"}[language] in paper
    assert "to be paid" in paper
    assert chioma.get(path("plan_paper", case, "xx")).status_code == 404
    assert chioma.get(path("plan_paper", case, language, case)).status_code == 404


def test_paper_that_is_not_safe_to_keep_says_so(chioma, case):
    plan(chioma, case)
    answer(chioma, case, copy_left="UNSAFE")
    assert b"cannot keep paper safely" in chioma.get(path("plan_paper", case, "en")).content


# Services, money and items


@pytest.mark.parametrize(
    ("began", "ended", "because"),
    [
        (0, None, None),
        (-9, -1, None),
        (-9, 30, None),
        (0, -1, "end_before_begin"),
        (1, None, "in_the_future"),
        (-366 * 41, None, "year_too_early"),
    ],
)
def test_a_service_has_begun_and_ends_after_that(began, ended, because):
    began_on, ended_on = (days if days is None else TODAY + timedelta(days=days) for days in (began, ended))
    service = ServiceVersion(service_type="JUS_WAGES", began_on=began_on, ended_on=ended_on, **RECORDED)
    decision = rules.may_record_service(service, today=TODAY)
    assert decision.because == because if because else decision


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("150.000", "150000"),
        ("150,000", "150000"),
        ("2.500.000", "2500000"),
        ("1 500", "1500"),
        ("1.500,50", "1500.50"),
        ("1,500.5", "1500.5"),
        ("12.50", "12.50"),
        ("12,5", "12.5"),
        ("250000.50", "250000.50"),
        (" 7 ", "7"),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed, amount):
    assert AmountField(decimal_places=2).clean(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["150.0000", "0.500", "1.50.000", "Rp 5", "1,5,5", "12.3456", "-1"])
def test_an_amount_that_can_be_read_in_two_ways_is_refused(typed):
    with pytest.raises(ValidationError):
        AmountField(min_value=0, decimal_places=2).clean(typed)


@pytest.mark.parametrize(
    ("kind", "amount", "currency", "what", "because"),
    [
        ("MONEY", "10", "IDR", "", None),
        ("MONEY", "0", "IDR", "", "amount_needed"),
        ("MONEY", "10", "", "", "amount_needed"),
        ("ITEM", None, "", "a sewing machine", None),
        ("ITEM", "10", "IDR", "", "item_needed"),
    ],
)
def test_money_has_an_amount_and_an_item_a_name(kind, amount, currency, what, because):
    number = Decimal(amount) if amount else None
    line = GivenVersion(
        kind=kind,
        amount=number,
        currency=currency,
        what=what,
        rhythm="ONE_OFF",
        given_on=TODAY,
        receiver="PERSON",
        **RECORDED,
    )
    decision = rules.may_record_given(line, today=TODAY)
    assert decision.because == because if because else decision


def test_a_service_is_recorded_and_ended_and_both_versions_stay(chioma, case):
    assert add(chioma, case, "service", **SERVICE, began_on=day(-9)).status_code == 302
    [(key, line, _source)] = plan_page(chioma, case)["services"]
    typed = SERVICE | {"began_on": day(-9), "ended_on": day(-1), "version": 1}
    assert add(chioma, case, "service", key, **typed).status_code == 302
    assert add(chioma, case, "service", key, **typed | {"note": "twice"}).status_code == 409
    [(key, line, _source)] = plan_page(chioma, case)["services"]
    assert [str(version.ended_on) for version in line.versions] == ["None", day(-1)]
    events = [event.kind for event in chioma.get(path("person", case)).context["events"]]
    assert events.count("service") == 2


def test_a_service_of_another_organisation_needs_its_name(chioma, case):
    elsewhere = SERVICE | {"source": "elsewhere", "began_on": day(0)}
    assert add(chioma, case, "service", **elsewhere).status_code == 400
    assert add(chioma, case, "service", **elsewhere, provider="the clinic").status_code == 302
    assert add(chioma, case, "service", **elsewhere | {"source": str(case)}).status_code == 400


def test_money_is_recorded_with_its_purpose_and_marked_when_one_off(chioma, case):
    typed = GIVEN | {"given_on": day(0), "receiver": "RELATIVE", "received_by": "mother"}
    for wrong in ({"amount": ""}, {"amount": "-1"}, {"given_on": day(1)}, {"currency": "ZZZ"}, {"purpose": ""}):
        page = add(chioma, case, "given", **typed | wrong)
        assert page.status_code == 400
        assert b"mother" in page.content
    assert add(chioma, case, "given", **typed).status_code == 302
    [(_key, line)] = plan_page(chioma, case)["given"]
    assert (line.current.amount, line.current.rhythm) == (Decimal("250000.50"), "ONE_OFF")
    assert b"One-off" in chioma.get(path("plan", case)).content


@pytest.mark.parametrize("part", [["other"], ["frame", "1"], ["goal", "x"], ["service", "x"], ["given", "x"]])
def test_an_unknown_part_is_404(chioma, case, part):
    assert chioma.get(path("plan_part", case, *part)).status_code == 404


def test_the_content_of_a_plan_leaves_out_states_and_the_review():
    step = PlanStep(id="1", what="call")
    stored = Plan(goals=(Goal(id="1", text="wages", steps=(step,)),), review_on=TODAY)
    changed = stored.with_step(step.model_copy(update={"state": StepState.DONE}))
    later = changed.model_copy(update={"review_on": TODAY + timedelta(days=9)})
    assert later.content == stored.content
    assert stored.with_line(stored.goals[0].model_copy(update={"text": "a room"})).content != stored.content
