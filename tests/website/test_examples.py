"""Example phrases as a second voice: what resembles a text, danger in it, and texts that resemble nothing."""

import json
from pathlib import Path

from suar.core.codes import read_data
from suar.directory import catalogue
from suar.directory.rules.relevance import TEXT_PREFIX
from suar.website.examples import Example, Examples, load_examples
from suar.website.search_queries import read_query
from suar.website.vocabularies import synonym_rows

TRIALS = Path(__file__).parents[1] / "search"


def test_a_text_is_read_like_the_examples_with_its_rare_words():
    rows = [
        Example("en", "boss hides passport", {"STA_TRAVEL": 1.0}),
        Example("en", "boss hides wages", {"JUS_WAGES": 1.0}),
        Example("en", "boss beats me", {"SAF_RISK": 1.0}, urgent=True),
    ]
    examples = Examples(rows, lambda example: example.text.split())
    similarity = examples.compare(["boss", "sold", "passport"])
    assert max(similarity.cosines, key=lambda code: similarity.cosines[code]) == "STA_TRAVEL"
    assert examples.compare(["beats"]).danger > 0.9 > 0.5 > similarity.danger
    assert examples.compare(["weather"]).cosines == {} == examples.compare([]).cosines


def test_the_examples_that_resemble_a_text_most_count_beside_all_of_a_code():
    others = [Example("en", f"word {number}", {f"CODE_{number}": 1.0}) for number in range(20)]
    rows = [Example("en", "son gone", {"FAM_TRACING": 1.0}), Example("en", "son school", {"EDU_SCHOOL": 1.0})]
    examples = Examples([*others, *rows], lambda example: example.text.split())
    cosines = examples.compare(["son", "gone"]).cosines
    assert cosines["FAM_TRACING"] > 1.19, "it is an example"
    assert cosines["EDU_SCHOOL"] < 0.6


def test_a_code_with_many_examples_counts_no_more_than_one_with_few():
    many = [Example("en", f"boss sold {number}", {"JUS_WAGES": 1.0}) for number in range(30)]
    examples = Examples([*many, Example("en", "sold rice", {"BAS_FOOD": 1.0})], lambda example: example.text.split())
    similarity = examples.compare(["sold", "rice"])
    assert similarity.cosines["BAS_FOOD"] > 0.9 > similarity.cosines["JUS_WAGES"]


def test_what_few_codes_have_counts_most_and_a_text_is_in_danger_as_the_nearest_types_are():
    rows = [
        Example("en", "boss locked", {"SAF_RISK": 1.0}, urgent=True),
        Example("en", "boss passport", {"STA_TRAVEL": 1.0}),
        Example("en", "boss wages", {"JUS_WAGES": 1.0}),
    ]
    examples = Examples(rows, lambda example: example.text.split())
    assert examples.rarity["boss"] < examples.rarity["wages"]
    assert examples.dangers == {"SAF_RISK": 1.0, "STA_TRAVEL": 0.0, "JUS_WAGES": 0.0}
    assert examples.compare(["locked"]).danger == 1.0
    assert examples.compare(["boss", "locked"]).danger > 0.5 > examples.compare(["boss", "wages"]).danger


def test_words_that_say_nearly_the_same_share_a_row_in_both_languages():
    assert synonym_rows("kabur", (), "id") & synonym_rows("escaped", (), "en")
    assert (
        synonym_rows("dikejarin", ("dikejarin", "kejar", "jar"), "id") == synonym_rows("kejar", (), "id") != frozenset()
    )
    assert synonym_rows("escaped", (), "id") == synonym_rows("escaped", (), "en"), "a word of the other language"
    assert synonym_rows("zebra", ("zebra",), "en") == frozenset()


def test_examples_name_codes_that_there_are_and_are_no_phrases_of_a_trial():
    rows = read_data("website", "examples")["rows"]
    known = {*catalogue.types(), "SEA", "ABROAD", "FOR_CHILDREN", "FOR_FOREIGNERS", "FOR_MEN", "FOR_WOMEN"}
    assert {code for row in rows for code in row["codes"] if not code.startswith(TEXT_PREFIX)} <= known
    texts = [example.text.casefold() for example in load_examples()]
    assert len(texts) == len(set(texts)) > 2500
    trials = [json.loads(path.read_text("utf-8")) for path in TRIALS.rglob("phrases.json")]
    assert not set(texts) & {row["text"].casefold() for rows in trials for row in rows}


def test_danger_that_no_word_names_is_urgent_and_one_word_is_not_compared():
    assert read_query("satpam pegang kunci pager, cewek2 ga bisa keluar", "id").urgent
    assert not read_query("mau buka warung nasi di kampung", "id").urgent
    assert all(word.text for word in read_query("dokter", "id").words)
