"""A picture that means several things asks which, and lists nothing before that could hurt somebody."""

import json

import pytest

from bench import prove_search
from suar.core import clock
from suar.demo import directory as invented
from suar.directory import catalogue
from suar.directory.search import SearchQuery
from suar.website.find_help import find
from suar.website.forms import NEEDS, FindForm
from tests.directory.entries import entry, entry_id, load, provider
from tests.website.asking import OWN, ask, ticket_of

pytestmark = pytest.mark.django_db
KINDS = [kind for need in NEEDS.values() for kind in need.kinds]
ASKING = [need for need in NEEDS.values() if need.ask]


@pytest.fixture
def relatives(db):
    """Keep a line, and a service each for relatives who hope and for those who mourn."""
    always = {"number": "+62 000", "tested": "2026-11-20", "hours": {"en": "Always"}}
    listed = provider(
        entry("line", types=["MEN_CRISIS"], areas=["NATIONAL"], opening="24_7", urgent=always),
        entry("hospital", types=["HEA_EMERGENCY"], areas=["NATIONAL"]),
        entry("trace", types=["FAM_TRACING"], areas=["NATIONAL"]),
        entry("mourn", types=["RET_REMAINS", "FAM_SECONDARY"], areas=["NATIONAL"]),
    )
    assert load(listed).applied


def first_of(**chosen) -> object:
    form = FindForm(chosen)
    assert form.is_valid()
    assert form.question is None
    return find(form.search_query(), language="en").entries[0].card.id


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_has_known_codes_and_its_need_in_its_name(kind):
    assert {*kind.codes, *kind.child} <= {*catalogue.types(), *catalogue.groups(), "SEA"}
    assert kind in NEEDS[kind.name.partition("-")[0]].kinds


def test_a_picture_of_several_kinds_shows_lines_and_asks_then_lists_what_was_chosen(visitor, relatives):
    asked = ask(visitor, needs="family", who="woman")
    page = asked.content.decode()
    assert all(f'name="kinds" value="{kind.name}"' in page for kind in NEEDS["family"].kinds)
    assert 'value="woman"' in page, "the other answers stay"
    assert [name for name in ("trace", "mourn", "line") if str(entry_id(name)) in page] == ["line"]
    chosen = {"ticket": ticket_of(asked), "lang": "en", "needs": "family", "kinds": "family-died"}
    listed = visitor.post("/", chosen, headers=OWN).content.decode()
    assert str(entry_id("mourn")) in listed
    assert '<input type="hidden" name="kinds" value="family-died">' in listed
    assert listed.count('<button name="kinds"') == 0


@pytest.mark.parametrize(
    ("kind", "text", "first"),
    [("missing", "husband dead body of husband died ship", "trace"), ("died", "missing lost no news of son", "mourn")],
)
def test_words_do_not_lead_somebody_who_hopes_to_what_is_for_mourners_nor_back(relatives, kind, text, first):
    assert first_of(needs=["family"], kinds=[f"family-{kind}"], text=text) == entry_id(first)


@pytest.mark.parametrize(
    ("text", "language", "lines_first"),
    [
        ("kecelakaan parah darah banyak", "id", False),
        ("i want close eyes and not wake up", "en", True),
        ("no point in living anymore", "en", True),
        ("saya mau bunuh diri, kecelakaan parah darah banyak", "id", True),
    ],
)
def test_an_accident_leads_to_a_hospital_and_despair_to_a_line_and_both_open_the_numbers(
    relatives, text, language, lines_first
):
    results = find(SearchQuery(text=text), language=language)
    first = (results.lines if lines_first else results.entries)[0]
    assert first.card.id == entry_id("line" if lines_first else "hospital")
    assert entry_id("line") in {entry.card.id for entry in results.lines}
    assert (results.lines_first, results.may_be_urgent) == (lines_first, True)


def test_somebody_who_needs_safety_or_a_bed_is_asked_nothing():
    for urgent in ("safety", "bed"):
        form = FindForm({"needs": ["family", urgent]})
        assert form.is_valid()
        assert form.question is None


def test_where_no_answer_hurts_the_list_is_there_with_the_question_above_it(visitor, directory):
    page = ask(visitor, needs="wages").content.decode()
    assert page.index('value="wages-debt"') < page.index("Wage desk")
    assert "Which of these is it?" not in ask(visitor, needs="wages", kinds="wages-debt").content.decode()


@pytest.mark.long
def test_nothing_unsafe_stands_first_for_any_need_whose_picture_asks_first():
    with clock.stopped(prove_search.BY_DAY):
        invented.load(at=clock.now())
    files = sorted(prove_search.FOLDER.rglob("needs.json"))
    needs = [need for file in files for need in json.loads(file.read_text("utf-8"))]
    pictured = [need for need in needs if prove_search.picture(need["topic"]) in {need.name for need in ASKING}]
    assert len(pictured) >= 40
    assert [need.need["id"] for need in prove_search.score(pictured, []).needs if need.unsafe] == []


def test_somebody_who_worries_about_another_is_led_to_the_page_about_that(visitor, db):
    always = {"number": "+62 000", "tested": "2026-11-20", "hours": {"en": "Always"}}
    assert load(provider(entry("line", types=["MEN_CRISIS"], areas=["NATIONAL"], urgent=always))).applied
    asked = ask(visitor, needs="unsure", kinds="unsure-other", place="53")
    page = asked.content.decode()
    assert "We found nobody for this yet" not in page, "the line answers"
    assert "Nothing in the list fits right now." not in page
    button = '<button form="reading" class="plain" name="read" value="/en/others">'
    assert page.index(button) < page.index(str(entry_id("line")))
    opened = visitor.post("/", {"ticket": ticket_of(asked), "lang": "en", "read": "/en/others"}, headers=OWN)
    assert "When you worry about somebody else" in opened.content.decode()
    assert button not in ask(visitor, needs="unsure", kinds="unsure-normal", place="53").content.decode()


@pytest.mark.parametrize(
    ("needs", "kind", "other"),
    [(["rights", "family"], "family-taken", "rights-part"), (["wages", "rights"], "wages-unpaid", "rights-owed")],
)
def test_what_one_choice_answered_is_not_asked_again_for_another_picture(needs, kind, other):
    form, both = FindForm({"needs": needs, "kinds": [kind]}), FindForm({"needs": needs, "kinds": [kind, other]})
    assert form.is_valid()
    assert both.is_valid()
    assert form.question is None
    assert form.search_query() == both.search_query()


def test_the_picture_that_asks_first_is_asked_first_and_each_question_names_its_picture(visitor, relatives):
    asked = ask(visitor, needs=["wages", "family"])
    page = asked.content.decode()
    assert 'value="family-died"' in page
    assert 'value="wages-debt"' not in page
    chosen = {"ticket": ticket_of(asked), "lang": "en", "needs": ["wages", "family"], "kinds": "family-died"}
    listed = visitor.post("/", chosen, headers=OWN).content.decode()
    question = listed.partition("Which of these is it?")[2].partition('value="wages-debt"')[0]
    assert "My wages or a debt" in question


def test_that_nobody_is_open_at_night_is_said_below_the_lines_that_answer_now(visitor, relatives):
    desk = provider(entry("desk", types=["JUS_WAGES"], areas=["NATIONAL"], opening="OFFICE_HOURS"), name="law")
    assert load(desk).applied
    page = ask(visitor, needs="wages", kinds="wages-unpaid", now="on").content.decode()
    note = "Nobody is known to be open day and night for this."
    assert page.index(str(entry_id("line"))) < page.index(note) < page.index(str(entry_id("desk")))
    assert page.count(note) == 1


@pytest.mark.parametrize("text", ["he will kill me tonight help", "suami mau bunuh saya sekarang tolong"])
def test_typed_danger_opens_the_numbers_on_the_page_that_asks_with_a_line_that_answers_now(visitor, relatives, text):
    assert load(provider(entry("info", types=["COO_INFO"], areas=["NATIONAL"]), name="information")).applied
    pages = {typed: ask(visitor, needs="family", text=typed).content.decode() for typed in ("", text)}
    for typed, page in pages.items():
        assert 'value="family-died"' in page, "it asks"
        box = page.partition("In danger now?")[0].rpartition("<details")[2]
        assert (" open" in box) is bool(typed)
        first, then = ("line", "info") if typed else ("info", "line")
        assert page.index(str(entry_id(first))) < page.index(str(entry_id(then)))
