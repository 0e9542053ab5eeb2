"""The decision tables: every combination, and agreement with the first table but where mended."""

from dataclasses import replace

import pytest

from suar.screening.codes import Outcome, Value
from suar.screening.rules.answers import Path
from suar.screening.rules.outcomes import element_values, rank, row_for
from tests.screening.talks import TALK, child_talk, elements_of, suggest

LETTERS = {
    "S": Value.SUPPORTED,
    "W": Value.SOME_SIGNS,
    "N": Value.NOT_SUPPORTED,
    "U": Value.UNKNOWN,
    "O": Value.NO_SIGN,
}
SHORT = {
    "P": Outcome.PRESUMED_VICTIM,
    "R": Outcome.POSSIBLE_AT_RISK,
    "n": Outcome.NOT_INDICATED,
    "u": Outcome.UNABLE,
}
# rows: act S W N U O; columns: means S W N U O, each with purpose S W N U O
ADULT = {
    "S": "PRnRR RRnRR Rnnun RRuuu RRnun",
    "W": "PRnRR RRnRn Rnnun RRuuu RRnun",
    "N": "RRnRR RRnRn Rnnun RRnuu RRnun",
    "U": "PRnRR RRnRn Rnnun RRuuu RRnun",
    "O": "PRnRR RRnRn Rnnun RRuuu RRnun",
}
CHILD = {"S": "PRnRR", "W": "PRnRR", "N": "RRnuu", "U": "PRnuu", "O": "PRnuu"}
# the first table of the subject knowledge, where no element has only some signs: S N U each
FIRST_ADULT = {"S": "PRR Rnu Ruu", "N": "RnR Rnu Rnu", "U": "PRR Rnu Ruu"}
FIRST_CHILD = {"S": "PnR", "N": "Rnu", "U": "Pnu"}
MENDED = {(act, "S", "N"): "n" for act in "SU"}


def adult_cells(table: dict[str, str], letters: str) -> dict[tuple[str, str, str], str]:
    """Return the cells of a table drawn in letters."""
    return {
        (act, means, purpose): cell
        for act, line in table.items()
        for means, cells in zip(letters, line.split(), strict=True)
        for purpose, cell in zip(letters, cells, strict=True)
    }


def child_cells(table: dict[str, str], letters: str) -> dict[tuple[str, str], str]:
    """Return the cells of a child table drawn in letters."""
    return {(act, purpose): cell for act, line in table.items() for purpose, cell in zip(letters, line, strict=True)}


ADULT_CELLS, CHILD_CELLS = adult_cells(ADULT, "SWNUO"), child_cells(CHILD, "SWNUO")


FREE, HIT = {"COULD_LEAVE", "NOT_HELD"}, {"NOT_HELD", "HURT_ONLY"}
SOUGHT, COMPOUND = FREE | {"SOUGHT"}, {"PRESUMED_FORCED"}


def row(path: Path, act: str, means: str, purpose: str, facts=frozenset()):
    """Find the row for these letters."""
    values = [LETTERS[letter] for letter in (act, means, purpose)]
    return row_for(TALK.tables, replace(elements_of(*values), facts=facts), path)


def test_all_125_and_25_combinations_are_covered() -> None:
    assert len(ADULT_CELLS) == 125
    assert len(CHILD_CELLS) == 25


@pytest.mark.parametrize(("cell", "outcome"), ADULT_CELLS.items(), ids=lambda v: "".join(v))
def test_each_adult_combination_gives_its_outcome(cell: tuple[str, ...], outcome: str) -> None:
    assert row(Path.ADULT, *cell).suggest is SHORT[outcome]


@pytest.mark.parametrize(("cell", "outcome"), CHILD_CELLS.items(), ids=lambda v: "".join(v))
def test_each_child_combination_gives_its_outcome_whatever_the_means(cell: tuple[str, ...], outcome: str) -> None:
    act, purpose = cell
    assert {row(Path.CHILD, act, means, purpose).suggest for means in LETTERS} == {SHORT[outcome]}


def test_an_adult_who_could_leave_is_suggested_less_in_four_rows_only() -> None:
    changed = {cell for cell in ADULT_CELLS if row(Path.ADULT, *cell, FREE) != row(Path.ADULT, *cell)}
    assert {row(Path.ADULT, *cell, FREE).code for cell in changed} == {"AD20", "AD21", "AD22", "AD23"}
    assert {row(Path.ADULT, *cell).suggest for cell in changed} == {Outcome.POSSIBLE_AT_RISK, Outcome.UNABLE}


def test_a_skipped_question_weighs_no_more_than_gain_for_somebody_who_could_leave() -> None:
    asked, skipped = (row(Path.ADULT, "W", "N", purpose, FREE).suggest for purpose in "SU")
    assert skipped is asked is Outcome.NOT_INDICATED
    assert row(Path.ADULT, "W", "N", "U").suggest is Outcome.UNABLE


def test_looking_for_it_oneself_counts_only_with_leaving_and_never_beside_enough_signs_of_gain() -> None:
    changed = {cell for cell in ADULT_CELLS if row(Path.ADULT, *cell, SOUGHT) != row(Path.ADULT, *cell, FREE)}
    assert changed == {("W", "S", "W"), ("O", "S", "W")}
    alone = {cell for cell in ADULT_CELLS if row(Path.ADULT, *cell, {"SOUGHT"}) != row(Path.ADULT, *cell)}
    assert alone == set()


def test_who_comes_out_of_a_compound_is_presumed_forced_until_asked() -> None:
    changed = {cell for cell in ADULT_CELLS if row(Path.ADULT, *cell, COMPOUND) != row(Path.ADULT, *cell)}
    assert changed == {(act, "S", "U") for act in "SWUO"}
    assert {row(Path.ADULT, *cell, COMPOUND).suggest for cell in changed} == {Outcome.PRESUMED_VICTIM}


def test_the_first_adult_table_is_unchanged_but_for_the_corrected_cell() -> None:
    first = adult_cells(FIRST_ADULT, "SNU")
    changed = {cell: ADULT_CELLS[cell] for cell in first if ADULT_CELLS[cell] != first[cell]}
    assert changed == MENDED


def test_the_first_child_table_is_unchanged() -> None:
    first = child_cells(FIRST_CHILD, "SNU")
    assert {cell: CHILD_CELLS[cell] for cell in first} == first


def test_each_row_is_reached_and_has_a_source() -> None:
    reached = {row(Path.ADULT, *cell, facts).code for cell in ADULT_CELLS for facts in (set(), FREE, SOUGHT, COMPOUND)}
    reached |= {
        row(Path.CHILD, act, "U", purpose, facts).code for act, purpose in CHILD_CELLS for facts in (set(), HIT)
    }
    rows = [row for rows in TALK.tables.rows.values() for row in rows]
    assert reached == {row.code for row in rows}
    assert all(row.source for row in rows)


def test_a_wage_dispute_with_means_denied_ends_as_no_sign_and_labour_help() -> None:
    for act in LETTERS:
        found = row(Path.ADULT, act, "N", "W")
        assert found.suggest is Outcome.NOT_INDICATED
        assert "LABOUR_HELP" in found.notes


@pytest.mark.parametrize("path", Path)
@pytest.mark.parametrize("cell", ADULT_CELLS, ids="".join)
def test_a_reported_sign_without_score_counts_as_some_signs(cell: tuple[str, ...], path: Path) -> None:
    elements = elements_of(*(LETTERS[item] for item in cell), unscored=("I_P_SEX",))
    suggestion = suggest(elements, path)
    assert rank(TALK.tables, suggestion.outcome) >= 2


@pytest.mark.parametrize("cell", ADULT_CELLS, ids="".join)
def test_a_child_gets_no_lower_suggestion_than_an_adult(cell: tuple[str, ...]) -> None:
    elements = elements_of(*(LETTERS[item] for item in cell))
    grown, child = (suggest(elements, path).outcome for path in (Path.ADULT, Path.CHILD))
    assert max(rank(TALK.tables, child), 1) >= max(rank(TALK.tables, grown), 1)


def test_means_reported_about_a_child_are_stored_and_not_required() -> None:
    without = suggest(elements_of("SUPPORTED", "NOT_SUPPORTED", "SUPPORTED"), Path.CHILD)
    beaten = suggest(elements_of("UNKNOWN", "SUPPORTED", "NOT_SUPPORTED"), Path.CHILD)
    assert without.outcome is Outcome.PRESUMED_VICTIM
    assert beaten.outcome is Outcome.POSSIBLE_AT_RISK
    assert "LIFT_CHILD_MEANS" in beaten.because


def test_a_child_who_was_hit_and_could_leave_is_no_sign_if_nobody_gained() -> None:
    beaten = elements_of("SUPPORTED", "SUPPORTED", "NOT_SUPPORTED")
    found = suggest(replace(beaten, facts=HIT), Path.CHILD)
    assert (found.outcome, found.because) == (Outcome.NOT_INDICATED, ("CH07",))
    assert "CHILD_CHECK" in found.notes
    for other in (replace(beaten, facts=facts) for facts in (FREE, {"HURT_ONLY"})):
        assert suggest(other, Path.CHILD).outcome is Outcome.POSSIBLE_AT_RISK
    open_purpose = replace(elements_of("SUPPORTED", "SUPPORTED", "UNKNOWN"), facts=HIT)
    assert suggest(open_purpose, Path.CHILD).outcome is Outcome.POSSIBLE_AT_RISK


@pytest.mark.parametrize(
    ("choices", "signs", "only"),
    [
        ({"SG_AFRAID": "NO"}, {"SG_HURT": ["I_M_FORCE"]}, True),
        ({"SG_AFRAID": "NO"}, {"SG_HURT": ["I_M_FORCE"], "SG_PAPERS": ["I_M_PAPERS_KEPT"]}, True),
        ({"SG_AFRAID": "NO"}, {"SG_HURT": ["I_M_FORCE", "I_M_THREAT"]}, False),
        ({"SG_AFRAID": "NO"}, {"SG_HURT": ["I_M_FORCE"], "SG_LEAVE": ["I_M_CONFINE"]}, False),
        ({"SG_AFRAID": "NO", "BW_WHO": "UNKNOWN"}, {"SG_HURT": ["I_M_FORCE", "I_M_EXAMPLE"]}, False),
        ({"SG_AFRAID": "SKIPPED"}, {"SG_HURT": ["I_M_FORCE"]}, False),
        ({}, {"SG_HURT": ["I_M_FORCE"]}, False),
    ],
)
def test_only_a_blow_was_told_and_nobody_is_feared(choices, signs, only) -> None:
    answers = child_talk({**choices, **dict.fromkeys(signs, "YES")}, signs)
    assert ("HURT_ONLY" in element_values(answers, Path.CHILD).facts) is only


def test_no_signs_needs_enough_asked_in_a_fit_setting() -> None:
    clean = suggest(elements_of("UNKNOWN", "NOT_SUPPORTED", "NOT_SUPPORTED"), Path.ADULT)
    unasked = elements_of("UNKNOWN", "NOT_SUPPORTED", "NOT_SUPPORTED", missing=("FREEDOM_NOT_ASKED",))
    found = suggest(unasked, Path.ADULT)
    assert clean.outcome is Outcome.NOT_INDICATED
    assert Outcome.NOT_INDICATED in clean.offered
    assert found.outcome is Outcome.UNABLE
    assert found.because == ("AD11", "FREEDOM_NOT_ASKED")
    assert Outcome.NOT_INDICATED not in found.offered


@pytest.mark.parametrize("stop", TALK.stops)
@pytest.mark.parametrize("cell", ["SSS", "SWU", "UUU", "UNN"])
def test_a_stopped_talk_offers_unable_declined_or_what_was_already_supported(cell: str, stop: str) -> None:
    elements = elements_of(*(LETTERS[item] for item in cell))
    found = suggest(elements, Path.ADULT, stop)
    higher = {"SSS": set(list(Outcome)[:2]), "SWU": {Outcome.POSSIBLE_AT_RISK}}.get(cell, set())
    assert set(found.offered) == {Outcome.UNABLE, Outcome.DECLINED} | higher
    assert found.outcome in found.offered
    assert found.because[-1] == "STOPPED"
    if not higher:
        assert found.outcome is TALK.stops[stop].ends_as


def test_too_little_talk_is_a_reason_for_signs_only_where_something_is_surely_open() -> None:
    rows = [row for path in Path for row in TALK.tables.rows[path] if row.suggest is not Outcome.UNABLE]
    too_little = [row for row in rows if "not talked enough" in TALK.words_of(row.code)["en"]]
    assert all(any(allowed == {Value.UNKNOWN} for allowed in row.when.values()) for row in too_little)
