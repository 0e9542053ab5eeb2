"""What stands above a report and below a picture of case files, and limits of single sentences."""

import re

import numpy as np
import pytest

from suar_research.casefiles import charts, drawing
from suar_research.casefiles.asking import made, parser
from suar_research.casefiles.counting import Layout
from suar_research.casefiles.crossing import crosses
from suar_research.casefiles.durations import Spans, kaplan_meier, median
from suar_research.casefiles.frames import Wanted, read
from suar_research.casefiles.shares import Printed, decimal, p_value
from suar_research.casefiles.timing import Times, Waiting
from suar_research.casefiles.waiting import medians

TEXT = "form,sex,year,d,c\n" + "a,f,2022,3,1\na,m,2023,4,1\nb,f,2023,5,0\n" * 5


def report(*words):
    return made(parser().parse_args(["data.csv", *words]), TEXT, "digest")


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("--rows form", "form"),
        ("--rows form --columns sex", "form by sex"),
        ("--rows form --columns sex --stratum year", "form by sex, for each year"),
        ("--rows form --period year --earlier 2022 --later 2023", "form: 2022 and 2023"),
        ("--time d --came c", "Time to an event"),
        ("--time d --came c --by sex", "Time to an event, by sex"),
        ("--rows form --title Mine", "Mine"),
    ],
)
def test_a_report_without_a_title_is_called_by_its_columns(words, title):
    assert report(*words.split()).title == title


def test_a_report_says_which_rows_it_is_of():
    said = report("--rows", "form", "--where", "sex=f", "--where", "year=2023").coverage[-1]
    assert said == ("Only rows with sex = f and year = 2023: 5 people; 10 people in other rows are not in this.")
    assert not any("Only rows" in each for each in report("--rows", "form").coverage)


def test_whom_a_picture_covers_is_written_below_it_line_by_line():
    frame = read("form,people\na,3\n", ["form"], Wanted("people"))
    whom = " ".join(["These people were identified."] * 8)
    svg = charts.bars(crosses(frame, "form", None, None)[0], Layout(), whom).svg
    found = re.findall(r'<text x="24.0" y="([\d.]+)"[^>]*>([^<]*)<', svg)
    title, *foot = [(float(y), text) for y, text in found]
    assert title == (26, "form") and " ".join(text for _, text in foot) == whom
    assert [text for _, text in foot] == drawing.lines_of(whom) and len(foot) > 1
    steps = np.diff([y for y, _ in foot])
    assert (steps == steps[0]).all() and 14 < steps[0] < 20
    last = max(float(y) for y in re.findall(r'<rect x="[\d.]+" y="([\d.]+)"', svg))
    assert last + 16 < foot[0][0] < last + 60
    assert float(re.search(r'viewBox="0 0 760 (\d+)"', svg)[1]) > foot[-1][0]


@pytest.mark.parametrize(("late", "thin"), [(5, True), (4, False)])
def test_that_few_wait_counts_until_half_are_under_watch(late, thin):
    """Of nine some come late at 5; of those there from the start four go one after the other."""
    times_of = [1, 2, 3, 4, 9, 9, 9, 9, 9]
    entry = np.array([0.0] * (9 - late) + [5.0] * late)
    spans = Spans(np.array(times_of, dtype=float), np.ones(9, dtype=bool), entry)
    curve = kaplan_meier(spans)
    group = Waiting("all", spans, curve, median(curve))
    said = medians(Times((group,), None, 0, "days", True)).notes
    assert any("Almost nobody" in each for each in said) is thin


@pytest.mark.parametrize(("waiting", "thin"), [(3, False), (2, True)])
def test_three_who_wait_early_are_enough(waiting, thin):
    """So many wait from the beginning, and ten come under watch at 5 after one has gone at 1."""
    early = [(1, 1, -np.inf)] + [(20, 1, -np.inf)] * (waiting - 1)
    rows = early + [(10 + at, 1, 5) for at in range(10)]
    time, came, entry = (np.array(each, dtype=float) for each in zip(*rows, strict=True))
    spans = Spans(time, came.astype(bool), entry)
    curve = kaplan_meier(spans)
    group = Waiting("all", spans, curve, median(curve))
    said = medians(Times((group,), None, 0, "days", True)).notes
    assert any("Almost nobody" in each for each in said) is thin


def test_a_number_is_no_percentage_unless_it_says_so():
    assert not Printed("5").percent and not decimal(5.0).percent and not p_value(0.5).percent
    assert (Printed("5").digits, Printed("5").value) == (0, None)
