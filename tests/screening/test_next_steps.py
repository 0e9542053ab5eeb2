"""The next step after a talk: by rule, by choice, with an owner who can open the record."""

import re
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.urls import reverse

from suar.accounts import notices
from suar.cases.tasks import notify_due
from suar.consent.documents import Needs
from suar.core import clock
from suar.core.i18n import format_day
from suar.core.refusals import NotYours
from suar.records import keyring
from suar.records.models import Grant, Record
from suar.records.queries import is_task
from suar.records.rules import mask_of
from suar.records.terms import Compartment
from suar.screening.codes import Answer, ContactResult
from suar.screening.documents import NextSteps
from suar.screening.rules.answers import AgeBand, AgeFacts, Answers, Doubt, NeedAnswer
from suar.screening.rules.card_words import revealing_words
from suar.screening.rules.instrument import instrument
from suar.screening.rules.next_steps import STEPS, agreed_word, default_step, due_day, may_choose_step
from tests.people import client_of
from tests.screening.conversing import KEPT, NEAR, SAFE, UNABLE, YOUNG, Conversation, led_to, left_at, text

TODAY = date(2026, 11, 30)
SEEN = {"SN_SEEN": frozenset({"I_O_CONTROLLED"})}
DOUBTED = {"SN_SEEN": frozenset({"I_O_AGE_DOUBT"})}
CHILD_NEED = {"ND_CHILD_ALONE": NeedAnswer(Answer.YES)}
HELD_NEED = {"ND_HELD": NeedAnswer(Answer.YES)}
BED_TONIGHT, IN_DANGER, WAGES = ({need: NeedAnswer(Answer.YES)} for need in ("ND_BED", "ND_DANGER", "ND_WAGES"))
LATER_CALL = {"ND_THREAT": NeedAnswer(Answer.YES, acted=ContactResult.LATER)}
ADULT = AgeFacts(band=AgeBand.ADULT, doubt=Doubt.NO)


@pytest.mark.parametrize(
    ("answers", "stop", "step"),
    [
        (Answers(age=AgeFacts(years=9)), None, "NS_CHILD"),
        (Answers(age=AgeFacts(band=AgeBand.ADULT, doubt=Doubt.YES)), None, "NS_CHILD"),
        (Answers(signs=DOUBTED), None, "NS_CHILD"),
        (Answers(age=ADULT, needs=CHILD_NEED), None, "NS_CHILD"),
        (Answers(), "STOP_CHILD_ALONE", "NS_CHILD"),
        (Answers(choices={"RD_SETTING": "STREET_CHILD"}), None, "NS_CHILD"),
        (Answers(age=AgeFacts(years=16)), "STOP_CONTROLLER", "NS_CHILD"),
        (Answers(age=AgeFacts(years=16)), "STOP_TIE", "NS_OUTSIDE"),
        (Answers(age=ADULT), "STOP_CONTROLLER", "NS_SEE_AGAIN"),
        (Answers(), "STOP_CONTROLLER", "NS_SEE_AGAIN"),
        (Answers(age=ADULT, signs=SEEN), None, "NS_SEE_AGAIN"),
        (Answers(age=ADULT, choices={"CU_HELD": "NO_LAWYER"}), "STOP_LEGAL", "NS_LAWYER"),
        (Answers(age=ADULT, needs=HELD_NEED), None, "NS_LAWYER"),
        (Answers(choices={"RD_SETTING": "POLICE_CUSTODY"}), None, "NS_LAWYER"),
        (Answers(age=ADULT), None, "NS_COMES_BACK"),
        (Answers(), "STOP_NO_PRIVACY", "NS_COMES_BACK"),
        (Answers(age=ADULT, needs=BED_TONIGHT), None, "NS_CALL"),
        (Answers(age=ADULT, needs=BED_TONIGHT, choices={"SF_HEARD": "YES"}), None, "NS_EXPECTED"),
        (Answers(age=ADULT), "STOP_DANGER", "NS_SEE_AGAIN"),
        (Answers(age=ADULT, needs=IN_DANGER), "STOP_NO_CONSENT", "NS_COMES_BACK"),
        (Answers(age=ADULT, needs=WAGES), None, "NS_COMES_BACK"),
        (Answers(age=ADULT, needs=LATER_CALL), None, "NS_CALL"),
    ],
)
def test_a_child_a_controlled_and_a_held_person_get_a_step_of_their_own(answers, stop, step):
    assert default_step(answers, instrument().stops[stop] if stop else None, has_name=False, has_contact=True) == step


def test_with_a_name_help_goes_on_from_the_persons_page():
    assert default_step(Answers(age=ADULT), None, has_name=True, has_contact=True) == "NS_HELP"


def test_a_person_whom_nothing_stored_leads_to_is_met_at_an_agreed_time():
    assert default_step(Answers(age=ADULT, needs=BED_TONIGHT), None, has_name=False, has_contact=False) == "NS_EXPECTED"


@pytest.mark.parametrize(
    ("chosen", "usual", "allowed"),
    [
        ("NS_CALL", "NS_COMES_BACK", True),
        ("NS_NONE_WISHED", "NS_COMES_BACK", True),
        ("NS_CHILD", "NS_COMES_BACK", False),
        ("NS_ANYTHING", "NS_COMES_BACK", False),
        ("NS_LAWYER", "NS_COMES_BACK", False),
        ("NS_CALL", "NS_SEE_AGAIN", True),
        ("NS_NONE_WISHED", "NS_SEE_AGAIN", False),
        ("NS_COMES_BACK", "NS_LAWYER", False),
        ("NS_COMES_BACK", "NS_CALL", False),
        ("NS_COMES_BACK", "NS_EXPECTED", False),
        ("NS_NONE_WISHED", "NS_CALL", True),
        ("NS_HELP", "NS_HELP", True),
        ("NS_CHILD", "NS_CHILD", False),
        ("NS_CALL", "NS_CHILD", True),
        ("NS_HAND_OVER", "NS_CHILD", False),
        ("NS_NONE_WISHED", "NS_OUTSIDE", False),
    ],
)
def test_beside_the_step_for_a_child_is_an_own_one_and_a_controlled_person_has_an_owner(chosen, usual, allowed):
    assert may_choose_step(chosen, usual) is allowed


@pytest.mark.parametrize(
    ("step", "chosen", "due"),
    [
        ("NS_CHILD", None, TODAY),
        ("NS_CHILD", TODAY + timedelta(days=30), TODAY),
        ("NS_SEE_AGAIN", None, TODAY + timedelta(days=1)),
        ("NS_CALL", TODAY + timedelta(days=6), TODAY + timedelta(days=6)),
        ("NS_CALL", TODAY - timedelta(days=6), TODAY),
        ("NS_CALL", TODAY + timedelta(days=600), TODAY + timedelta(days=90)),
        ("NS_COMES_BACK", TODAY, None),
    ],
)
def test_a_step_with_an_owner_is_due_on_a_day(step, chosen, due):
    assert due_day(step, today=TODAY, chosen=chosen) == due


def test_each_step_is_offered_or_usual_and_owned_or_without_a_day():
    for step in STEPS.members:
        assert (step["owner"] == "NOBODY") is (step["days"] is None)


def step_of(talk: Conversation, record):
    (step,) = talk.open(record).get(NextSteps).entries
    return step


def child_near(talk: Conversation):
    """A child with somebody near: a stop before the age is asked, with the age doubted by then."""
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **{"needs-all-asked": "yes"})
    return left_at(talk.post("AGE", **YOUNG, stop="STOP_CONTROLLER") and talk.end(**UNABLE))


def test_a_childs_codes_go_to_a_child_protection_worker_who_opens_only_codes(
    talk: Conversation, strangers: SimpleNamespace
) -> None:
    left = child_near(talk)
    row = Record.objects.get(id=left)
    assert (row.assignee, row.next_due) == (strangers.lia.id, clock.today())
    assert set(Grant.objects.filter(record=left).values_list("compartments", flat=True)) == {
        mask_of({Compartment.CODED})
    }
    page = text(client_of(strangers.lia).get(reverse("talk_ended", args=[left])))
    assert "15 to 17" in page
    assert "A child protection worker takes over" in page
    own = text(talk.client.get(reverse("talk_ended", args=[left])))
    assert "Lia" in own
    assert "15 to 17" not in own, "the author knows it, and may have the person in front of the screen"
    notices.mark_seen(strangers.lia.id, at=clock.now())
    with clock.shifted(timedelta(days=1)):
        notify_due.call()
        assert notices.unseen_of(strangers.lia.id).exists()
    assert "Lia" in text(talk.client.get(reverse("day"))).split('id="due"')[1]
    assert reverse("talk_ended", args=[left]) in text(client_of(strangers.lia).get(reverse("day")))
    with pytest.raises(NotYours):
        keyring.open_record(left, keys=strangers.farid.keys)


def test_without_a_child_protection_worker_the_lead_owns_it_and_the_page_says_whom_to_call(
    talk: Conversation, village: SimpleNamespace, services: None
) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **{"needs-all-asked": "yes"})
    talk.post("AGE", **YOUNG, stop="STOP_STAFF")
    assert "Call child protection outside this organisation now." in text(talk.sum_up())
    left = left_at(talk.end(**UNABLE))
    assert Record.objects.get(id=left).assignee == village.esi.id
    assert "Child protection outside" in text(talk.client.get(reverse("talk_ended", args=[left])))


def test_a_child_protection_worker_whom_the_child_excluded_is_passed_over(
    talk: Conversation, village: SimpleNamespace, strangers: SimpleNamespace
) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **{"needs-all-asked": "yes"})
    talk.post("AGE", **YOUNG, stop="STOP_STAFF")
    excluded = {**KEPT, "exclude": "on", "exclude_workers": [str(strangers.lia.id)]}
    person = left_at(talk.end(**UNABLE, **excluded))
    assert Record.objects.get(id=person).assignee == village.esi.id
    with pytest.raises(NotYours):
        keyring.open_record(person, keys=strangers.lia.keys)


def test_a_named_child_is_due_on_the_day_of_child_protection(talk: Conversation, strangers: SimpleNamespace) -> None:
    talk.walk(AGE={**YOUNG, "q-AG_GUARDIAN": "HERE"}, CONSENT={"q-CN_BACK": "YES", "q-CN_ANSWER": "NO"})
    person = left_at(talk.end(outcome="DECLINED", reason="RS_PERSON_CHOSE", **KEPT))
    page = text(client_of(strangers.lia).get(reverse("day"))).split('id="due"')[1]
    assert "A child protection worker takes over" in page.split(KEPT["name"])[1].split("</li>")[0]
    assert is_task(person)


def test_a_controlled_adult_stays_with_the_author_until_it_is_done(talk: Conversation) -> None:
    talk.post("SAFE", **NEAR)
    refused = talk.end(**UNABLE, next_step="NS_NONE_WISHED")
    assert refused.status_code == 400
    left = left_at(talk.end(**UNABLE, next_step="NS_EXPECTED", next_day=str(clock.today())))
    step = step_of(talk, left)
    assert (step.code, step.owner, step.due) == ("NS_EXPECTED", talk.player.id, clock.today())
    way = reverse("talk_ended", args=[left])
    assert way in text(talk.client.get(reverse("day")))
    assert talk.client.post(reverse("finish_next_step", args=[left])).status_code == 302
    assert step_of(talk, left).done_by == talk.player.id
    assert way not in text(talk.client.get(reverse("day")))
    talk.client.post(reverse("finish_next_step", args=[left]))


def test_a_step_can_be_handed_to_a_colleague(talk: Conversation, village: SimpleNamespace) -> None:
    talk.walk()
    assert "Choose the colleague" in text(talk.end(**UNABLE, next_step="NS_HAND_OVER"))
    left = left_at(talk.end(**UNABLE, next_step="NS_HAND_OVER", next_owner=str(village.esi.id)))
    assert Record.objects.get(id=left).assignee == village.esi.id
    assert step_of(talk, left).owner == village.esi.id


def test_the_line_of_the_next_step_says_what_is_selected(talk: Conversation) -> None:
    talk.walk(NEEDS={"n-ND_BED": "YES", "n-ND_BED-acted": "TRIED"})
    page = talk.sum_up()
    assert page.context["form"]["next_step"].value() == "NS_CALL"
    assert page.context["step"] == "I contact the person again"
    assert step_of(talk, left_at(talk.end(**UNABLE, **KEPT, next_step="NS_CALL"))).code == "NS_CALL"


def test_the_usual_step_that_stays_selected_gives_way_to_the_persons_page(talk: Conversation) -> None:
    talk.walk()
    assert talk.sum_up().context["form"]["next_step"].value() == "NS_COMES_BACK"
    person = left_at(talk.end(**UNABLE, **KEPT, next_step="NS_COMES_BACK"))
    assert step_of(talk, person).code == "NS_HELP"


def test_a_day_for_a_step_that_nobody_does_on_a_day_is_not_lost(talk: Conversation) -> None:
    talk.walk()
    for typed in ({"next_day": str(clock.today())}, {"next_hour": "19:30"}):
        refused = talk.end(**UNABLE, next_step="NS_COMES_BACK", **typed)
        assert refused.status_code == 400
        assert "Remove day and time" in text(refused)


def test_beside_child_protection_the_worker_does_a_step_of_their_own(
    talk: Conversation, strangers: SimpleNamespace
) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **{"n-ND_CHILD_ALONE": "YES", "n-ND_CHILD_ALONE-acted": "HELPS_HERE"})
    talk.post("AGE", **{"age-years": "35", "age-band": "ADULT", "age-doubt": "NO"}, stop="STOP_STAFF")
    assert talk.end(**UNABLE, next_step="NS_COMES_BACK").status_code == 400
    due = clock.today() + timedelta(days=4)
    left = left_at(talk.end(**UNABLE, next_step="NS_DEADLINE", next_day=str(due)))
    own, child = talk.open(left).get(NextSteps).entries
    assert (own.code, own.owner, own.due) == ("NS_DEADLINE", talk.player.id, due)
    assert (child.code, child.owner, child.due) == ("NS_CHILD", strangers.lia.id, clock.today())
    page = text(talk.client.get(reverse("talk_ended", args=[left])))
    assert "Also" in page and "I act before a fixed day" in page and "It is the step of" not in page
    client_of(strangers.lia).post(reverse("finish_next_step", args=[left]))
    own, child = talk.open(left).get(NextSteps).entries
    assert child.done_at and not own.done_at, "each finishes their own"
    assert Record.objects.get(id=left).next_due == due
    assert f"the step of {talk.player.worker.display_name}" in text(
        client_of(strangers.lia).get(reverse("talk_ended", args=[left]))
    )
    talk.client.post(reverse("finish_next_step", args=[left]))
    assert talk.open(left).get(NextSteps).entries[0].done_by == talk.player.id


def test_an_ended_talk_says_that_nobody_owns_a_step(talk: Conversation) -> None:
    left = left_at(talk.walk().end(**UNABLE, next_step="NS_NONE_WISHED"))
    assert step_of(talk, left).due is None
    assert Record.objects.get(id=left).next_due is None
    assert "the person does not want one" in text(talk.client.get(reverse("talk_ended", args=[left])))


def test_somebody_in_custody_leaves_with_the_number_of_a_lawyer(talk: Conversation, services: None) -> None:
    talk.post("SAFE", **{**SAFE, "q-CU_HELD": "NO_LAWYER"})
    left = left_at(talk.end(**UNABLE, acted="TRIED"))
    page = text(talk.client.get(reverse("talk_ended", args=[left])))
    assert "See that a lawyer comes" in page
    assert page.count('href="tel:') > 1


def test_help_is_listed_by_need_for_somebody_without_a_name(talk: Conversation, services: None) -> None:
    needs = {"n-ND_WAGES": "YES", "n-ND_FOOD": "YES", "n-ND_FOOD-acted": "TRIED"}
    left = left_at(talk.walk(NEEDS=needs).end(**UNABLE))
    page = talk.client.get(reverse("talk_ended", args=[left]))
    labels = [line["label"] for line in page.context["services"]]
    assert labels == ["I need food, water or dry clothes", "I want the pay that is owed to me"]
    card = text(page).split("data-alone")[1].split("</aside>")[0]
    numbers = re.findall(r"<strong>(.*?)</strong>", card)
    assert len(set(numbers)) == len(numbers) > 1
    assert "I need food" not in card, "somebody may find the paper"
    assert revealing_words(re.sub("<[^>]+>", " ", card)) == ()
    food = text(page).split("I need food, water or dry clothes</h2>")[1].split("</section>")[0]
    assert "I tried, nobody answered" in food


def test_a_step_that_was_finished_by_mistake_is_open_again_within_a_minute(
    talk: Conversation, strangers: SimpleNamespace
) -> None:
    talk.post("SAFE", **NEAR)
    left = left_at(talk.end(**UNABLE, next_step="NS_EXPECTED", next_day=str(clock.today())))
    finish, page = reverse("finish_next_step", args=[left]), reverse("talk_ended", args=[left])
    assert "This step is done" in text(talk.client.get(page))
    talk.client.post(finish)
    assert 'name="undo"' in text(talk.client.get(page))
    client_of(strangers.lia).post(finish, {"undo": "on"})
    assert step_of(talk, left).done_by == talk.player.id, "only those who finished it"
    talk.client.post(finish, {"undo": "on"})
    assert step_of(talk, left).done_at is None
    assert Record.objects.get(id=left).next_due == clock.today()
    assert page in text(talk.client.get(reverse("day")))
    talk.client.post(finish)
    with clock.shifted(timedelta(minutes=2)):
        assert 'name="undo"' not in text(talk.client.get(page))
        talk.client.post(finish, {"undo": "on"})
    assert step_of(talk, left).done_at


def test_somebody_held_is_asked_about_a_lawyer_the_consulate_and_a_call_home(village: SimpleNamespace) -> None:
    talk = Conversation.begun_by(village.ben, place="POLICE_CUSTODY", form="signpost")
    page = text(talk.page("SIGNPOST"))
    asked = {code for code in ("ND_HELD", "ND_CONSULATE", "ND_CALL", "ND_INTERPRETER") if f'name="n-{code}"' in page}
    assert len(asked) == 4
    assert 'id="more-needs" open' in page
    assert 'name="n-ND_WORK"' not in page
    elsewhere = text(Conversation.begun_by(village.ben, form="signpost").page("SIGNPOST"))
    assert 'name="n-ND_CONSULATE"' not in elsewhere


def test_where_a_step_is_chosen_the_title_of_the_fold_calls_the_usual_one_suggested(talk: Conversation) -> None:
    talk.walk(NEEDS={"n-ND_BED": "YES", "n-ND_BED-acted": "TRIED"})
    title = text(talk.sum_up()).split('id="next-step"')[1].split("</summary>")[0]
    assert "suggested: I contact the person again" in title


def test_the_persons_page_shows_how_the_call_about_an_urgent_need_ended(talk: Conversation) -> None:
    refused = {"n-ND_DANGER": "YES", "n-ND_DANGER-acted": "NOT_WANTED"}
    talk.walk(NEEDS={**refused, "n-ND_BED": "YES", "n-ND_BED-acted": "TRIED"})
    page = text(talk.client.get(reverse("person", args=[left_at(talk.end(**UNABLE, **KEPT))])))
    assert "The person does not want it" in page
    assert "Tried, nobody answered yet" in page
    assert "Nobody informed yet" not in page


def test_a_need_agreed_for_the_next_days_says_so_until_help_is_asked_for(talk: Conversation) -> None:
    talk.walk(NEEDS={"n-ND_THREAT": "YES", "n-ND_THREAT-acted": "LATER"})
    options = text(talk.client.get(reverse("options", args=[left_at(talk.end(**UNABLE, **KEPT))])))
    assert "agreed for the 3 days after the talk" in options
    assert "Nobody informed yet" not in options


def test_a_childs_urgent_need_stays_open_though_the_child_does_not_want_help(talk: Conversation) -> None:
    refused = {"n-ND_DANGER": "YES", "n-ND_DANGER-acted": "NOT_WANTED"}
    talk.walk(NEEDS=refused, AGE={**YOUNG, "q-AG_GUARDIAN": "HERE"})
    left = left_at(talk.end(**UNABLE, **KEPT, acted="NOT_WANTED"))
    assert [need.call_result for need in talk.open(left).get(Needs).entries] == [None]
    page = text(talk.client.get(reverse("person", args=[left])))
    assert "The person does not want it" not in page
    assert "Nobody informed yet" in page


def row_of(page: str, record: UUID) -> str:
    """Return the row of a record in a list."""
    return page.split(f'href="{reverse("talk_ended", args=[record])}')[1].split("</li>")[0]


def test_lists_tell_apart_talks_without_a_name_by_step_need_and_place(
    talk: Conversation, village: SimpleNamespace
) -> None:
    talk.walk(NEEDS={"n-ND_BED": "YES", "n-ND_BED-acted": "HELPS_HERE", "n-ND_WAGES": "YES"})
    deadline = {"next_step": "NS_DEADLINE", "next_day": str(clock.today()), "next_hour": "14:30"}
    settled = left_at(talk.end(**UNABLE, **deadline))
    other = Conversation.begun_by(village.ben, place="POLICE_CUSTODY", form="signpost")
    other.post("SIGNPOST", **SAFE, **{"n-ND_FOOD": "YES", "n-ND_FOOD-acted": "TRIED"})
    unreached = left_at(other.end(**UNABLE))
    for name in ("day", "caseload"):
        page = text(talk.client.get(reverse(name)))
        row = row_of(page, settled)
        assert "Village office" in row
        assert "I want the pay that is owed to me" in row, "what is settled comes after what is open"
        assert "I act before a fixed day" in row
        assert "14:30" in row
        assert "I need food" in row_of(page, unreached)
    row = row_of(text(client_of(village.esi).get(reverse("team"))), unreached)
    assert "I need food" in row
    assert "Police" in row


def test_a_fixed_day_of_somebody_without_a_name_stands_ahead_among_the_people_of_the_day(talk: Conversation) -> None:
    day = clock.today() + timedelta(days=3)
    left = left_at(talk.walk().end(**UNABLE, next_step="NS_DEADLINE", next_day=str(day), next_hour="08:00"))
    page = text(talk.client.get(reverse("day")))
    people = page.split("People I work with")[1]
    assert "I act before a fixed day" in row_of(people, left)
    assert "08:00" in row_of(people, left)
    assert str(left) not in page.split("People I work with")[0], "it is not due yet"


def test_a_person_without_a_contact_calls_at_an_agreed_time_and_is_known_by_a_word(talk: Conversation) -> None:
    talk.walk()
    before = text(talk.sum_up())
    agreed = {"next_step": "NS_EXPECTED", "next_day": str(clock.today()), "next_hour": "19:30"}
    left = left_at(talk.end(**UNABLE, **agreed))
    step = step_of(talk, left)
    assert (step.owner, step.due, step.hour) == (talk.player.id, clock.today(), "19:30")
    page = text(talk.client.get(reverse("talk_ended", args=[left])))
    assert "19:30" in page
    assert "what was noted, and what happens next, by whom and when" in page, "codes serve more than statistics"
    assert f"know each other again: <strong>{agreed_word(left)}</strong>" in page
    assert f"know each other again: <strong>{agreed_word(left)}</strong>" in before, "the person still listens then"
    assert "19:30" in row_of(text(talk.client.get(reverse("day"))), left)


def test_the_row_of_an_urgent_need_that_nobody_knows_of_also_names_the_agreed_hour_and_day(talk: Conversation) -> None:
    talk.walk(NEEDS={"n-ND_BED": "YES", "n-ND_BED-acted": "TRIED"})
    tomorrow = clock.today() + timedelta(days=1)
    left = left_at(talk.end(**UNABLE, next_step="NS_EXPECTED", next_day=str(tomorrow), next_hour="19:30"))
    row = row_of(text(talk.client.get(reverse("day"))), left)
    assert "Nobody reached yet: call now" in row
    assert "we meet, at an agreed time, 19:30" in row
    assert format_day(tomorrow) in row


def test_after_a_stop_beside_somebody_the_note_is_one_tap_away(talk: Conversation, village: SimpleNamespace) -> None:
    talk.post("SAFE", **{**SAFE, "q-SF_HEARD": "YES", "q-SF_WAY": "LATER"})
    left = left_at(talk.end(**UNABLE))
    ended, late = reverse("talk_ended", args=[left]), reverse("late_note", args=[left])
    page = text(talk.client.get(ended))
    assert late not in page
    assert 'href="?later=on"' in page
    assert late in text(talk.client.get(f"{ended}?later=on")), "nobody owns the next step, so it stands in no list"
    assert late not in text(client_of(village.esi).get(f"{ended}?later=on")), "the note is the author's"


def test_the_note_about_a_child_is_offered_to_the_author_though_child_protection_owns_the_step(
    village: SimpleNamespace, strangers: SimpleNamespace
) -> None:
    talk = Conversation.begun_by(village.ben, form="signpost")
    talk.post("SIGNPOST", **NEAR, **{"age-years": "11"})
    left = left_at(talk.end(**UNABLE))
    assert step_of(talk, left).owner == strangers.lia.id
    ended, late = f"{reverse('talk_ended', args=[left])}?later=on", reverse("late_note", args=[left])
    assert late in text(talk.client.get(ended))
    assert late not in text(client_of(strangers.lia).get(ended))
    assert led_to(client_of(strangers.lia).post(late)) == str(left)
    noted = talk.client.get(talk.client.post(late)["Location"])
    assert (noted.context["band"], noted.context["doubt"]) == (AgeBand.UNDER_12, Doubt.NOT_ASKED)


def test_a_need_that_can_wait_has_a_number_only_for_the_best_type_of_help(talk: Conversation, services: None) -> None:
    needs = {"n-ND_DOCTOR": "YES", "n-ND_CONSULATE": "YES", "n-ND_FOOD": "YES", "n-ND_FOOD-acted": "HELPS_HERE"}
    left = left_at(talk.walk(NEEDS=needs).end(**UNABLE))
    page = talk.client.get(reverse("talk_ended", args=[left]))
    numbers, links = text(page).split("I need food, water or dry clothes</h2>")[1].split("</section>", 1)
    assert 'href="tel:' in numbers
    linked = links.split("Find help together")[0]
    assert "tel:" not in linked
    for code in ("ND_DOCTOR", "ND_CONSULATE"):
        assert f'{reverse("options_without_name", args=[left])}#{code}"' in linked


def test_the_page_of_a_person_who_comes_back_asks_for_no_further_plan(talk: Conversation) -> None:
    talk.walk()
    person = left_at(talk.end(**UNABLE, **KEPT, next_step="NS_NONE_NEEDED"))
    page = text(talk.client.get(reverse("person", args=[person])))
    assert "None, because the person has the help they need" in page
    assert "Nothing is planned yet" not in page


def test_nobody_is_asked_whom_they_spoke_to_about_a_need_that_they_meet_here(talk: Conversation) -> None:
    talk.walk(NEEDS={"n-ND_BED": "YES", "n-ND_BED-acted": "HELPS_HERE"})
    options = talk.client.get(reverse("options", args=[left_at(talk.end(**UNABLE, **KEPT))]))
    assert "Somebody helps or was informed" in text(options)
    assert "Who did you speak to?" not in text(options)


def test_a_list_names_the_step_that_is_still_open(talk: Conversation, strangers: SimpleNamespace) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **{"n-ND_CHILD_ALONE": "YES", "n-ND_CHILD_ALONE-acted": "HELPS_HERE"})
    talk.post("AGE", **{"age-years": "35", "age-band": "ADULT", "age-doubt": "NO"}, stop="STOP_STAFF")
    left = left_at(talk.end(**UNABLE, next_step="NS_DEADLINE", next_day=str(clock.today())))
    child_protection = client_of(strangers.lia)
    assert "A child protection worker takes over" in row_of(text(child_protection.get(reverse("day"))), left)
    child_protection.post(reverse("finish_next_step", args=[left]))
    row = row_of(text(talk.client.get(reverse("day"))), left)
    assert "I act before a fixed day" in row
    assert "A child protection worker takes over" not in row


def test_somebody_informed_is_recorded_also_where_the_person_had_wanted_no_help(talk: Conversation) -> None:
    talk.walk(NEEDS={"n-ND_BED": "YES", "n-ND_BED-acted": "NOT_WANTED"})
    options = talk.client.get(reverse("options", args=[left_at(talk.end(**UNABLE, **KEPT))]))
    assert "Who did you speak to?" in text(options), "a no can become a yes"
