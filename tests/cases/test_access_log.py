"""What the privacy officer reads: who did what kind of act on which day, and never about whom."""

import ast
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from suar.audit import actions as audit
from suar.audit.models import Entry
from suar.cases import labels
from suar.cases.queries import MAX_LOG
from suar.core import clock
from suar.demo.cast import Cast
from suar.records.keyring import OpenRecord
from tests.people import Thread, client_of

LOG = reverse("access_log")
SOURCES = Path(labels.__file__).parents[1]


@pytest.fixture
def indah(cast: Cast) -> Client:
    """Indah, the privacy officer of the village, at her browser."""
    return client_of(cast.indah)


def done(page) -> dict[str, list[str]]:
    """Return for each worker what kinds of acts stand on a page."""
    found: dict[str, list[str]] = {}
    for _, workers in page.context["days"]:
        for who, acts in workers.items():
            found.setdefault(who, []).extend(acts)
    return found


def asks_in_vain(player, *, times: int = 1) -> None:
    """Ask for the page of a person who is not theirs."""
    for _ in range(times):
        answer = client_of(player).get(reverse("person", args=[uuid4()]))
        assert answer.status_code == 404


def test_the_officer_sees_acts_without_names_of_people(cast: Cast, handover: Thread, indah: Client) -> None:
    assert client_of(cast.ben).get(reverse("person", args=[handover.person])).status_code == 200
    page = indah.get(LOG)
    assert {"opened a record", "sent or answered a referral"} <= set(done(page)["Ben"])
    words = page.content.decode()
    assert "Today" in words
    assert "Amina" not in words
    assert str(handover.person) not in words


def test_only_workers_of_the_own_organisation_are_listed(cast: Cast, handover: Thread, indah: Client) -> None:
    assert Entry.objects.filter(by=cast.chioma.id).exists(), "she did something elsewhere"
    assert "Chioma" not in indah.get(LOG).content.decode()
    assert indah.get(LOG, {"worker": cast.chioma.id}).status_code == 404


def test_the_log_can_be_filtered_by_worker(cast: Cast, handover: Thread, indah: Client) -> None:
    asks_in_vain(cast.esi)
    assert set(done(indah.get(LOG, {"worker": cast.ben.id}))) == {"Ben"}
    assert {"Ben", "Esi"} <= set(done(indah.get(LOG)))


def test_the_log_can_be_filtered_by_refusals(cast: Cast, amina: OpenRecord, indah: Client) -> None:
    asks_in_vain(cast.lia, times=3)
    page = indah.get(LOG, {"refused": "on"})
    assert done(page) == {"Lia": ["tried to open a page that is not theirs or does not exist"]}
    assert "3 times" in page.content.decode()


def test_a_refusal_stores_the_route_name_and_no_id(cast: Cast, amina: OpenRecord) -> None:
    answer = client_of(cast.farid).get(reverse("person", args=[amina.id]))
    assert answer.status_code == 404
    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.by, entry.because) == ("refused", cast.farid.id, "person")
    assert entry.about == []


def test_unknown_urls_and_anonymous_visitors_leave_no_entry(cast: Cast, ben: Client) -> None:
    before = Entry.objects.count()
    assert ben.get("/no-such-page").status_code == 404
    assert Client().get(reverse("person", args=[uuid4()])).status_code == 302
    assert Entry.objects.count() == before


def test_a_long_log_is_paginated(cast: Cast) -> None:
    asks_in_vain(cast.lia)
    with clock.shifted(timedelta(days=1)):
        for _ in range(MAX_LOG):
            audit.record("refused", by=cast.ben.id, at=clock.now())
        indah = client_of(cast.indah)
        first = indah.get(LOG, {"refused": "on"})
        assert set(done(first)) == {"Ben"}
        [link] = re.findall(r'rel="next" href="([^"]*)"', first.content.decode())
        rest = indah.get(LOG + unescape(link))
    assert set(done(rest)) == {"Lia"}
    assert len(rest.context["days"]) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"worker": "x"},
        {"before": "x"},
        {"before": "-1"},
        {"before": "9" * 40},
    ],
)
def test_invalid_filters_get_404(indah: Client, asked: dict[str, str]) -> None:
    assert indah.get(LOG, asked).status_code == 404


@pytest.mark.parametrize("name", ["ben", "esi", "gita", "hadi", "farid"])
def test_other_roles_get_404_for_the_log(cast: Cast, name: str) -> None:
    assert client_of(getattr(cast, name)).get(LOG).status_code == 404


def test_reading_the_log_is_audited(cast: Cast, indah: Client) -> None:
    indah.get(LOG)
    assert "read this log" in done(indah.get(LOG))["Indah"]


def test_the_officers_day_links_to_the_log(indah: Client) -> None:
    assert f'href="{LOG}"' in indah.get(reverse("day")).content.decode()


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("referral_accept", "sent or answered a referral"),
        ("open", "opened a record"),
        ("never_heard_of", "did something else"),
    ],
)
def test_every_verb_has_a_kind(verb: str, words: str) -> None:
    assert labels.activity_kind(verb) == words


def verbs_of_acts() -> set[str]:
    """Return the verbs of all functions that are decorated as acts of workers."""
    calls = (
        decorator
        for path in SOURCES.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
    )
    return {
        call.args[0].value
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "act"
        if isinstance(call.args[0], ast.Constant)
    }


def test_no_act_of_a_worker_is_something_else() -> None:
    verbs = verbs_of_acts()
    assert "open_in_emergency" in verbs
    other = labels.activity_kind("never_heard_of")
    assert [verb for verb in sorted(verbs) if labels.activity_kind(verb) == other] == []


def test_an_opening_in_an_emergency_has_its_own_words() -> None:
    assert labels.activity_kind("open_in_emergency") == "opened a record in an emergency"


def test_the_newest_day_comes_first_whatever_was_written_last(cast: Cast, indah: Client) -> None:
    for days in (1, 9, 4):
        audit.record("refused", by=cast.ben.id, at=clock.now() - timedelta(days=days))
    dates = [day for day, _ in indah.get(LOG).context["days"]]
    assert dates == sorted(dates, reverse=True)
    assert len(dates) >= 3
