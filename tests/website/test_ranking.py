"""Results in parts: what fits, what to ask, what is closed, who is turned away, and gaps that are counted."""

import pytest

from suar.core import clock
from suar.directory import gaps, labels
from suar.directory.candidates import Part
from suar.directory.facts import ServiceFacts
from suar.directory.models import SearchGap
from suar.directory.rules.relevance import (
    CREWS,
    Offered,
    Wanted,
    audience,
    is_for_others,
    relevance,
    weight_of,
    weights_by_order,
)
from suar.directory.search import SearchQuery
from suar.website.find_help import MAX_SHORT, find
from suar.website.forms import FindForm
from tests.directory.entries import entry, entry_id, load, provider
from tests.website.asking import ask

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
BED = {"needs": ("HOUSING",), "tiles": (("HOU_EMERGENCY", "HOU_SHELTER", "HOUSING"),)}


@pytest.fixture
def beds():
    assert load(
        provider(
            entry("families", types=["HOU_SHELTER"], areas=["32"], children_with="YES"),
            entry(
                "small children",
                types=["HOU_EMERGENCY"],
                areas=["32.74"],
                children_with="UNDER_AGE_LIMIT",
                children_age_limit=12,
            ),
            entry("days", types=["HOU_SHELTER"], areas=["32.74"], opening="OFFICE_HOURS"),
            entry("men", types=["HOU_MEN"], areas=["32.74"], sex=["MALE"]),
            entry("far", types=["JUS_WAGES"], areas=["31.71"]),
        )
    ).applied


def parts(**wanted: object) -> dict[Part, list[str]]:
    found = find(SearchQuery(**wanted), language="en")
    return {part: [str(row.card.name).removeprefix("Invented ") for row in rows] for part, rows in found.parts}


def test_a_child_above_the_limit_is_not_sent_there_and_one_of_unknown_age_asks_first(beds):
    woman = {**BED, "place": "32.74", "sex": "FEMALE", "children": True}
    grown = parts(**woman, child_age=14)
    assert (grown[Part.FITS], grown[Part.NO]) == (["days", "families"], ["small children", "men"])
    assert parts(**woman)[Part.ASK] == ["small children"]
    assert parts(**woman, child_age=6)[Part.FITS][0] == "small children"


def test_what_is_closed_at_night_is_listed_apart(beds):
    assert parts(**BED, place="32.74", now=True, sex="MALE")[Part.LATER] == ["days"]


def test_a_line_for_children_only_is_called_first_if_somebody_speaks_of_them():
    urgent = {"number": "+62 000", "tested": "2026-11-20", "hours": {"en": "Always"}}
    line = {"types": ["MEN_CRISIS"], "areas": ["NATIONAL"], "opening": "24_7"}
    older = {**urgent, "tested": "2026-11-10"}
    assert load(provider(entry("child", age_max=17, urgent=urgent, **line), entry("all", urgent=older, **line))).applied

    def first(text: str) -> str:
        return str(find(SearchQuery(text=text), language="id").lines[0].card.name)

    assert first("mau mati").endswith("all")
    assert first("anak saya mau mati").endswith("child")


def test_a_typed_town_finds_what_serves_its_province(beds):
    found = find(SearchQuery(text="shelter kota cirebon"), language="id")
    assert {entry.card.id for entry in found.entries} >= {entry_id("families"), entry_id("small children")}
    assert found.places == ("32.74",)
    assert find(SearchQuery(text="shelter zebra"), language="en").unused == ("zebra",)


@pytest.mark.parametrize(("opening", "dropped"), [("24_7", ("place",)), ("OFFICE_HOURS", ("now", "place"))])
def test_nobody_is_said_to_be_open_day_and_night_only_if_that_is_so(db, opening, dropped):
    load(provider(entry("far", types=["JUS_WAGES"], areas=["31.71"], opening=opening)))
    assert find(SearchQuery(needs=("JUS_WAGES",), place="33.74", now=True), language="en").dropped == dropped


def test_widening_says_all_that_was_dropped(beds):
    found = find(SearchQuery(needs=("JUS_WAGES",), place="32.74", now=True, free=True), language="en")
    assert found.dropped == ("place",) or found.dropped[-1] == "place"
    assert found.lines_first
    assert found.gap == ("32.74", ("JUS_WAGES",))


def test_a_gap_is_counted_by_month_place_and_need_and_nothing_else(visitor, directory):
    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.77"):
        visitor.defaults["REMOTE_ADDR"] = address
        ask(visitor, needs="work", place="31.71", text="Amina")
    assert {(row.place, row.need, row.times) for row in SearchGap.objects.all()} == {
        ("31.71", "ECONOMIC", 2),
        ("31.71", "EDUCATION", 2),
    }
    ask(visitor, needs="bed", place="31.71")
    assert SearchGap.objects.count() == 2
    gaps.record_gap("nowhere", ["no need"], at=clock.now())
    assert SearchGap.objects.filter(place="", need="").count() == 1


def test_a_row_of_searches_without_a_result_is_never_one_persons(db):
    for place, times in (("31.71", 11), ("32.74", 4), ("33.74", 3), ("", 1)):
        for _ in range(times):
            gaps.record_gap(place, ["HOUSING"], at=clock.now())
    for _ in range(4):
        gaps.record_gap("31.71", ["JUSTICE"], at=clock.now())
    housing = labels.service_type_name("HOUSING")
    shown = [(row["place"], row["need"], row["count"]) for row in gaps.list_gaps(at=clock.now())]
    assert shown == [(labels.place_name("31.71"), housing, 10), ("Other places together", housing, 5)]


def test_a_short_list_holds_numbers_hours_and_limits_and_a_message(visitor, directory):
    page = ask(visitor, needs="bed", place="31.71", short="on").content.decode()
    assert "Night house" in page
    assert "000-0000-0009" in page
    assert "From 18 years." in page
    assert "sms:?body=Night%20house" in page


def test_a_short_list_begins_like_the_page_and_has_few_services_with_their_places(directory):
    results = find(SearchQuery(place="33.74"), language="en")
    assert results.short[0] == results.entries[0]
    assert 0 < len(results.short) <= MAX_SHORT + len(results.lines)
    away = [entry for entry in results.short if entry.first_places]
    assert away
    assert all(entry.first_places in entry.short_lines for entry in away)


def test_relevance_weighs_types_words_and_whom_a_service_is_for():
    offered = Offered(
        [("HOU_MEN", "HOUSING"), ("BAS_FOOD", "BASIC")], frozenset(), frozenset({"harbour"}), frozenset({"soup"})
    )
    both = weight_of(Wanted(weights={"HOU_MEN": 1.0, "BAS_FOOD": 0.5}), offered)
    assert both == 1.0
    assert (
        weight_of(Wanted(weights={"BASIC": 1.0}), offered) < weight_of(Wanted(weights={"BAS_FOOD": 1.0}), offered) < 1
    ), "a service that has another type as well, which is not meant, counts less"
    assert weight_of(Wanted(weights={"=soup": 0.7}), offered) == 0.7, "a word of its texts"
    injuries = Offered([("HEA_FORENSIC", "HEALTH")], frozenset(), frozenset(), frozenset())
    assert weight_of(Wanted(weights={"HEALTH": 1.0}), injuries) == 0, "only its own words mean it"
    assert weight_of(Wanted(weights={"HEA_FORENSIC": 1.0}), injuries) == 1.0
    in_name, in_text = Wanted(frozenset({"harbour"})), Wanted(starts=("sou",))
    assert weight_of(in_name, offered) > weight_of(in_text, offered) > weight_of(Wanted(frozenset({"x"})), offered) == 0
    assert list(weights_by_order(["A", "B", "A"]).items()) != []
    assert weights_by_order(["A", "B", "A"]) == {"A": 1.0, "B": 0.9}


def test_a_service_for_some_counts_less_unless_it_is_named_or_known():
    men = ServiceFacts(id=entry_id("men"), sex=frozenset({"MALE"}), areas=frozenset({"SEA", "32"}))
    assert audience(men) == {"FOR_MEN", "SEA"}
    offered = Offered([("HOU_MEN", "HOUSING")], audience(men), frozenset(), frozenset())
    bed, man = Wanted(weights={"HOU_MEN": 1.0}), Wanted(weights={"FOR_MEN": 1.0})
    assert relevance([bed], offered) < relevance([bed], offered, known={"EL_SEX"}) == 1.0
    assert relevance([bed, man], offered) == 2.0
    assert relevance([], offered) == 0


def test_a_service_for_children_the_bereaved_or_crews_only_waits_until_somebody_speaks_of_them():
    child = Offered([("COO_CASE", "COORD")], frozenset({"FOR_CHILDREN"}), frozenset({"grown"}), frozenset())
    dead = Offered([("FAM_SECONDARY", "FAMILY"), ("RET_REMAINS", "RETURN")], frozenset(), frozenset(), frozenset())
    danger, guardian = Wanted(weights={"SAF_RISK": 1.0}), Wanted(weights={"COO_GUARDIAN": 1.0, "COO_CASE": 0.5})
    assert is_for_others([danger], child)
    assert not is_for_others([danger], child, known=frozenset({"EL_AGE"}))
    assert not is_for_others([danger, guardian], child)
    assert not is_for_others([Wanted(frozenset({"grown"}))], child)
    assert is_for_others([Wanted(weights={"FAM_TRACING": 1.0, "RET_REMAINS": 0.2})], dead, known=frozenset({"EL_AGE"}))
    assert is_for_others([Wanted(weights={"FAM_SECONDARY": 1.0}), Wanted(weights={"RET_REMAINS": 0.2})], dead)
    assert not is_for_others([Wanted(weights={"RET_REMAINS": 1.0})], dead)
    crews = Offered([("JUS_WAGES", "JUSTICE")], frozenset({CREWS}), frozenset(), frozenset())
    assert is_for_others([Wanted(weights={"JUS_WAGES": 1.0, "SEA": 0.3})], crews)
    assert not is_for_others([Wanted(weights={"JUS_WAGES": 1.0}), Wanted(weights={"SEA": 1.0, "RETURN": 0.7})], crews)
    assert not is_for_others([], crews, known=frozenset({CREWS}))
    assert not is_for_others([danger], Offered([("SAF_RISK", "SAFETY")], frozenset(), frozenset(), frozenset()))


def test_what_the_same_person_often_needs_stands_below_and_nothing_that_asks_for_testimony(beds):
    others = provider(
        entry("meals", types=["BAS_FOOD"], areas=["32.74"], opening="OFFICE_HOURS"),
        entry("meals for girls", types=["BAS_FOOD"], areas=["32.74"], age_max=17, sex=["FEMALE"]),
        entry("ride", types=["SAF_RELOCATION"], areas=["32.74"], cooperation=True),
    )
    assert load(others).applied
    shown = parts(**BED, place="32.74", sex="MALE", age="ADULT")
    assert shown[Part.ALSO] == ["meals"]
    assert parts(**BED, place="32.74", now=True, sex="MALE")[Part.LATER] == ["days", "meals"]


def test_money_back_through_a_court_is_first_for_who_asks_for_it_and_protection_of_witnesses_is_not(beds):
    lawyers = provider(
        entry("court", types=["JUS_RESTITUTION"], areas=["32"], formal="POLICE_REPORT"),
        entry("accused", types=["JUS_REPRESENT"], areas=["32"]),
        entry("witnesses", types=["SAF_PROTECTION"], areas=["32"], cooperation=True),
    )
    assert load(lawyers).applied
    assert parts(text="the court should order the boss to pay compensation")[Part.FITS][0] == "court"
    assert parts(text="police and court, I am afraid of punishment")[Part.FITS][0] == "accused"


def test_a_bed_is_listed_before_lines_for_who_asks_for_one_in_danger(beds):
    found = find(SearchQuery(text="he locked me in and beat me, I need a bed for tonight, a safe house"), language="en")
    assert (found.lines_first, found.may_be_urgent) == (False, True)
    assert found.parts[0][1][0].card.types == ("HOU_EMERGENCY",)


def test_a_typed_age_counts_more_than_a_chosen_word_and_a_child_goes_home_only_if_that_is_safe():
    form = FindForm({"needs": ["way-home"], "who": "man", "age": "13"})
    assert form.is_valid()
    query = form.search_query()
    assert (query.age, query.sex, query.needs[0]) == ("CHILD", "MALE", "RET_CHILD")
    grown = FindForm({"needs": ["way-home"], "who": "man", "age": "30"})
    assert grown.is_valid()
    assert grown.search_query().needs[0] == "RET_TRAVEL"
