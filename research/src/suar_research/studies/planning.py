"""Commands of a plan, parsed as the command line parses them, so that results can be recognised."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer
from typer.exceptions import TyperException

if TYPE_CHECKING:
    from suar_research.cli.options import Run


@dataclass(frozen=True)
class Planned:
    """A command of a plan: how it would run, and the options that decide its answer."""

    run: Run
    asked: Mapping[str, Any]

    @property
    def can_repeat(self) -> bool:
        """Return True if the result can be made again quickly."""
        return self.run.command == "tabulate"


def parse_planned(words: str) -> Planned:
    """Parse a command such as `tabulate cases.csv --rows form`; raises ValueError with a sentence."""
    # The commands import this module.
    from suar_research.cli import options, tabulate
    from suar_research.cli.main import app

    try:
        arguments = shlex.split(words.removeprefix("./suar ").strip())
    except ValueError:
        raise ValueError("a quote is left open") from None
    if not arguments or arguments[0] not in ("tabulate", "estimate"):
        raise ValueError("it must begin with tabulate or estimate")
    token = options.only_parse.set(True)
    try:
        run = typer.main.get_command(app()).main(args=arguments, standalone_mode=False)
        if not isinstance(run, options.Run):
            raise ValueError("the command is not one")
        if run.command == "tabulate":
            tabulate.request_of(run.options)
    except TyperException as error:
        raise ValueError(f"the command is not one: {error.format_message()}") from None
    finally:
        options.only_parse.reset(token)
    return Planned(run, as_plain_json(run.asked()))


def as_plain_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON would give them back."""
    found: dict[str, Any] = json.loads(json.dumps(values))
    return found
