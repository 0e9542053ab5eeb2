"""The data files hold together: codes, sources, references, wording in both languages."""

import json
from collections import Counter
from pathlib import Path as FilePath

import pytest

from suar.core.urgency import Urgency
from suar.screening.codes import Outcome, Step
from suar.screening.rules.answers import Element, Path, Unreadable
from suar.screening.rules.data_files import DATA
from suar.screening.rules.instrument import instrument
from tests.screening.talks import FILES, FULL, SIGNPOST, TALK, retention_after, walk

SOURCES = {
    row["code"] for n in (1, 2) for row in json.loads((DATA / f"sources-{n}.json").read_text("utf-8"))["sources"]
}
ROWS = {
    "needs-1.json": ["needs", "levels"],
    "map-short-1.json": ["lines"],
    "map-full-1.json": ["lines", "themes", "unmapped"],
    "children-1.json": ["bands"],
    "settings-1.json": ["settings", "roles"],
    "barriers-1.json": ["groups", "barriers"],
    "missed-1.json": ["groups", "missed"],
    **{f"stops-{n}.json": ["stops"] for n in (1, 2)},
    **{f"signs-{n}.json": ["signs", "thresholds"] for n in (1, 2)},
    **{f"keeping-{n}.json": ["rows"] for n in (1, 2)},
    **{f"words-{n}.json": ["words"] for n in (1, 2)},
    **{f"outcomes-{n}.json": ["outcomes", "adult", "child", "lifts", "gates", "notes", "reasons"] for n in (1, 2)},
}


def load(name: str) -> dict:
    """Read one data file."""
    return json.loads((DATA / name).read_text("utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_file_has_version_date_and_licence(file: FilePath) -> None:
    raw = load(file.name)
    assert raw["version"] == int(file.stem.rsplit("-", 1)[1])
    assert raw["as_of"]
    assert raw["licence"] == "Apache-2.0"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_wording_stands_in_both_languages(file: FilePath) -> None:
    texts = [node for node in walk(load(file.name)) if "en" in node or "id" in node]
    assert all(set(node) == {"en", "id"} for node in texts)
    assert all(node["en"].strip() and node["id"].strip() for node in texts)


def test_each_row_names_a_source_that_is_listed() -> None:
    rows = [row for name, lists in ROWS.items() for each in lists for row in load(name)[each]]
    rows += [
        node
        for file in FILES
        if file.name.startswith("instrument-")
        for node in walk(load(file.name))
        if "questions" in node or "kind" in node
    ]
    assert all(row["source"] and set(row["source"]) <= SOURCES for row in rows)


def test_no_code_is_used_twice() -> None:
    codes = [
        row["code"]
        for name, lists in ROWS.items()
        if name.removesuffix(".json") in TALK.uses.values()
        for each in lists
        for row in load(name)[each]
        if "code" in row
    ]
    codes += list(TALK.questions) + [f"STEP_{step.code}" for step in TALK.steps]
    codes += [f"THEME_{theme}" for theme in TALK.themes]
    assert [code for code, times in Counter(codes).items() if times > 1] == []


def test_options_of_one_answer_set_differ() -> None:
    for options in TALK.answer_sets.values():
        assert len({option.code for option in options}) == len(options)


def test_the_steps_stand_in_order_and_only_the_last_two_can_be_skipped() -> None:
    assert [step.code for step in TALK.steps] == [item for item in Step if item not in ("SIGNPOST", "REPORT")]
    assert [step["code"] for step in load("instrument-short-3.json")["steps"] if step["skippable"]] == [
        Step.SIGNS,
        Step.WRITE,
    ]
    assert [step.code for step in FULL.steps] == [step.code for step in TALK.steps]
    assert [step.code for step in SIGNPOST.steps] == [Step.SIGNPOST]


def test_each_question_said_to_the_person_has_a_wording_for_a_child() -> None:
    spoken = [q for q in TALK.questions.values() if q.to == "person" and q.code != "ND_LIST"]
    assert [q.code for q in spoken if q.child is None] == ["SF_SAY"]
    for question in spoken:
        assert question.wording(Path.ADULT) == question.text
        assert question.wording(Path.CHILD) == (question.child or question.text)


def test_the_map_joins_known_questions_and_signs_and_leaves_none_out() -> None:
    signing = {q.code for q in TALK.questions.values() if q.kind in ("sign", "seen")}
    assert {line.question for line in TALK.lines} == signing
    assert {line.sign for line in TALK.lines} == set(TALK.signs)
    pairs = Counter((line.question, line.sign) for line in TALK.lines)
    assert max(pairs.values()) == 1


def test_signs_that_were_seen_stand_only_under_what_was_seen() -> None:
    for line in TALK.lines:
        seen = TALK.questions[line.question].kind == "seen"
        assert TALK.signs[line.sign].observed == seen


@pytest.mark.parametrize("path", Path)
def test_each_element_is_asked_about_by_a_prompt_that_can_bear_it(path: Path) -> None:
    for question in TALK.prompts[path]:
        bears = {sign.element for sign in TALK.signs_of(question.code, path)}
        assert question.asks <= bears
        assert question.theme in set(TALK.themes)
    asked = {e for question in TALK.prompts[path] for e in question.asks}
    assert asked == set(Element)


def test_each_theme_of_the_short_form_has_one_or_two_prompts() -> None:
    usual = [q for q in TALK.questions.values() if q.theme and not q.optional_set]
    prompts = Counter(q.theme for q in usual if q.kind in ("sign", "seen"))
    assert set(prompts) == set(TALK.themes)
    assert set(prompts.values()) <= {1, 2}


def test_debt_and_held_papers_carry_their_reminder() -> None:
    assert TALK.questions["SG_DEBT"].reminder
    assert TALK.questions["SG_PAPERS"].reminder


def test_sexual_exploitation_is_a_strong_sign_and_sex_work_by_choice_none() -> None:
    assert set(TALK.signs["I_P_SEX"].strength.values()) == {"strong"}
    assert TALK.signs["I_N_OWN_SEX_WORK"].neutral


def test_levels_have_action_words() -> None:
    words = [TALK.levels[level]["en"] for level in Urgency]
    assert words == ["Now", "Today", "3 days", "This week", "Planned"]


def test_outcomes_show_the_action() -> None:
    labels = {code: words.label for code, words in TALK.tables.outcomes.items()}
    assert set(labels) == set(Outcome)
    strong = labels[Outcome.PRESUMED_VICTIM]
    assert strong["en"] == "Strong signs, offer everything"
    assert strong["id"] == "Tanda kuat, tawarkan semua"


def test_questions_raise_needs_and_rows_give_notes_that_exist() -> None:
    assert {q.raises for q in TALK.questions.values() if q.raises} <= set(TALK.needs)
    rows = [row for rows in TALK.tables.rows.values() for row in rows]
    assert {note for row in rows for note in row.notes} == set(TALK.tables.notes)


def test_every_kind_of_stop_and_outcome_has_a_row_of_keeping() -> None:
    for stop in [None, *TALK.stops]:
        for outcome in Outcome:
            assert retention_after(outcome, None, stop).facts


@pytest.mark.parametrize(("code", "version"), [("short", 4), ("../short", 1), ("full", 3)])
def test_an_instrument_that_does_not_exist_is_refused(code: str, version: int) -> None:
    with pytest.raises(Unreadable):
        instrument(code, version)
