"""The worked examples of research/docs run as they are written."""

import re
import shlex
import subprocess
import sys

import pytest

from bench import prove_casefiles as casefiles
from suar_research import command
from suar_research.casefiles.asking import parser as tabulating
from suar_research.casefiles.shares import MINUS
from suar_research.command import answered as answered_by
from suar_research.linkage import __main__ as linking
from suar_research.releases import __main__ as releasing
from suar_research.studies.asking import parser as studying
from support import DOCS, RESEARCH, environment

PLACE = DOCS
BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
# What both pages say once for all kinds of estimates, or what says itself.
ELSEWHERE = {"--help", "--workers"}


def page(name):
    return (PLACE / f"{name}.md").read_text("utf-8")


def block(name, kind):
    return next(found[2] for found in BLOCK.finditer(page(name)) if found[1] == kind)


def told_by(words):
    """Run words at the root of the clone, as somebody who reads the page would."""
    done = subprocess.run(words, cwd=RESEARCH.parent, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def answered(name, kind, command="estimate"):
    """Run the command of a page, its report left aside."""
    words = shlex.split(block(name, kind))
    assert words[:2] == ["./suar", command]
    if "--report" in words:
        del words[words.index("--report") : words.index("--report") + 2]
    return told_by(words)


def test_the_command_answers_with_every_method_it_names():
    out = answered("start", "sh")
    names = shlex.split(block("start", "sh"))[-1].split(",")
    assert all(f"\n{name} " in out for name in names)


def test_the_table_on_the_page_for_beginners_can_be_used(tmp_path):
    path = tmp_path / "lists.csv"
    path.write_text(block("start", ""), "utf-8")
    out = told_by(["./suar", "estimate", "mse", str(path), "--methods", "main,aic"])
    assert "153 people were seen, on 3 lists" in out


def test_the_first_report_of_a_newcomer_comes(tmp_path):
    told_by(moved(shlex.split(block("start", "bash")), tmp_path))
    report = (tmp_path / "report.html").read_text("utf-8")
    assert "<svg" in report and "Who is in these numbers" in report


def test_the_python_prints_methods_and_notices():
    out = told_by([sys.executable, "-c", block("start", "python")])
    assert "stepwise 269" in out
    assert "Whitehead" in out


def test_recruited_people_are_told_as_the_page_says():
    out = answered("rds", "sh")
    for name, share in (("mean", "21.7%"), ("rds2", "41.3%"), ("ss_1200", "39.8%")):
        assert f"\n{name:<20}{share:>7} " in out
    low, high = re.search(r"\nrds2 +41.3% +(\d+)\.\d% - (\d+)\.", out).groups()
    assert abs(int(low) - 23) <= 1 and abs(int(high) - 59) <= 1
    assert "UNSTABLE" in out and "All 6 seeds said 'own'" in out


def test_groups_of_recruited_people_are_told_as_the_page_says():
    out = answered("rds", "bash")
    for name, share, low, high in (("north", "43.9%", 6, 66), ("south", "38.0%", 8, 72)):
        part = out[out.index(f"\nharbour: {name}\n") :]
        found = re.search(r"\nrds2 +([\d.]+%) +([\d.]+)% - ([\d.]+)%", part).groups()
        assert found[0] == share
        assert abs(float(found[1]) - low) < 1 and abs(float(found[2]) - high) < 1


def test_the_rows_on_the_page_are_rows_of_the_example():
    shown = block("rds", "").splitlines()
    assert set(shown) <= set((PLACE / "examples" / "boats.csv").read_text("utf-8").splitlines())
    assert len(shown) == 4


def test_the_python_of_recruited_people_prints_methods_and_notices():
    out = told_by([sys.executable, "-c", block("rds", "python")])
    assert "ss 39.8%" in out
    assert "Goel & Salganik" in out


def test_scaling_up_is_told_as_the_page_says():
    out = answered("rds", "console")
    assert "\nratio              392 " in out
    assert "Bernard" in out


@pytest.mark.parametrize(("kind", "name"), [("mse", "start"), ("rds", "rds"), ("nsum", "rds")])
def test_every_option_of_the_command_is_on_the_page_or_says_itself(kind, name):
    options = options_of(kind)
    told = set(re.findall(r"--[a-z]+", page(name)))
    assert options - told <= ELSEWHERE
    every = set().union(*map(options_of, ("mse", "rds", "nsum")))
    assert told <= every | {"--rows", "--columns", "--chart", "--out"}


def options_of(kind):
    return {
        word
        for action in command.parser()._subparsers._group_actions[0].choices[kind]._actions
        for word in action.option_strings
        if word.startswith("--")
    }


def test_safe_tables_are_told_as_the_page_says():
    words = shlex.split(block("tables", "sh"))
    assert words[:3] == ["./suar", "release", "tables"]
    out = told_by(words)
    said = re.search(r"It says: (.*?); (no choice.*?);.* (\d+) wide\.", page("tables"))
    assert f"{said[1]}." in out and "No choice hides less." in out
    assert f"{said[3]} wide" in out
    printed = told_by([sys.executable, "-c", block("tables", "python")])
    small, others = re.findall(r"(\d+) (?:hold|protect)", said[1])
    assert printed.split() == [small, others, f"{said[3]}.0"]


@pytest.mark.parametrize(("name", "made"), [("linkage", linking), ("tables", releasing)])
def test_the_options_of_a_command_are_on_its_page(name, made):
    told = set(re.findall(r"--[a-z]+", page(name)))
    kinds = made.parser()._subparsers._group_actions[0].choices.values()
    options = {
        word for kind in kinds for action in kind._actions for word in action.option_strings if word.startswith("--")
    }
    assert options - told <= ELSEWHERE and told <= options


def test_a_match_is_judged_as_the_page_says(tmp_path):
    out = told_by(moved(shlex.split(block("linkage", "console")), tmp_path))
    assert block("linkage", "") in out
    assert (tmp_path / "counts.csv").read_text("utf-8").startswith("police,shelter,count\n1,1,57\n")


def test_probabilities_are_judged_as_the_page_says(tmp_path):
    out = told_by(moved(shlex.split(block("linkage", "shell")), tmp_path))
    assert block("linkage", "text") in out
    assert "99.1% of the pairs found are right" in out, "what is expected where siblings mislead"


def test_a_table_of_case_files_and_its_files_come_as_the_page_says(tmp_path):
    words = shlex.split(block("casefiles", "sh"))
    out = told_by(moved(words, tmp_path))
    assert "form: male and female, everybody" in out and "Men who were identified" in out
    assert sorted(each.name for each in tmp_path.iterdir()) == ["report.html", "table.xlsx"]


def moved(words, folder):
    """Let a command write into a folder of the test instead of into the clone."""
    places = [at + 1 for at, word in enumerate(words) if word == "--out"]
    return [str(folder / word) if at in places else word for at, word in enumerate(words)]


def test_the_rows_of_cases_on_the_page_are_rows_of_the_example():
    shown = block("casefiles", "").splitlines()
    cases = (PLACE / "examples" / "cases.csv").read_text("utf-8").splitlines()
    assert set(shown) <= set(cases) and len(cases) == 161


def test_changes_and_times_are_told_as_the_page_says(tmp_path):
    out = answered("casefiles", "console", "tabulate")
    assert re.search(f"Albania .*% +4,052 .* {MINUS}12% ", out)
    assert re.search(r"Vietnam .* \+29% ", out) and re.search(r"total +16,921 +100% +17,004", out)
    times = told_by(moved(shlex.split(block("casefiles", "bash")), tmp_path))
    assert "Log-rank test" in times and "waiting after 180" in times


def test_the_python_of_tables_prints_the_table_and_the_test():
    out = told_by([sys.executable, "-c", block("casefiles", "python")])
    assert out.startswith("domestic servitude ") and "Fisher(p=" in out


def test_the_options_of_tables_are_on_their_page():
    told = set(re.findall(r"--[a-z][a-z-]+", page("casefiles")))
    options = {word for action in tabulating()._actions for word in action.option_strings if word.startswith("--")}
    assert options - told <= ELSEWHERE and told <= options


def test_a_study_runs_from_beginning_to_end_as_the_page_says(tmp_path):
    script = block("studies", "bash").replace("./suar study", f"{PROGRAM}.studies")
    script = script.replace("./suar tabulate", f"{PROGRAM}.casefiles")
    (tmp_path / "research").symlink_to(RESEARCH)
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = BLOCK.findall(page("studies"))[-1][1]
    assert "PLANNED A1" in shown and shown in done.stdout


PROGRAM = f"{shlex.quote(sys.executable)} -m suar_research"


def test_the_first_commands_of_a_study_say_what_is_missing(tmp_path):
    lines = block("studies", "sh").replace("mine.toml", str(tmp_path / "mine.toml")).splitlines()
    words = [shlex.split(line)[2:] for line in lines]
    assert [answered_by(studying(), each) for each in words] == [0, 0, 2]


def test_the_words_and_options_of_a_study_are_on_their_page():
    kinds = studying()._subparsers._group_actions[0].choices
    text = page("studies")
    assert all(f"| `{kind}" in text for kind in kinds)
    options = {
        word
        for kind in kinds.values()
        for action in kind._actions
        for word in action.option_strings
        if word.startswith("--")
    }
    told = set(re.findall(r"--[a-z][a-z-]+", text))
    assert options - told <= ELSEWHERE
    assert told <= options | {"--rows", "--columns", "--compare"}


def test_printed_figures_on_the_page_are_those_that_come_out_now():
    text = page("casefiles-validation")
    assert text.split("|---|---|---|---|---|\n")[1].startswith("".join(casefiles.rows()))
    assert text.endswith("".join(casefiles.referrals()))


@pytest.mark.parametrize(
    ("printed", "ours", "apart"),
    [
        ("0.4857", 0.4857143, "+1.4e-05"),
        ("-0.0381", -0.03813715, "-3.7e-05"),
        ("23", 23.0, "0"),
        ("13,704", 13_704, "0"),
        ("81%", 80, "-1"),
        (f"{MINUS}12%", -11, "+1"),
    ],
)
def test_a_difference_is_ours_less_what_was_printed(printed, ours, apart):
    assert casefiles.difference(printed, ours) == apart


def test_every_page_of_published_figures_gives_the_difference():
    for name, heads in {
        "validation": 1,
        "rds-validation": 1,
        "casefiles-validation": 2,
        "linkage-figures": 1,
        "tables-figures": 1,
    }.items():
        found = [line for line in page(name).splitlines() if "| difference |" in line]
        assert len(found) == heads, name


def test_differences_to_other_linkages_are_of_the_figures_beside_them():
    rows = page("linkage-figures").split("| difference |")[1].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert [(each[1], each[2]) for each in cells] == [("splink", "0.9690"), ("anonlink", "0.9745")]
    for each in cells:
        assert float(each[4]) == pytest.approx(float(each[3]) - float(each[2]), abs=1e-9)
