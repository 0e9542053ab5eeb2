"""Two workers in one talk, and a session that closes in the middle of it."""

import html
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.urls import reverse

from suar.core import clock
from suar.core.refusals import Conflict, NotYours
from suar.crypto import totp
from suar.screening import actions, queries
from suar.screening.models import Talk
from tests.html import squeeze
from tests.people import acting_as
from tests.screening.conversing import (
    AGREED,
    GROWN,
    SAFE,
    STRONG,
    STRONG_END,
    Conversation,
    led_to,
    text,
)

PAIN = {"n-ND_PAIN": "YES", "n-ND_PAIN-acted": "TRIED", "needs-all-asked": "yes"}
BED = {"n-ND_BED": "YES", "n-ND_BED-acted": "SPOKE", "n-ND_BED-who": "Bu Sari"}
LATER = timedelta(minutes=91)


def version(talk: Conversation) -> int:
    """Return the version that a page shown now would carry."""
    return queries.version_of(talk.open())


def test_two_workers_see_both_versions_and_nothing_is_overwritten(talk: Conversation, village: SimpleNamespace) -> None:
    esi = talk.seen_by(village.esi)
    talk.post("SAFE", **SAFE)
    both = version(talk)
    esi.post("NEEDS", **BED, version=both)
    page = talk.post("NEEDS", **PAIN, version=both)
    assert page.status_code == 409
    assert "Nothing was overwritten" in text(page)
    differing = {item["words"]: (item["mine"], item["theirs"]) for item in page.context["theirs"]}
    assert differing["I have no safe place to sleep tonight"][1].endswith("Bu Sari")
    assert differing["I am in strong pain"][0]
    assert set(talk.answers().needs) == {"ND_BED"}
    assert 'name="n-ND_PAIN" value="YES" checked' in squeeze(text(page))
    talk.post("NEEDS", **PAIN, version=page.context["page"]["version"])
    assert talk.answers().needs["ND_PAIN"].answer == "YES"


@pytest.mark.parametrize(
    ("step", "mine", "theirs", "words"),
    [
        ("AGE", {"age-years": "30"}, {"age-years": "31"}, "31"),
        ("CONSENT", AGREED, {"q-CN_BACK": "NO"}, "Not yet"),
        ("SIGNS", STRONG, {"q-SG_DEBT": "SKIPPED"}, "Skipped"),
    ],
)
def test_every_kind_of_question_is_shown_in_both_versions(
    talk: Conversation, step: str, mine: dict, theirs: dict, words: str
) -> None:
    talk.walk()
    both = version(talk)
    talk.post(step, **theirs)
    page = talk.post(step, **mine, version=both)
    assert page.status_code == 409
    assert any(item["theirs"] == words for item in page.context["theirs"])


def test_the_same_step_sent_twice_just_goes_on(talk: Conversation) -> None:
    first, second = (talk.post("SAFE", **SAFE, version=1) for _ in range(2))
    assert led_to(first) == led_to(second) == "NEEDS"


def test_a_colleague_who_saves_in_the_last_moment_is_not_overwritten(talk: Conversation) -> None:
    mine, theirs = talk.open(), talk.open()
    answers, by = queries.answers_of(mine), acting_as(talk.player)
    actions.save_answers(theirs, answers, by=by, expected=1)
    with pytest.raises(Conflict):
        actions.save_answers(mine, answers, by=by, expected=1)


def test_nothing_is_saved_into_a_talk_that_has_ended(talk: Conversation) -> None:
    opened = talk.open()
    Talk.objects.filter(record=talk.record).update(ended_at=clock.now())
    with pytest.raises(NotYours):
        actions.save_answers(opened, queries.answers_of(opened), by=acting_as(talk.player))


def test_an_outcome_made_from_old_answers_is_shown_again_with_what_was_typed(
    talk: Conversation,
) -> None:
    old = talk.walk().sum_up().context["summary"]["version"]
    talk.post("SIGNS", **{"q-SG_PAID": "NO"})
    page = talk.end(**STRONG_END, keep="on", exclude="no", name="Amina Rekaan", version=old)
    assert "changed on another device" in text(page)
    assert "Amina Rekaan" in text(page)
    assert page.context["summary"]["version"] > old
    assert Talk.objects.get(record=talk.record).ended_at is None


def hidden(page: HttpResponse) -> dict[str, list[str]]:
    """Read the hidden fields of a page as a browser would send them."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text(page)):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def test_a_session_that_closes_in_the_middle_of_a_step_loses_nothing_typed(
    talk: Conversation,
) -> None:
    talk.walk()
    before = talk.answers()
    with clock.shifted(LATER):
        page = talk.post("SIGNS", **STRONG, **{"q-SG_HURT": "SKIPPED"})
        assert page.status_code == 401
        assert talk.answers() == before
        code = totp.code_at(talk.player.totp_secret, totp.step_at(clock.now()))
        name = {"name": "ben", "password": talk.player.password, "code": code}
        on = talk.client.post(reverse("sign_in"), {**hidden(page), **name})
        assert f'action="{reverse("talk_step", args=[talk.record, "SIGNS"])}"' in text(on)
        sent = talk.client.post(reverse("talk_step", args=[talk.record, "SIGNS"]), hidden(on))
    assert led_to(sent) == "WRITE"
    assert talk.answers().choices["SG_HURT"] == "SKIPPED"
    assert talk.answers().signs["SG_ARRANGED"] == {"I_A_RECRUIT", "I_A_TRANSPORT"}


def test_a_form_carried_over_a_sign_in_is_only_for_its_worker(talk: Conversation, strangers: SimpleNamespace) -> None:
    with clock.shifted(LATER):
        page = talk.post("SAFE", **SAFE)
        code = totp.code_at(strangers.lia.totp_secret, totp.step_at(clock.now()))
        name = {"name": "lia", "password": strangers.lia.password, "code": code}
        answer = talk.client.post(reverse("sign_in"), {**hidden(page), **name})
    assert answer["Location"] == reverse("day")
    assert not {code for code in talk.answers().choices if code.startswith("SF_")}


def test_an_age_that_only_one_entered_is_a_difference(talk: Conversation) -> None:
    talk.walk(AGE={"age-years": "30", "age-doubt": "NO"})
    both = version(talk)
    talk.post("AGE", **GROWN)
    page = talk.post("AGE", **{"age-years": "30", "age-doubt": "NO"}, version=both)
    assert ("30", "") in {(item["mine"], item["theirs"]) for item in page.context["theirs"]}


def test_a_stopped_talk_is_taken_up_by_the_lead_and_by_nobody_else(
    talk: Conversation, village: SimpleNamespace, strangers: SimpleNamespace
) -> None:
    talk.walk()
    talk.ways_to_stop(stop="STOP_STAFF", step="SIGNS")
    before = talk.answers()
    assert before.stopped_by == "STOP_STAFF"
    for stranger in (strangers.lia, strangers.farid):
        other = talk.seen_by(stranger)
        assert other.sum_up().status_code == other.end(go="on").status_code == 404
    assert talk.answers() == before, "a stop stands until somebody who holds the talk goes on"
    esi = talk.seen_by(village.esi)
    assert led_to(esi.page("SIGNS")) == "outcome"
    assert "Stop kindly. Call your team lead." in text(esi.sum_up())
    mine = version(talk)
    esi.end(go="on")
    assert esi.page("SIGNS").status_code == 200
    assert (talk.answers().signs, talk.answers().stopped_by) == (before.signs, None)
    old = talk.end(**STRONG_END, keep="no", version=mine)
    assert "changed on another device" in text(old), "who stopped it learns that it goes on"
    assert Talk.objects.get(record=talk.record).ended_at is None
