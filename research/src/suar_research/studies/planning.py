"""Commands of a plan: read as the command line reads them, so that results can be known again."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suar_research import command
from suar_research.asking import words_of
from suar_research.casefiles import asking as casefiles

KNOWN = "tabulate or estimate"


@dataclass(frozen=True)
class Planned:
    """A command of a plan: which one, its words, and what decides its answer."""

    command: str
    asked: argparse.Namespace
    words: Mapping[str, Any]


def planned(run: str) -> Planned:
    """Read a command as `tabulate cases.csv --rows form`; raises ValueError with a sentence."""
    try:
        words = shlex.split(run.removeprefix("./suar ").strip())
    except ValueError:
        raise ValueError("a quote is left open") from None
    if not words or words[0] not in ("tabulate", "estimate"):
        raise ValueError(f"it must begin with {KNOWN}")
    name, rest = words[0], words[1:]
    parser = casefiles.parser() if name == "tabulate" else command.parser()
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            asked = parser.parse_args(rest)
            if name == "tabulate":
                casefiles.check_words(asked)
    except SystemExit:
        last = said.getvalue().strip().splitlines()[-1:]
        raise ValueError(f"the command is not one: {last[0] if last else ''}") from None
    return Planned(name, asked, in_one_form(words_of(asked, name)))


def in_one_form(words: Mapping[str, Any]) -> dict[str, Any]:
    """Put what was asked as JSON would give it back."""
    found: dict[str, Any] = json.loads(json.dumps(words))
    return found
