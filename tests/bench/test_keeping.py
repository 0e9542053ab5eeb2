"""Figures are kept by name and database, and docs/bench.md is drawn from them."""

from pathlib import Path

import pytest

from bench import keeping, page
from bench.figures import Figure

# Git is asked which commit is checked out.
ASKED = {
    "public_search",
    "talk_step_saved",
    "case_list",
    "B5_open_50_fields",
    "name_search",
    "name_search_recall",
    "B6_sign_in",
    "talk_submitted_cpu",
    "talks_lost_or_doubled",
    "growth_public_search",
    "growth_case_list",
    "growth_name_search",
}


@pytest.fixture
def trials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(keeping, "TRIALS", tmp_path)
    return tmp_path


def figure(name: str, value: float, *, database: str = "embedded", holds: bool = True) -> Figure:
    return Figure(
        name=name,
        value=value,
        unit="ms",
        p50=0.1234,
        goal="<= 2 s",
        holds=holds,
        database=database,
    )


def test_a_new_figure_takes_the_place_of_the_older_one_of_its_database(trials: Path) -> None:
    keeping.keep([figure("case_list", 50), figure("public_search", 20)], trial=True)
    again = [figure("case_list", 40), figure("case_list", 45, database="postgresql")]
    keeping.keep(again, trial=True)
    kept = [(each["name"], each["database"], each["value"]) for each in keeping.read(trials)]
    assert kept == [
        ("public_search", "embedded", 20),
        ("case_list", "embedded", 40),
        ("case_list", "postgresql", 45),
    ]


def test_a_figure_is_kept_with_its_day_its_commit_and_its_machine(trials: Path) -> None:
    keeping.keep([figure("case_list", 50)], trial=True)
    [kept] = keeping.read(trials)
    assert kept["on"].startswith("20")
    assert kept["commit"] and "cores" in kept["machine"]


def test_a_missed_goal_and_what_was_not_measured_are_said(trials: Path) -> None:
    at = keeping.keep([figure("case_list", 1234.5, holds=False)], trial=True)
    drawn = at.read_text("utf-8")
    assert "(`case_list`) | 1,234 ms | 0.123 |  |  |  |  | <= 2 s | **no** |" in drawn
    assert "0 of 1 goals hold" in drawn
    assert "(`public_search`) | not measured |" in drawn
    assert "Not measured yet." in drawn


def test_a_figure_without_a_goal_of_its_own_is_shown_last(trials: Path) -> None:
    at = keeping.keep([figure("something_new", 1), figure("B9_events", 2)], trial=True)
    assert at.read_text("utf-8").index("something new") > at.read_text("utf-8").index("B9_events")


def test_every_goal_of_speed_has_its_row() -> None:
    assert ASKED - set(page.GOALS) == set()


def test_figures_of_a_published_copy_have_a_table_of_their_own(trials: Path) -> None:
    at = keeping.keep([figure("published_search_p95", 21, database=page.COPY)], trial=True)
    last = at.read_text("utf-8").partition("## In a published copy")[2]
    assert "(`published_search_p95`) | 21 ms |" in last
    assert "(`published_kept_place`) | not measured |" in last


def test_the_page_is_drawn_from_what_is_kept() -> None:
    """`./suar bench` draws it anew."""
    assert (keeping.DOCS / keeping.PAGE).read_text("utf-8") == page.drawn(keeping.read())
