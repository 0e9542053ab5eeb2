"""Search for services by need, place, person, language, papers and words."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suar.core.refusals import NotYours
from suar.directory import labels, queries
from suar.directory.codes import FitKind
from suar.directory.facts import PersonFacts
from suar.directory.search import SearchQuery
from tests.directory.entries import at_place, entry, entry_id, load, place, provider
from tests.hsds.files import service

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

WORDS = {"en": {"name": "Invented harbour hostel"}, "id": {"name": "Pondok Pelabuhan Rekaan"}}


@pytest.fixture
def directory() -> None:
    """Create one service for every search criterion."""
    load(
        provider(
            entry("near", types=["HOU_MEN"], areas=["32.74"], service_at_locations=at_place("house")),
            entry("province", types=["HOU_SHELTER"], areas=["32"]),
            entry("country", types=["JUS_WAGES"], areas=["NATIONAL"]),
            entry("elsewhere", types=["HOU_MEN"], areas=["31.71"]),
            entry("women", types=["HOU_SHELTER"], areas=["32.74"], sex=["FEMALE"]),
            entry("adults", types=["EDU_SCHOOL"], areas=["32.74"], age_min=18),
            entry("papers", types=["STA_IDENTITY"], areas=["32.74"], papers="ORIGINAL"),
            entry("tongue", types=["COO_INFO"], areas=["32.74"], languages=["su"]),
            entry("days", types=["BAS_FOOD"], areas=["32.74"], opening="OFFICE_HOURS"),
            entry("childless", types=["BAS_SOCIALSEC"], areas=["32.74"], children_with="NO"),
            entry("own", types=["BAS_SOCIALSEC"], areas=["32.74"], nationality=["NATIONAL"]),
            entry("paid", types=["HEA_GENERAL"], areas=["32.74"], cost="FULL"),
            entry("old", types=["BAS_CASH"], areas=["32.74"], assured_date="2026-05-01"),
            entry("gone", types=["BAS_CASH"], areas=["32.74"], assured_date="2025-11-24"),
            entry("harbour", types=["BAS_PHONE"], areas=["SEA"], translations=WORDS),
            name="house of help",
            locations=[place("house")],
        ),
        service("untold", status="active"),
    )


def names(**wanted: object) -> list[str]:
    result = queries.search_services(SearchQuery(**wanted), most=50, language="en").cards  # type: ignore[arg-type]  # names of fields
    return [card.name.removeprefix("Invented ") for card in result]


@pytest.mark.usefixtures("directory")
class TestFinding:
    def test_what_is_meant_for_the_place_comes_first_then_province_country_and_untold(self) -> None:
        result = names(place="32.74")
        assert result.index("near") < result.index("province") < result.index("country")
        assert result[-1] == "untold"
        assert "elsewhere" not in result
        assert "harbour hostel" not in result

    def test_a_province_finds_every_district_in_it(self) -> None:
        result = names(place="32", needs=("HOUSING",))
        assert set(result) == {"near", "province", "women"}

    def test_free_comes_before_paid_and_what_was_confirmed_last_first(self) -> None:
        result = names(place="32.74")
        assert result.index("near") < result.index("old") < result.index("paid")

    def test_what_was_not_confirmed_for_a_year_is_gone(self) -> None:
        assert "gone" not in names()
        assert "old" in names()

    @pytest.mark.parametrize(
        ("wanted", "out"),
        [
            ({"sex": "MALE"}, "women"),
            ({"age": "CHILD"}, "adults"),
            ({"children": True}, "childless"),
            ({"nationality": "FOREIGN"}, "own"),
            ({"without_papers": True}, "papers"),
            ({"language": "id"}, "tongue"),
            ({"now": True}, "days"),
        ],
    )
    def test_who_is_surely_turned_away_is_left_out_and_the_untold_stays(self, wanted: dict, out: str) -> None:
        result = names(**wanted)
        assert out not in result
        assert "near" in result
        assert ("untold" in result) == ("now" not in wanted)

    def test_a_need_is_a_group_or_a_type(self) -> None:
        assert set(names(needs=("HOU_SHELTER",))) == {"province", "women"}
        assert set(names(needs=("JUSTICE", "BAS_FOOD"))) == {"country", "days"}

    @pytest.mark.parametrize(
        "text",
        [
            "hostel",
            "HOSTEL",
            "hostl",
            "hotsel",
            "hostle",
            "host",
            "pelabuhan",
            "Pelabuan",
            "harbour hostel",
            "phone harbour",
            "laut",
        ],
    )
    def test_words_are_found_in_each_language_begun_or_nearly_right(self, text: str) -> None:
        assert names(text=text) == ["harbour hostel"]

    @pytest.mark.parametrize("text", ["zebra", "harbour zebra", "qxtzebra"])
    def test_a_word_that_is_nowhere_finds_nothing(self, text: str) -> None:
        assert names(text=text) == []

    @pytest.mark.parametrize("text", ['"', "a OR b", "') DROP", "*", "NEAR(a b)", "'", "&|!", "-a"])
    def test_signs_of_the_index_are_only_words(self, text: str) -> None:
        assert isinstance(names(text=text), list)

    def test_words_are_found_by_place_and_type(self) -> None:
        assert "near" in names(text="cirebon men")

    def test_pages_follow_one_another_without_gap_or_double(self) -> None:
        whole, after, pages = names(place="32.74"), "", []
        while True:
            page = queries.search_services(SearchQuery(place="32.74", after=after), most=3)
            pages += [card.name.removeprefix("Invented ") for card in page.cards]
            after = page.next
            if not after:
                break
        assert pages == whole

    @pytest.mark.parametrize("after", ["x", "9.9", "1", "1.x", "99999999999999999.1", "-1.2"])
    def test_a_forged_page_mark_is_harmless(self, after: str) -> None:
        assert isinstance(queries.search_services(SearchQuery(after=after)).cards, tuple)

    def test_a_match_says_how_it_fits_best_first(self) -> None:
        man = PersonFacts(place="32.74", sex="MALE", age_years=30, papers="NONE")
        result = queries.match_services(man, ["HOUSING"], language="en")
        stated = {m.card.name.removeprefix("Invented "): m.fit.kind for m in result}
        assert list(stated) == ["near", "province", "women"]
        assert stated["near"] is stated["province"] is FitKind.FITS
        assert stated["women"] is FitKind.DOES_NOT_FIT
        assert queries.match_services(man, ["NO_SUCH_NEED"]) == []

    @pytest.mark.parametrize(("age", "fits"), [({"age_years": 12}, False), ({"age_status": "AB_18"}, True), ({}, None)])
    def test_a_match_knows_children_adults_and_unknown_ages(self, age: dict, fits: bool | None) -> None:
        [match] = queries.match_services(PersonFacts(place="32.74", **age), ["EDUCATION"])
        expected = {True: FitKind.FITS, False: FitKind.DOES_NOT_FIT, None: FitKind.ASK_FIRST}
        assert match.fit.kind is expected[fits]

    def test_a_card_is_there_however_old_but_not_on_the_public_door(self) -> None:
        assert queries.service_card(entry_id("gone")).warn_old
        assert queries.public_card(entry_id("near")).name == "Invented near"
        for absent in (entry_id("gone"), UUID(int=1)):
            with pytest.raises(NotYours):
                queries.public_card(absent)
        with pytest.raises(NotYours):
            queries.service_card(UUID(int=1))


def test_answers_now_order() -> None:
    def line(name: str, tested: str, **more: object) -> dict:
        urgent = {"number": "+62 000", "tested": tested, "hours": {"en": "Always"}}
        return entry(name, types=["MEN_CRISIS"], areas=["32"], urgent=urgent, **more)

    load(
        line("a", "2026-11-01"),
        line("b", "2026-11-20"),
        line("c", "2026-11-24", opening="OFFICE_HOURS"),
        entry("d", types=["MEN_CRISIS"], areas=["32"]),
    )
    result = queries.answering_lines(["MEN_CRISIS"], most=3, language="en")
    assert [card.id for card in result] == [entry_id(name) for name in "bac"]
    assert result[0].urgent is not None
    assert result[0].urgent.hours == "Always"
    assert len(queries.answering_lines([], most=2)) == 2


def test_country_lines() -> None:
    urgent = {"number": "+62 000", "tested": "2026-11-20", "hours": {"en": "Always"}}
    load(
        entry("near", types=["MEN_CRISIS"], areas=["32"], urgent=urgent),
        entry("all", types=["MEN_CRISIS"], areas=["NATIONAL"], urgent=urgent),
        entry("mute", types=["MEN_CRISIS"], areas=["NATIONAL"]),
    )
    assert queries.answering_lines(["HOU_MEN"]) == ()
    assert [card.id for card in queries.country_lines()] == [entry_id("all")]


def beds(number: int) -> None:
    """Create shelters at one place."""
    many = [
        entry(f"s{n}", types=["HOU_MEN"], areas=["32.74"], service_at_locations=at_place("house"))
        for n in range(number)
    ]
    load(provider(*many, locations=[place("house")]))


def statements(ask: Callable[[], int]) -> tuple[int, int]:
    """Return the number of rows and queries."""
    with CaptureQueriesContext(connection) as taken:
        rows = ask()
    return rows, len(taken)


def test_page_query_count_does_not_depend_on_size() -> None:
    beds(60)
    wanted = SearchQuery(place="32.74", text="invented")
    few = statements(lambda: len(queries.search_services(wanted, most=10).cards))
    many = statements(lambda: len(queries.search_services(wanted, most=50).cards))
    assert (few[0], many[0]) == (10, 50)
    assert few[1] == many[1] <= 6


def test_match_query_count_does_not_depend_on_size() -> None:
    """Fewer queries if the place has enough results: its province is not queried."""
    person = PersonFacts(place="32.74")
    beds(10)
    few = statements(lambda: len(queries.match_services(person, ["HOUSING"])))
    beds(50)
    many = statements(lambda: len(queries.match_services(person, ["HOUSING"])))
    assert (few[0], many[0]) == (10, 50)
    assert many[1] <= few[1] <= 7


def test_lines_come_in_the_order_of_the_needs_and_take_the_children_along() -> None:
    always = {"number": "+62 000", "tested": "2026-11-20", "hours": {"en": "Always"}}
    load(
        entry("births", types=["HEA_REPRO"], areas=["32"], urgent=always, opening="24_7"),
        entry("doctor", types=["HEA_GENERAL"], areas=["32"], urgent=always, opening="OFFICE_HOURS"),
        entry("men", types=["HOU_MEN"], areas=["32"], urgent=always, sex=["MALE"]),
        entry("all", types=["HOU_MEN"], areas=["32"], urgent=always, opening="OFFICE_HOURS"),
        entry("alone", types=["HOU_EMERGENCY"], areas=["32"], urgent=always, children_with="NO"),
        entry("family", types=["HOU_EMERGENCY"], areas=["32"], urgent=always, children_with="YES"),
    )

    def listed(*needs: str, **facts: object) -> list[str]:
        lines = queries.likely_lines(needs, PersonFacts(place="32", **facts))
        return [card.name.removeprefix("Invented ") for card in lines]

    assert listed("HEA_GENERAL", "HEA_REPRO") == ["doctor", "births"]
    assert listed("HOU_EMERGENCY", children=(9, 15)) == ["family"]
    assert queries.answering_lines(["HOU_MEN"], person=PersonFacts(place="32"))[0].name == "Invented all"
    mother = PersonFacts(place="32", children=(9, 15))
    assert [card.id for card in queries.answering_lines(["HOU_EMERGENCY"], person=mother)] == [entry_id("family")]


def test_lines_in_a_talk_fit_age_place_and_work() -> None:
    urgent = {"number": "+62 000", "tested": "2026-11-20", "hours": {"en": "Always"}}

    def line(name: str, areas: list[str], **let_in: object) -> dict:
        return entry(name, types=["SAF_RISK"], areas=areas, urgent=urgent, **let_in)

    load(
        line("near", ["32"]),
        line("far", ["18"]),
        line("wide", ["NATIONAL"]),
        line("young", ["32"], age_min=0, age_max=17),
        line("ships", ["32"], forms=["SEC_FISHING"]),
    )

    def listed(**facts: object) -> list[str]:
        lines = queries.likely_lines(["SAF_RISK"], PersonFacts(**facts), most=5)
        return [card.name.removeprefix("Invented ") for card in lines]

    woman = {"age_years": 39, "sex": "FEMALE"}
    assert listed(**woman)[0] == "wide", "without a place the whole country comes first"
    assert set(listed(**woman)) == {"wide", "near", "far"}
    assert listed(**woman, place="32.74") == ["near", "wide"]
    assert "young" in listed(age_years=16, place="32.74")
    assert "ships" in listed(**woman, forms=frozenset({"SEC_FISHING"}))
    assert labels.served_text(queries.likely_lines(["SAF_RISK"], PersonFacts(age_years=16, place="32"))[0])


def test_a_line_for_ships_stands_in_for_no_other_and_a_limited_one_says_so() -> None:
    urgent = {"number": "+62 000", "tested": "2026-11-20", "hours": {"en": "Always"}}
    load(
        entry("ships", types=["HEA_INJURY"], areas=["32"], urgent=urgent, forms=["SEC_FISHING"]),
        entry("lawyer", types=["JUS_NONPUNISH"], areas=["32"], urgent=urgent, forms=["BEGGING", "CRIMINAL"]),
    )
    assert queries.likely_lines(["HEA_INJURY"], PersonFacts(place="32")) == []
    (lawyer,) = queries.likely_lines(["JUS_NONPUNISH"], PersonFacts(place="32"))
    assert labels.served_text(lawyer) == "West Java · not for everybody: ask first"


def test_lines_for_somebody_far_away_need_no_visit() -> None:
    urgent = {"number": "+62 000", "tested": "2026-11-20", "hours": {"en": "Always"}}
    modes = {"bed": ["RESIDENTIAL_OPEN"], "office": ["DAY"], "phone": ["DAY", "REMOTE"]}
    entries = [
        entry(name, types=["SAF_RISK"], areas=["32"], urgent=urgent, residential=mode) for name, mode in modes.items()
    ]
    met = entry("met", types=["SAF_RISK"], areas=["32", "ABROAD"], urgent=urgent, residential=["MOBILE"])
    load(*entries, met)
    lines = queries.likely_lines(["SAF_RISK"], PersonFacts(), remote=True, most=9)
    assert {card.name.removeprefix("Invented ") for card in lines} == {"phone", "met"}
    assert len(queries.likely_lines(["SAF_RISK"], PersonFacts(), most=9)) == len(modes) + 1
