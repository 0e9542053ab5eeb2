"""Why a yes was taken back and why a follow-up was put off stand where the record is read."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.cases.models import Case
from suar.core import clock
from tests.people import agreed, client_of, sent

WHY = "they told my aunt <b>"
SHOWN = "they told my aunt &lt;b&gt;"


def path(name, *ids):
    return reverse(name, args=ids)


@pytest.fixture
def consent(cast, amina):
    return agreed(amina, cast.ben)


def test_withdrawal_reasons_are_visible_with_the_record(cast, ben, amina, consent):
    referral = sent(amina, consent, cast.ben).referral
    chioma = client_of(cast.chioma)
    chioma.post(path("accept_referral", referral))
    places = [path("person", amina.id), path("referral_sent", amina.id, referral)]
    for each in places:
        assert "In the person's words" not in ben.get(each).content.decode().replace("&#x27;", "'")
    ben.post(path("withdraw", amina.id, consent), {"reason": WHY})
    for each in places:
        assert SHOWN in ben.get(each).content.decode()
    case = Case.objects.get().record
    for each in (path("inbox_item", referral), path("person", case), path("day")):
        page = chioma.get(each)
        assert page.status_code == 200
        assert "aunt" not in page.content.decode(), "the house that was asked reads no reason"


def test_without_a_reason_nothing_is_displayed(ben, amina, consent):
    ben.post(path("withdraw", amina.id, consent), {"reason": ""})
    page = ben.get(path("person", amina.id)).content.decode()
    assert "withdrawn on" in page
    assert "the person" not in page.split("withdrawn on")[1].split("</dd>")[0]


def test_the_calendar_shows_postponement_reasons(cast, chioma, amina, consent):
    chioma.post(path("accept_referral", sent(amina, consent, cast.ben).referral))
    case = Case.objects.get().record
    with clock.shifted(timedelta(days=7)):
        chioma, later = client_of(cast.chioma), str(clock.today() + timedelta(days=2))
        typed = {"code": "FU_1W", "result": "FUR_UNSAFE", "again_on": later, "reason": WHY}
        assert chioma.post(path("follow_up", case), typed).status_code == 302
        assert SHOWN in chioma.get(path("person", case)).content.decode()
