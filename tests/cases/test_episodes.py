"""Times of exploitation and stages of life: entered in any order, shown in order of time, with strengths."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from suar.cases import episodes
from suar.cases.codes import LIFE_FACTORS
from suar.cases.documents.history import Episode, EpisodeFacts, LifeStages
from suar.cases.rules.dates import PartialDate
from suar.cases.rules.history import DateConflict, Span, date_conflicts, may_save_span
from suar.consent.documents import Profile
from suar.core import clock
from suar.core.refusals import Refused
from suar.demo.cast import Cast
from suar.records.keyring import OpenRecord
from suar.records.models import Value
from suar.screening.codes import Outcome
from suar.screening.documents import Finding, Findings
from tests.people import acting_as, client_of, refresh

TODAY = date(2026, 11, 30)


def span(key: str, start: str = "", end: str = "", ended: str = "") -> Span:
    """Return a span with dates as they are stored."""
    first, last = (PartialDate.parse(text) if text else None for text in (start, end))
    return Span(key, first, last, ended)


@pytest.mark.parametrize(
    ("dates", "because"),
    [
        (("2027",), "in_the_future"),
        (("2026", "2026-12"), "in_the_future"),
        (("2024-05", "2023"), "ends_before_start"),
        (("2020", "2021", "EX_STILL"), "ended_and_still"),
        (("2024-05", "2024"), ""),
        (("2024-05", "2024-04~"), ""),
        (("2026", "2026"), ""),
        ((), ""),
    ],
)
def test_only_impossible_dates_are_refused(dates: tuple[str, ...], because: str) -> None:
    assert may_save_span(span("a", *dates), today=TODAY).because == because


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (("2020", "2022"), ("2021-05", "2021-08"), "same_time"),
        (("2020", "2021"), ("2021", "2022"), ""),
        (("2020", "2022"), ("2021~", "2021~"), ""),
        (("2020", ""), ("2021", "2022"), ""),
        (("2020", "", "EX_STILL"), ("2022", "2023"), "still_there"),
        (("", "", "EX_STILL"), ("2022", "2023"), ""),
    ],
)
def test_dates_that_contradict_each_other_are_named(one: tuple[str, ...], other: tuple[str, ...], found: str) -> None:
    expected = [DateConflict(found, ("a", "b"))] if found else []
    assert date_conflicts([span("a", *one), span("b", *other)], born=None) == expected


def test_an_episode_before_birth_is_named() -> None:
    spans = [span("a", "1998", "1999"), span("b", "2000~")]
    assert date_conflicts(spans, born=date(2000, 8, 1)) == [DateConflict("before_birth", ("a",))]


def add(client: Client, record: UUID, **typed: Any) -> Any:
    return client.post(reverse("add_episode", args=[record]), typed)


def history(client: Client, record: UUID) -> Any:
    return client.get(reverse("history", args=[record]))


def test_episodes_stand_in_order_of_time_sealed_and_on_the_timeline(ben: Client, amina: OpenRecord) -> None:
    add(ben, amina.id, start="Mei 2023", end="sekitar 2024", country="SA", place="Taif", forms=["SERVITUDE"])
    add(ben, amina.id, start="2019", end="2021", country="MY", forms=["LABOUR"], sector="SEC_DOMESTIC")
    add(ben, amina.id, words="something long ago")
    page = history(ben, amina.id)
    assert [line["where"] for line in page.context["episodes"]] == [
        "Malaysia · Domestic work",
        "Taif, Saudi Arabia",
        "",
    ]
    assert [line["when"] for line in page.context["episodes"]] == [
        "2019 to 2021",
        "May 2023 to about 2024",
        "Date not known",
    ]
    assert not Value.objects.filter(sealed__contains=b"Taif").exists()
    line = ben.get(reverse("person", args=[amina.id]), {"show": "episode"})
    assert [event.when for event in line.context["events"]] == [
        "Date not known",
        "May 2023 to about 2024",
        "2019 to 2021",
    ]
    assert {event.kind for event in line.context["events"]} == {"episode"}


def test_conflicting_dates_are_shown_and_not_refused(ben: Client, amina: OpenRecord) -> None:
    add(ben, amina.id, start="2019", end="2022")
    assert add(ben, amina.id, start="May 2020", end="June 2020").status_code == 302
    [conflict] = history(ben, amina.id).context["conflicts"]
    assert conflict["times"] == ["2019 to 2022", "May 2020 to June 2020"]


@pytest.mark.parametrize("typed", [{"start": "2199"}, {"start": "2021", "end": "2020"}, {"start": "soon"}, {}])
def test_what_is_impossible_or_empty_is_refused_and_nothing_typed_is_lost(
    ben: Client, amina: OpenRecord, typed: dict[str, str]
) -> None:
    answer = add(ben, amina.id, **typed)
    assert (answer.status_code, b'role="alert"' in answer.content) == (400, True)
    for text in typed.values():
        assert f'value="{text}"' in answer.content.decode()
    assert history(ben, amina.id).context["episodes"] == []


def test_the_first_episode_starts_with_what_the_profile_and_the_talk_know(
    cast: Cast, ben: Client, amina: OpenRecord
) -> None:
    by = acting_as(cast.ben)
    profile = amina.get(Profile) or Profile()
    amina.put(profile.model_copy(update={"form": "DEBT_BONDAGE"}), by=by.worker, at=by.at)
    page = ben.get(reverse("add_episode", args=[amina.id]))
    assert "DEBT_BONDAGE" in page.context["form"].initial["forms"]
    assert page.context["prefilled"]
    assert "Work for a debt" in history(ben, amina.id).context["known"]
    add(ben, amina.id, start="2020")
    assert not ben.get(reverse("add_episode", args=[amina.id])).context["prefilled"]


@pytest.fixture
def key(cast: Cast, amina: OpenRecord) -> str:
    """Record an episode of Amina's and return its key."""
    episodes.save_episode(amina, EpisodeFacts(place="Taif"), by=acting_as(cast.ben))
    refresh(amina, cast.ben)
    [key] = amina.get_all(Episode)
    return key


def change(client: Client, record: UUID, key: str, **typed: Any) -> Any:
    return client.post(reverse("change_episode", args=[record, key]), {"version": 1, **typed})


def test_a_changed_episode_keeps_its_earlier_version(ben: Client, amina: OpenRecord, key: str) -> None:
    assert change(ben, amina.id, key, place="Jeddah").status_code == 302
    page = history(ben, amina.id).content.decode()
    assert "Jeddah" in page
    assert "Taif" in page


def test_two_workers_who_change_one_episode_see_both(cast: Cast, ben: Client, amina: OpenRecord, key: str) -> None:
    change(client_of(cast.esi), amina.id, key, place="Jeddah")
    page = change(ben, amina.id, key, place="Riyadh")
    assert page.status_code == 409
    assert {"Jeddah", "Riyadh"} <= set(re.findall(r"Jeddah|Riyadh", page.content.decode()))
    assert (
        change(ben, amina.id, key, place="Riyadh", version=page.context["form"]["version"].value()).status_code == 302
    )
    assert len(history(ben, amina.id).context["episodes"][0]["former"]) == 2


def test_a_struck_episode_stays_readable_with_its_reason(ben: Client, amina: OpenRecord, key: str) -> None:
    assert change(ben, amina.id, key, strike="yes").status_code == 400
    assert change(ben, amina.id, key, strike="yes", reason="told about her sister").status_code == 302
    page = history(ben, amina.id)
    assert page.context["episodes"] == []
    assert {"Taif", "told about her sister"} <= set(
        page.context["struck"][0]["episode"].model_dump(exclude={"by", "at"})["facts"].values()
    ) | {page.context["struck"][0]["episode"].struck}
    assert change(ben, amina.id, key, place="Jeddah").status_code == 404
    assert change(ben, amina.id, str(uuid4()), place="Jeddah").status_code == 404


def test_an_episode_is_undone_within_a_minute_and_not_later(
    cast: Cast, ben: Client, amina: OpenRecord, key: str
) -> None:
    undo = {"what": "episode", "key": key}
    change(ben, amina.id, key, place="Jeddah")
    assert ben.post(reverse("undo", args=[amina.id]), undo).status_code == 302
    assert history(ben, amina.id).context["episodes"][0]["episode"].facts.place == "Taif"
    assert ben.post(reverse("undo", args=[amina.id]), undo).status_code == 302
    assert history(ben, amina.id).context["episodes"] == []
    refresh(amina, cast.ben)
    assert [episode.facts for episode in amina.get_all(Episode).values()] == [EpisodeFacts()]
    add(ben, amina.id, place="Taif")
    with clock.shifted(timedelta(seconds=61)):
        [late] = history(client_of(cast.ben), amina.id).context["episodes"]
        assert ben.post(reverse("undo", args=[amina.id]), {"what": "episode", "key": late["key"]}).status_code == 409


def save_stage(client: Client, record: UUID, typed: Mapping[str, Any], stage: str = "before") -> Any:
    return client.post(reverse("life_stage", args=[record, stage]), {"version": 0, **typed})


def test_strengths_stand_beside_vulnerabilities_and_change_with_their_history(ben: Client, amina: OpenRecord) -> None:
    assert save_stage(ben, amina.id, {"strength-INDIVIDUAL": ["R_HOPE"], "words": "she sings"}).status_code == 302
    answer = save_stage(ben, amina.id, {"version": 1, "vulnerability-FAMILY": ["V_DEBT_OLD"]})
    assert answer.status_code == 302
    line = history(ben, amina.id).context["stages"][0]
    assert line["columns"] == [[], ["Debt before leaving"]]
    [earlier] = line["former"]
    assert (earlier["factors"], earlier["version"].words) == ("Hope, faith or humour", "she sings")


def test_two_workers_who_change_one_stage_see_both(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    save_stage(client_of(cast.esi), amina.id, {"strength-INDIVIDUAL": ["R_HOPE"]})
    page = save_stage(ben, amina.id, {"words": "she sings"})
    assert page.status_code == 409
    assert "Hope, faith or humour" in page.context["theirs"]["columns"][0]
    assert "she sings" in page.content.decode()


def test_a_factor_is_asked_only_at_its_stages(ben: Client, amina: OpenRecord) -> None:
    assert save_stage(ben, amina.id, {"vulnerability-FAMILY": ["V_DEBT_NEW"]}).status_code == 400
    assert save_stage(ben, amina.id, {}, stage="nonsense").status_code == 404
    kinds = {(factor["kind"], stage) for factor in LIFE_FACTORS.members for stage in factor["stages"]}
    assert len(kinds) == 6, "each stage has strengths and vulnerabilities"


def test_a_case_has_the_page_and_a_stranger_does_not(cast: Cast, chioma: Client, case: UUID, amina: OpenRecord) -> None:
    assert add(chioma, case, start="2020").status_code == 302
    assert history(chioma, amina.id).status_code == 404
    assert add(chioma, amina.id, start="2020").status_code == 404
    with pytest.raises(Refused):
        episodes.save_episode(amina, EpisodeFacts(start=PartialDate(2190)), by=acting_as(cast.ben))
    assert amina.version_of(LifeStages) == 0


@pytest.mark.parametrize(("outcome", "known"), [(Outcome.PRESUMED_VICTIM, True), (Outcome.NOT_INDICATED, False)])
def test_a_talk_without_signs_of_exploitation_begins_no_time_of_it(
    cast: Cast, amina: OpenRecord, outcome: Outcome, known: bool
) -> None:
    finding = Finding(at=clock.now(), by=cast.ben.id, outcome=outcome, signs={"SG_DEBT": ("I_M_DEBT",)})
    amina.put(Findings(entries=(finding,)), by=cast.ben.id, at=clock.now())
    assert bool(episodes.initial_facts(amina).means) is known
