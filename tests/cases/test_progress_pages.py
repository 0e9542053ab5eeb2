"""Needs and progress on the pages of a case: rating, urgent needs, falls, corrections, trends and paper."""

from datetime import timedelta

import pytest

from suar.cases import closing
from suar.cases.codes import DOMAINS
from suar.core import clock
from suar.core.urgency import Urgency
from suar.records import keyring
from suar.records.models import Record
from suar.referrals import needs
from tests.cases.test_case_pages import day, path, plan
from tests.people import client_of


def rate(client, case, which="usual", **typed):
    return client.post(path("rate", case, which), {"on": day(0), "version": 0} | typed)


def sides(rating, *domains):
    """Return the same rating of both sides for some domains, or all."""
    return {f"{rater}-{code}": rating for code in domains or DOMAINS for rater in ("person", "worker")}


def shown(client, case):
    """Return what the page shows of each domain."""
    return {row["domain"].code: row for row in client.get(path("progress", case)).context["domains"]}


def test_a_first_review_asks_all_domains_and_later_ones_a_few(chioma, case):
    page = chioma.get(path("progress", case))
    assert page.context["is_full_due"]
    assert rate(chioma, case, "all", **sides("3")).status_code == 302
    page = chioma.get(path("progress", case))
    assert not page.context["is_full_due"]
    assert page.context["next_full_on"] == clock.today() + timedelta(days=365)
    assert len(page.context["usual"]) == 5
    plan(chioma, case, domain="WORK")
    usual = chioma.get(path("rate", case, "usual")).context["form"].domains
    assert "WORK" in usual
    assert len(usual) == 6
    assert len(chioma.get(path("rate", case, "all")).context["form"].domains) == 15


def test_both_ratings_stand_side_by_side_and_a_difference_asks_for_a_talk(chioma, case):
    rate(chioma, case, **{"person-SECURITY": "4", "worker-SECURITY": "2", "person-HOUSING": "PN"})
    rows = shown(chioma, case)
    assert [side["rating"] for side in rows["SECURITY"]["sides"].values()] == ["4", "2"]
    assert rows["SECURITY"]["differs"]
    assert rows["HOUSING"]["sides"]["person"]["number"] is None
    assert rows["HOUSING"]["sides"]["worker"]["rating"] == ""
    assert not rows["WORK"]["table"]


@pytest.mark.parametrize("rater", ["person", "worker"])
def test_a_rating_of_1_opens_an_urgent_need_that_holds_closing(cast, chioma, case, rater):
    rate(chioma, case, **{f"{rater}-MENTAL_WELL": "1"})
    assert shown(chioma, case)["MENTAL_WELL"]["is_urgent"]
    record = keyring.open_record(case, keys=cast.chioma.keys)
    opened = {need.service_type: need.urgency for need in needs.list_needs(record)}
    assert opened["MEN_CRISIS"] == Urgency.NOW
    form = chioma.get(path("close_case", case)).context["form"]
    assert "need-MEN_CRISIS" in form.needs
    assert closing.list_requests(record) == ()


def test_a_need_that_is_there_becomes_as_urgent_once(cast, chioma, case):
    chioma.post(path("options", case), {"types": ["FAM_CHILDREN"]})
    for _time in range(2):
        rate(chioma, case, **{"worker-SECONDARY": "1"})
    record = keyring.open_record(case, keys=cast.chioma.keys)
    urgencies = [need.urgency for need in needs.own_needs(record) if need.service_type == "FAM_CHILDREN"]
    assert urgencies == [Urgency.TODAY]


def test_a_fall_of_two_points_asks_for_a_review_of_the_plan_within_14_days(cast, chioma, case):
    plan(chioma, case, review_on=day(60))
    rate(chioma, case, **sides("4", "HOUSING"))
    rate(chioma, case, **sides("3", "HOUSING"))
    assert str(chioma.get(path("plan", case)).context["plan"].review_on) == day(60)
    with clock.shifted(timedelta(days=2)):
        chioma = client_of(cast.chioma)
        chioma.post(path("rate", case, "usual"), {"on": day(0), "version": 0, "person-HOUSING": "2"})
        chioma.post(path("rate", case, "usual"), {"on": day(0), "version": 0, "worker-HOUSING": "1"})
        assert str(chioma.get(path("plan", case)).context["plan"].review_on) == day(14)
        assert [row["domain"].code for row in chioma.get(path("progress", case)).context["attention"]] == ["HOUSING"]
        assert str(Record.objects.get(id=case).next_due) == day(5), "the first follow-up comes before"


def test_a_review_needs_a_rating_and_a_day_that_has_come(chioma, case):
    assert rate(chioma, case).status_code == 400
    for wrong in (day(1), "2026-02-30", "0201-01-01", ""):
        page = rate(chioma, case, on=wrong, **{"person-HOUSING": "2"}, note="She was calm.")
        assert page.status_code == 400
        assert b"She was calm." in page.content
        assert page.context["form"]["person-HOUSING"].value() == "2"
    assert rate(chioma, case, **{"person-HOUSING": "6"}).status_code == 400
    assert not any(row["table"] for row in shown(chioma, case).values())


def test_a_correction_keeps_both_versions_and_notices_a_colleague(cast, chioma, case):
    rate(chioma, case, **sides("2", "HOUSING"))
    [review] = chioma.get(path("progress", case)).context["reviews"]
    go = path("correct_rating", case, review.key)
    version = chioma.get(go).context["form"]["version"].value()
    typed = {"on": day(0), "version": version, "person-HOUSING": "3", "worker-HOUSING": "2"}
    assert client_of(cast.jaya).post(go, typed).status_code == 302
    page = chioma.post(go, typed | {"person-HOUSING": "4"})
    assert page.status_code == 409
    assert page.context["theirs"] == [(DOMAINS.label("HOUSING"), "3", "2")]
    typed |= {"person-HOUSING": "4", "version": page.context["form"]["version"].value()}
    assert chioma.post(go, typed).status_code == 302
    [review] = chioma.get(path("progress", case)).context["reviews"]
    assert [version.person["HOUSING"] for version in review.document.versions] == ["2", "3", "4"]


def test_a_trend_is_a_picture_with_a_table(chioma, case):
    rate(chioma, case, on=day(-30), **sides("2", "HOUSING"))
    assert b"<svg viewBox=" not in chioma.get(path("progress", case)).content.split(b"<main")[1]
    rate(chioma, case, **sides("3", "HOUSING"))
    page = chioma.get(path("progress", case)).content.decode().split("<main")[1]
    assert page.count('role="img"') == page.count("<table") == 1
    assert page.count("<polyline") == 2


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_review_is_printed_in_the_language_of_the_person(chioma, case, language):
    page = chioma.get(path("rating_paper", case, "all", language)).content.decode()
    for domain in DOMAINS.members:
        assert domain.labels[language] in page
        assert domain["anchors"][0][language] in page
    assert chioma.get(path("rating_paper", case, "all", "xx")).status_code == 404
    assert chioma.get(path("rating_paper", case, "some", language)).status_code == 404


def test_closing_offers_the_last_two_stable_reviews(chioma, case):
    def reviews():
        form = chioma.get(path("close_case", case)).context["form"]
        return [str(form[name].value() or "") for name in ("review_1", "review_2")]

    rate(chioma, case, on=day(-90), **sides("2", "HOUSING"))
    rate(chioma, case, on=day(-70), **sides("3", "HOUSING"))
    assert reviews() == ["", ""]
    rate(chioma, case, "all", **sides("4", "WORK"))
    assert reviews() == [day(-70), day(0)]
    rate(chioma, case, "all", **sides("1", "ACCESS"))
    assert reviews() == ["", ""]


def test_a_closed_case_shows_its_ratings_and_takes_none(chioma, case):
    rate(chioma, case, **sides("3", "HOUSING"))
    wish = {"reason": "CL_PERSON", "on": day(0), "agreed": "as asked", "call": "us", "confirmed": ["information_left"]}
    needs_left = chioma.get(path("close_case", case)).context["form"].needs
    assert chioma.post(path("close_case", case), wish | dict.fromkeys(needs_left, "met")).status_code == 302
    assert rate(chioma, case, **{"person-HOUSING": "1"}).status_code == 400
    page = chioma.get(path("progress", case))
    assert page.status_code == 200
    assert path("rate", case, "usual").encode() not in page.content


def test_only_the_case_workers_see_progress(cast, chioma, case, amina):
    for player in (cast.farid, cast.ben):
        assert client_of(player).get(path("progress", case)).status_code == 404
    assert client_of(cast.esi).get(path("progress", amina.id)).status_code == 404
    assert chioma.get(path("rate", case, "some")).status_code == 404
