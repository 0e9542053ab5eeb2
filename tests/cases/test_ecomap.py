"""Who is around the person: how each stands to them, over time, and what relatives may see of it."""

import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from suar.cases import ecomap
from suar.cases.codes import RELATIONS, RINGS, STANCES, TIE_ACTIONS, Standing, TieLink
from suar.cases.documents.history import Tie, TieState
from suar.cases.rules import ecomap as rules
from suar.cases.rules.dates import PartialDate
from suar.consent import exclusions
from suar.demo.cast import Cast
from suar.records.keyring import OpenRecord
from suar.records.models import Value
from tests.people import client_of, refresh

AT = datetime(2024, 5, 1, tzinfo=UTC)
SISTER, UNCLE = "older sister in the village", "uncle with the shop"


def tie_state(on: str = "2024", **facts: Any) -> TieState:
    return TieState(on=PartialDate.parse(on), who="somebody", **{"by": uuid4(), "at": AT, **facts})


def add(client: Client, amina: OpenRecord, who: str = SISTER, **typed: Any) -> Any:
    return client.post(reverse("new_tie", args=[amina.id]), {"who": who, "stance": "UNKNOWN", **typed})


def page_of(client: Client, amina: OpenRecord, **asked: Any) -> str:
    return " ".join(client.get(reverse("family", args=[amina.id]), asked).content.decode().split())


def only_key(amina: OpenRecord, cast: Cast) -> str:
    refresh(amina, cast.ben)
    [key] = ecomap.list_ties(amina)
    return key


# Rules


@pytest.mark.parametrize("action", TIE_ACTIONS.members, ids=lambda action: action.code)
def test_every_action_alone_says_the_stance_of_its_table(action: Any) -> None:
    assert rules.suggest_stance([action.code]) == action["stance"]
    links = rules.list_links(tie_state(actions=(action.code,)))
    assert links == ((TieLink(action["link"]),) if action.get("link") else ())
    assert rules.blocks_mediation(tie_state(actions=(action.code,))) is (action["stance"] == "DANGEROUS")


def test_help_and_harm_together_are_mixed_and_danger_comes_first() -> None:
    assert rules.suggest_stance([]) == "UNKNOWN"
    assert rules.suggest_stance(["SUP_MONEY", "UND_SHAME"]) == "AMBIVALENT"
    assert rules.suggest_stance(["SUP_MONEY", "UND_VIOLENCE"]) == "DANGEROUS"


@pytest.mark.parametrize("relation", RELATIONS.members, ids=lambda relation: relation.code)
def test_every_relation_has_its_ring_and_may_be_kept_from_relatives(relation: Any) -> None:
    tie = tie_state(relation=relation.code)
    assert rules.ring_of(tie) == relation["ring"]
    assert rules.ring_of(tie_state(relation=relation.code, ring="HOUSEHOLD")) == "HOUSEHOLD"
    hidden = relation.get("private") or RINGS[relation["ring"]].get("private")
    assert rules.may_relatives_see(tie) is not bool(hidden)
    assert rules.order_of(tie) < rules.order_of(tie_state(ring="SYSTEM"))


@pytest.mark.parametrize(
    ("facts", "blocks", "asks"),
    [
        ({}, False, False),
        ({"stance": "DANGEROUS"}, True, True),
        ({"relation": "REL_RECRUITER"}, True, True),
        ({"answers": {"recruiter": "YES"}}, True, True),
        ({"answers": {"recruiter": "NO"}}, False, False),
        ({"owed": True}, False, True),
        ({"relation": "REL_LENDER"}, False, True),
    ],
)
def test_danger_and_the_recruiter_block_mediation_and_debt_asks_who_must_not_know(
    facts: Any, blocks: bool, asks: bool
) -> None:
    assert rules.blocks_mediation(tie_state(**facts)) is blocks
    assert rules.may_be_exploiter(tie_state(**facts)) is asks


def test_a_tie_is_as_it_was_on_each_day() -> None:
    helped, harmed = tie_state("2021", stance="SUPPORTIVE"), tie_state("2023-05", stance="UNDERMINING")
    corrected = tie_state("2021", stance="AMBIVALENT", at=AT.replace(day=2))
    ended = tie_state("2024", answers={"standing": Standing.ENDED.value})
    states = (helped, harmed, corrected, ended)
    assert rules.state_on(states, date(2020, 12, 31)) is None
    assert rules.state_on(states, date(2022, 1, 1)) is corrected
    assert rules.state_on(states, date(2023, 6, 1)) is harmed
    assert rules.state_on(states, date(2024, 6, 1)) is None
    assert rules.days_of_change([states]) == [date(2021, 1, 1), date(2023, 5, 1), date(2024, 1, 1)]
    mistake = tie_state(answers={"standing": "MISTAKE"}, at=AT.replace(day=3))
    assert rules.state_on((*states, mistake), date(2022, 1, 1)) is None
    assert rules.days_of_change([(*states, mistake)]) == []
    assert rules.state_on((), date(2022, 1, 1)) is None


@pytest.mark.parametrize("number", [0, 1, 2, 7, 30])
def test_nobody_stands_on_somebody_else_or_outside_the_picture(number: int) -> None:
    spots = rules.positions([list(RINGS)[index % len(RINGS)] for index in range(number)])
    assert len({(spot.x, spot.y) for spot in spots}) == number
    assert all(20 <= value <= 340 for spot in spots for value in (spot.x, spot.y))
    assert {len(spot.marks) for spot in spots} <= {2}


# The page


def test_somebody_is_on_the_picture_and_in_the_table_after_one_form(ben: Client, amina: OpenRecord) -> None:
    assert "Nobody is in the picture yet" in page_of(ben, amina)
    assert add(ben, amina, relation="REL_SIBLING", stance="SUPPORTIVE").status_code == 302
    page = page_of(ben, amina)
    picture, _svg, table = page.partition("</svg>")
    for part in (picture, table):
        assert SISTER in part
    assert '<line class="tie" data-stance="SUPPORTIVE"' in picture
    assert 'role="img"' in picture
    assert "<desc" in picture


def test_only_who_it_is_must_be_said_and_what_was_typed_stays(ben: Client, amina: OpenRecord) -> None:
    wrong = add(ben, amina, "", note="minds the children", helps=["SUP_CARE"], on="2999")
    assert wrong.status_code == 400
    assert {"who", "on"} <= wrong.context["form"].errors.keys()
    assert "minds the children" in wrong.content.decode()
    assert add(ben, amina).status_code == 302


def test_enter_saves_nobody_new_and_what_was_typed_stays(ben: Client, amina: OpenRecord) -> None:
    page = ben.get(reverse("new_tie", args=[amina.id])).content.decode()
    first = re.search(r'<button[^>]*name="stance"\s+value="([^"]*)"', page)
    assert first
    refused = add(ben, amina, stance=first[1])
    assert refused.status_code == 400
    assert SISTER in refused.content.decode()
    assert "Choose how they treat the person now." in refused.content.decode()
    assert "Nobody is in the picture yet" in page_of(ben, amina)


def test_one_person_helps_and_harms_and_changes_over_the_years(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    add(ben, amina, UNCLE, on="2021", helps=["SUP_MONEY"], hurts=["UND_DEBT", "UND_SHAME"])
    key = only_key(amina, cast)
    first = ecomap.get_tie(amina, key).states[0]
    assert first.stance == "AMBIVALENT"
    change = reverse("tie", args=[amina.id, key])
    form = ben.get(change).context["form"]
    kept = {bound.html_name: bound.value() or "" for bound in form if bound.html_name != "on"}
    assert ben.post(change, {**kept, "stance": "DANGEROUS"}).status_code == 302
    refresh(amina, cast.ben)
    assert [state.stance for state in ecomap.get_tie(amina, key).states] == ["AMBIVALENT", "DANGEROUS"]
    now, before = page_of(ben, amina), page_of(ben, amina, at=0)
    assert 'data-stance="DANGEROUS" x1' in now.partition('class="legend"')[0]
    assert 'data-stance="AMBIVALENT" x1' in before.partition('class="legend"')[0]
    for link in ("debt", "stigma"):
        assert f'data-link="{link}"' in now.partition('class="legend"')[0]
    line = ben.get(reverse("person", args=[amina.id]), {"show": "family"}).content.decode()
    assert line.count(UNCLE) >= 2
    assert "No mediation with them" in line


def test_two_workers_who_change_one_tie_lose_nothing(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    add(ben, amina)
    change = reverse("tie", args=[amina.id, only_key(amina, cast)])
    seen = ben.get(change).context["form"]["version"].value()
    client_of(cast.esi).post(change, {"who": SISTER, "stance": "SUPPORTIVE", "version": seen})
    mine = {
        "who": SISTER,
        "stance": "UNDERMINING",
        "note": "she told the neighbours",
        "helps": ["SUP_CARE", "SUP_ROLE"],
    }
    page = ben.post(change, {**mine, "version": seen})
    assert page.status_code == 409
    assert page.context["form"]["helps"].value() == ["SUP_CARE", "SUP_ROLE"]
    assert "she told the neighbours" in page.content.decode()
    again = {**mine, "version": page.context["form"]["version"].value()}
    assert ben.post(change, again).status_code == 302
    refresh(amina, cast.ben)
    [tie] = ecomap.list_ties(amina).values()
    assert [state.stance for state in tie.states] == ["UNKNOWN", "SUPPORTIVE", "UNDERMINING"]


def test_a_tie_that_nothing_changed_is_stored_once(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    add(ben, amina)
    change = reverse("tie", args=[amina.id, only_key(amina, cast)])
    ben.post(change, {"who": SISTER, "stance": "UNKNOWN", "version": 1})
    refresh(amina, cast.ben)
    assert len(ecomap.get_tie(amina, only_key(amina, cast)).states) == 1


def test_what_was_just_added_is_undone(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    add(ben, amina)
    key = only_key(amina, cast)
    assert "Undo: Family and community" in page_of(ben, amina)
    answer = ben.post(reverse("undo", args=[amina.id]), {"what": "tie", "key": key})
    assert answer["Location"] == reverse("family", args=[amina.id])
    assert SISTER not in page_of(ben, amina)
    assert ben.get(reverse("tie", args=[amina.id, key])).status_code == 404
    refresh(amina, cast.ben)
    assert amina.get(Tie, key) == Tie()


def test_one_touch_puts_somebody_on_the_list_of_who_must_never_know(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    add(ben, amina, UNCLE, owed="on")
    assert "exclude" not in page_of(ben, amina).replace("exclusions", "")
    assert "/never" in page_of(ben, amina)
    answer = ben.post(reverse("exclude_tie", args=[amina.id, only_key(amina, cast)]))
    assert answer["Location"] == reverse("exclusions", args=[amina.id])
    refresh(amina, cast.ben)
    assert [entry.words for entry in exclusions.list_exclusions(amina)] == [UNCLE]
    assert "/never" not in page_of(ben, amina)
    assert "Must never know" in page_of(ben, amina)


def test_the_picture_for_relatives_says_only_who_belongs(ben: Client, amina: OpenRecord) -> None:
    add(ben, amina, relation="REL_SIBLING", hurts=["UND_SHAME"], note="called her a shame", owed="on")
    add(ben, amina, UNCLE, relation="REL_RECRUITER", stance="DANGEROUS")
    add(ben, amina, "the nurse", relation="REL_HEALTH")
    page = ben.get(reverse("circle", args=[amina.id])).content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "Brother or sister" in main
    words = [stance.label for stance in STANCES.members] + ["Debt", "Stigma", "Recruiter", "Health", "shame", "Amina"]
    assert [word for word in (*words, SISTER, UNCLE, "the nurse") if word in main] == []
    assert main.count('class="who"') == 1


def test_the_picture_for_relatives_leads_nowhere(ben: Client, amina: OpenRecord) -> None:
    page = ben.get(reverse("circle", args=[amina.id])).content.decode()
    links = set(re.findall(r'<a[^>]* href="([^"]*)"', page))
    assert not {link for link in links if str(amina.id) in link or link.startswith(("/people", "/inbox", "/talk"))}
    assert reverse("circle", args=[amina.id]) in ben.get(reverse("family", args=[amina.id])).content.decode()


def test_ties_are_sealed_as_narrative_and_not_for_others(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    add(ben, amina)
    assert set(Value.objects.filter(field__startswith="tie-").values_list("compartment", flat=True)) == {"narrative"}
    farid = client_of(cast.farid)
    for name in ("family", "circle", "new_tie"):
        assert farid.get(reverse(name, args=[amina.id])).status_code == 404
    assert farid.get(reverse("tie", args=[amina.id, only_key(amina, cast)])).status_code == 404


def test_an_unknown_day_is_today(ben: Client, amina: OpenRecord) -> None:
    add(ben, amina)
    for typed in ("", "-1", "x", "99", "99999999", "²"):
        assert SISTER in page_of(ben, amina, at=typed)
