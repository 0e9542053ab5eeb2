"""The worked example of docs/research/start.md runs as it is written."""

import re
import shlex
import subprocess
import sys

from suar.insight import command
from tools.places import ROOT, environment

PAGE = (ROOT / "docs" / "research" / "start.md").read_text("utf-8")
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def block(kind):
    return next(found[2] for found in BLOCK.finditer(PAGE) if found[1] == kind)


def told_by(words):
    """Run words at the root of the clone, as somebody who reads the page would."""
    done = subprocess.run(
        words, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_answers_with_every_method_it_names():
    words = shlex.split(block("sh"))
    assert words[:2] == ["./suar", "estimate"]
    out = told_by(words)
    assert all(f"\n{name} " in out for name in words[-1].split(","))


def test_the_python_prints_methods_and_notices():
    out = told_by([sys.executable, "-c", block("python")])
    assert "stepwise 269" in out
    assert "Whitehead" in out


def test_every_option_of_the_command_is_on_the_page_or_says_itself():
    options = {
        word
        for action in command._parser()._subparsers._group_actions[0].choices["mse"]._actions
        for word in action.option_strings
        if word.startswith("--")
    }
    told = set(re.findall(r"--[a-z]+", PAGE))
    assert told <= options
    assert options - told == {"--help", "--workers"}
