"""Words beside pictures rank and add; they never take away what a picture stands for."""

import pytest

from suar.directory.candidates import Part
from suar.website.find_help import Results, find
from suar.website.forms import FindForm
from tests.directory.entries import entry, load, provider

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
EAST_JAVA, TEXTS = "35", ("", "diusir ipar dari rumah", "tidak ada kabar dari suami saya sudah lama")


@pytest.fixture
def listed(db: None) -> None:
    """Keep a bed far away, one farther away, a lawyer for the whole country, and who traces relatives."""
    assert load(
        provider(
            entry("farther bed", types=["HOU_EMERGENCY"], areas=["11"]),
            entry("bed", types=["HOU_EMERGENCY"], areas=["33"]),
            entry("lawyer", types=["JUS_ADVICE"], areas=["NATIONAL"]),
            entry("tracing", types=["FAM_TRACING"], areas=["NATIONAL"]),
            entry("line", types=["MEN_CRISIS"], areas=["NATIONAL"], sex=["FEMALE", "MALE", "TRANS"]),
        )
    ).applied


def results_of(**chosen: object) -> Results:
    form = FindForm(chosen)
    assert form.is_valid()
    return find(form.search_query(), language="id")


def names(results: Results, *parts: Part) -> list[str]:
    entries = [entry for part, of_part in results.parts if part in parts for entry in of_part]
    return [str(entry.card.name).removeprefix("Invented ") for entry in entries]


@pytest.mark.parametrize("text", TEXTS)
def test_each_ticked_need_stays_in_the_list_whatever_is_typed(listed, text):
    results = results_of(needs=["bed", "rights"], place=EAST_JAVA, text=text)
    fitting = names(results, Part.FITS)
    assert {"bed", "farther bed", "lawyer"} <= {*fitting}
    assert fitting.index("bed") < fitting.index("farther bed"), "the nearer one first"
    assert results.dropped == ("place",)
    [short] = [entry.short_lines for entry in results.short if entry.card.name == "Invented bed"]
    assert any(" km " in line for line in short), "a short list says how far it is"


def test_words_alone_add_what_they_mean(listed):
    typed = results_of(needs=["rights"], place=EAST_JAVA, text=TEXTS[2])
    assert {"lawyer", "tracing"} <= {*names(typed, Part.FITS, Part.ALSO)}
    assert results_of(needs=["rights"], place=EAST_JAVA).dropped == typed.dropped == ()


def test_a_line_that_takes_trans_people_is_no_answer_to_another_need(listed):
    results = results_of(text="waria butuh tempat tidur", place=EAST_JAVA, who="trans")
    assert names(results, Part.FITS)[:2] == ["bed", "farther bed"]
    assert results.dropped == ("place",)


def test_what_is_for_crews_only_is_no_answer_to_the_wages_of_somebody_abroad():
    crew = entry("crew", types=["JUS_WAGES"], areas=["ABROAD", "SEA"], forms=["SEC_FISHING"])
    assert load(provider(crew, entry("wages", types=["JUS_WAGES"], areas=["31"]), name="desk")).applied
    results = results_of(needs=["wages"], kinds=["wages-unpaid"], place="ABROAD")
    assert results.dropped == ("place",)
    assert names(results, Part.FITS)[0] == "wages"
    assert names(results_of(needs=["wages"], kinds=["wages-unpaid"], place="SEA"), Part.FITS)[0] == "crew"
