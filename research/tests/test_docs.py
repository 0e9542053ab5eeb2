"""The examples of docs run as they are written, and name every option."""

import re
import shlex
import subprocess
import sys
from typing import Any

import pytest
import typer

from suar_research.cli import main as command_line
from suar_research.cli.main import main
from support import DOCS, RESEARCH, environment

BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
# Explained once for all estimates, or self-explanatory.
ELSEWHERE = {"--help", "--workers"}
PAGES = {"estimate mse": "start", "estimate rds": "rds", "estimate nsum": "rds", "tabulate": "casefiles"}
PAGES |= {"link": "linkage", "release": "tables", "study": "studies"}


def page(name):
    return (DOCS / f"{name}.md").read_text("utf-8")


def block(name, kind):
    return next(found[2] for found in BLOCK.finditer(page(name)) if found[1] == kind)


@pytest.fixture
def answer(tmp_path, monkeypatch, capsys):
    """Return what runs the command of a page at the root of the clone, its files in a folder of the test."""
    monkeypatch.chdir(RESEARCH.parent)

    def run(name, kind):
        words = shlex.split(block(name, kind))
        assert words[0] == "./suar"
        before = ["", *words]
        moved = [
            tmp_path / word if previous in ("--out", "--report") else word
            for previous, word in zip(before, words, strict=False)
        ]
        assert main(moved[1:]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    return run


def python(name):
    """Run the Python of a page at the root of the clone."""
    words = [sys.executable, "-c", block(name, "python")]
    done = subprocess.run(words, cwd=RESEARCH.parent, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.long
def test_the_first_estimate_answers_with_every_method_it_names(answer):
    out = answer("start", "sh")
    assert all(f"\n{name} " in out for name in shlex.split(block("start", "sh"))[-1].split(","))


def test_the_table_on_the_page_for_beginners_can_be_used(tmp_path, capsys):
    path = tmp_path / "lists.csv"
    path.write_text(block("start", ""), "utf-8")
    assert main(["estimate", "mse", path, "--methods", "main,aic"]) == 0
    assert "153 people were seen, on 3 lists" in capsys.readouterr().out


def test_the_first_report_has_a_figure_and_says_whom_it_covers(answer, tmp_path):
    answer("start", "bash")
    report = (tmp_path / "report.html").read_text("utf-8")
    assert "<svg" in report and "Who is in these numbers" in report


@pytest.mark.parametrize(
    ("name", "shown"),
    [("start", "stepwise 269"), ("rds", "ss 39.8%"), ("casefiles", "Fisher(p="), ("tables", ".0")],
)
def test_the_python_of_a_page_runs(name, shown):
    assert shown in python(name)


@pytest.mark.long
def test_recruited_people_are_as_the_page_says(answer):
    out = answer("rds", "sh")
    for name, share in (("mean", "21.7%"), ("rds2", "41.3%"), ("ss_1200", "39.8%")):
        assert re.search(rf"\n{name} +{share} ", out)
    assert "UNSTABLE" in out and "All 6 seeds said 'own'" in out


@pytest.mark.long
def test_groups_of_recruited_people_are_as_the_page_says(answer):
    out = answer("rds", "bash")
    for name, share in (("north", "43.9%"), ("south", "38.0%")):
        part = out[out.index(f"\nharbour: {name}\n") :]
        assert re.search(r"\nrds2 +([\d.]+%)", part)[1] == share


@pytest.mark.long
def test_scaling_up_is_as_the_page_says(answer):
    out = answer("rds", "console")
    assert re.search(r"\nratio +392 ", out) and "Bernard" in out


def test_safe_tables_are_as_the_page_says(answer):
    out = answer("tables", "sh")
    claims = re.search(r"It says: (.*?); (no choice.*?);.* (\d+) wide\.", page("tables"))
    assert f"{claims[1]}." in " ".join(out.split()) and "No choice hides less." in out and f"{claims[3]} wide" in out


def test_a_match_is_judged_as_the_page_says(answer, tmp_path):
    assert block("linkage", "") in answer("linkage", "console")
    assert (tmp_path / "counts.csv").read_text("utf-8").startswith("police,shelter,count\n1,1,57\n")


def test_probabilities_are_judged_as_the_page_says(answer):
    assert block("linkage", "text") in answer("linkage", "shell")


def test_a_table_of_case_files_and_its_files_are_as_the_page_says(answer, tmp_path):
    out = answer("casefiles", "sh")
    assert "form: male and female, everybody" in out and "Men who were identified" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "table.xlsx"]


def test_changes_and_times_are_as_the_page_says(answer):
    assert re.search(r"total +16,921 +100% +17,004", answer("casefiles", "console"))
    assert "Log-rank test" in answer("casefiles", "bash")


@pytest.mark.long
def test_a_study_runs_from_beginning_to_end_as_the_page_says(tmp_path):
    script = block("studies", "bash").replace("./suar", f"{shlex.quote(sys.executable)} -m suar_research")
    (tmp_path / "research").symlink_to(RESEARCH)
    words = ["bash", "-euc", script]
    done = subprocess.run(words, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shown = BLOCK.findall(page("studies"))[-1][1]
    assert "PLANNED A1" in shown and shown in done.stdout


@pytest.mark.parametrize(("command", "name"), PAGES.items())
def test_every_option_is_on_the_page_of_its_command(command, name):
    group: Any = typer.main.get_command(command_line.app())
    for word in command.split():
        group = group.commands[word]
    every = getattr(group, "commands", {"": group}).values()
    options = {word for item in every for option in item.params for word in option.opts if word.startswith("--")}
    assert options - set(re.findall(r"--[a-z][a-z-]*", page(name))) <= ELSEWHERE
