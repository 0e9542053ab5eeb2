"""The shared parts of commands: options with their checks, one run with its input files, the answer."""

import inspect
import re
import sys
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from suar_research import __version__
from suar_research.files import FileError, InputFiles
from suar_research.report import Report
from suar_research.running import LEFT_OUT, SCHEME, NoCluster, Plan, Runner, cores

# Names of files and of drawings, and where the work runs: the data are known by their digest.
NOT_DECISIVE = frozenset(
    {"as_json", "out", "plot", "report", "chart", "title", "workers", "keep", "on"}
    | {"files", "file", "lists", "sample", "survey", "links", "drawn", "sizes"}
)
only_parse: ContextVar[bool] = ContextVar("only_parse", default=False)
"""True while a command is parsed and must not run, to compare it with the plan of a study."""


@dataclass
class Run:
    """One run of a command: its options and the files it reads."""

    command: str
    options: dict[str, Any]
    inputs: InputFiles = field(default_factory=InputFiles)

    def decisive_options(self) -> dict[str, Any]:
        """Return the options that decide the answer, in one form however they were typed."""
        command, _, kind = self.command.partition(" ")
        options = {name: value for name, value in self.options.items() if name not in NOT_DECISIVE}
        options |= {"kind": kind} if kind else {}
        return {"command": command} | {
            name: value.isoformat() if isinstance(value, date) else value for name, value in sorted(options.items())
        }

    def about(self, digest: str) -> dict[str, Any]:
        """Return the fields that begin each JSON answer about one file."""
        options = self.decisive_options()
        return {"version": __version__, "input_sha256": digest, "seed": self.options["seed"], "asked": options}

    def footer(self) -> tuple[str, ...]:
        """Return the version, the seed, and all input files, one line each."""
        seed = self.options.get("seed")
        return (f"Suar {__version__}" + ("" if seed is None else f", seed {seed}"), *self.inputs.lines())

    def answer(self, report: Report) -> Report:
        """Print a report as text or JSON, and return it with the input files."""
        report = replace(report, data={**report.data, "inputs": self.inputs.as_json()}, footer=self.footer())
        sys.stdout.write(report.json() if self.options.get("as_json") else report.text())
        return report


Command = Callable[..., None]
"""A command: a function whose first parameter is a `Run`, the others its options."""


def command(app: typer.Typer, name: str, text: str, function: Command, shared: Command | None = None) -> None:
    """Add a command to `app`; the options of `shared` follow its own, and are found in the run."""
    own, *more = (
        list(inspect.signature(source, eval_str=True).parameters.values())[1:]
        for source in (function, shared)
        if source
    )
    parameters = [*own, *(parameter for source in more for parameter in source)]

    def entry(**options: Any) -> Run:
        run = Run(name, options)
        if not only_parse.get():
            function(run, **{parameter.name: options[parameter.name] for parameter in own})
        return run

    setattr(entry, "__signature__", inspect.Signature(parameters))  # noqa: B010 - typer reads it
    entry.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    app.command(name.rpartition(" ")[2], help=text)(entry)


def group(name: str, *commands: tuple[str, str, Command], shared: Command | None) -> typer.Typer:
    """Make a group of commands, each with its name, its help and its function."""
    app = typer.Typer(
        name=name, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
    )
    for subcommand, text, function in commands:
        command(app, f"{name} {subcommand}", text, function, shared)
    return app


def usage_error(message: str) -> typer.BadParameter:
    """Make the error for options that do not go together."""
    return typer.BadParameter(message)


def whole(least: int) -> Callable[[str], int]:
    """Make a parser of whole numbers from `least`."""

    def parse(word: str) -> int:
        if not (str(word).isascii() and str(word).isdigit()) or int(word) < least:
            raise usage_error(f"a whole number from {least}")
        return int(word)

    return parse


def choice(*words: str) -> Any:
    """Make an option that takes one of some words."""

    def parse(word: str) -> str:
        if word not in words:
            raise usage_error(f"one of {', '.join(words)}")
        return word

    return typer.Option(parser=parse, metavar="|".join(words))


def share(word: str) -> float:
    """Parse a number above 0 and at most 1."""
    return float(_fraction(word, 1))


def rho(word: str) -> Fraction:
    """Parse a privacy cost above 0 and at most 100."""
    return _fraction(word, 100)


def _fraction(word: str, most: int) -> Fraction:
    try:
        number = Fraction(word)
    except (ValueError, ZeroDivisionError):
        number = Fraction(0)
    if not 0 < number <= most:
        raise usage_error(f"a number above 0, at most {most}")
    return number


def day(word: str) -> date:
    """Parse a date."""
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise usage_error("a date as 2026-11-27") from error


def column_value(word: str) -> tuple[str, str]:
    """Parse COLUMN=VALUE."""
    column, equal, value = (part.strip() for part in word.partition("="))
    if not equal or not column:
        raise usage_error("COLUMN=VALUE")
    return column, value


def scheduler(word: str) -> str:
    """Parse the address of a Dask scheduler."""
    if not re.fullmatch(SCHEME + r"[A-Za-z0-9.-]+:[0-9]{1,5}", word):
        raise usage_error("dask://HOST:PORT is needed")
    return word


def names(words: str | None) -> tuple[str, ...]:
    """Split names with commas between."""
    return tuple(name.strip() for name in (words or "").split(",") if name.strip())


def numbers(words: str, option: str, least: int = 0) -> list[int]:
    """Parse whole numbers with commas between: sorted, each once."""
    if not all(word.isascii() and word.isdigit() and int(word) >= least for word in names(words)):
        raise usage_error(f"{option}: whole numbers from {least}, with commas between")
    return sorted({int(word) for word in names(words)})


AsJson = Annotated[bool, typer.Option("--json", help="answer as JSON")]
Seed = Annotated[int, typer.Option(parser=whole(0), metavar="N", help="the same seed gives the same answer")]
Replicates = Annotated[
    int | None, typer.Option(parser=whole(LEFT_OUT), metavar="N", help="a fixed number instead of until settled")
]
Workers = Annotated[int, typer.Option(parser=whole(1), metavar="N", help="processes")]
On = Annotated[str | None, typer.Option(parser=scheduler, metavar="dask://HOST:PORT", help="work on a Dask cluster")]
Keep = Annotated[str | None, typer.Option(metavar="FOLDER", help="keep finished pieces and continue later")]
Page = Annotated[str | None, typer.Option(metavar="FILE.html", help="write the answer as one page")]
CORES = cores()


def answering(run: Run, as_json: AsJson = False) -> None:
    """Declare the option of every command that answers."""


def estimating(
    run: Run,
    seed: Seed = 1,
    replicates: Replicates = None,
    workers: Workers = CORES,
    on: On = None,
    keep: Keep = None,
    report: Page = None,
    as_json: AsJson = False,
) -> None:
    """Declare the options of every estimate."""


def plan_of(run: Run) -> Plan:
    """Return the plan: a fixed number of replicates, or until the limits settle."""
    plan = Plan(run.options["seed"], interval=run.options.get("interval", Plan.interval))
    replicates = run.options["replicates"]
    return plan if replicates is None else replace(plan, least=replicates, most=replicates)


def runner_of(run: Run) -> Runner:
    """Return the runner of replicates; raises FileError if nothing can be kept, or without a cluster."""
    on, keep = run.options["on"], run.options["keep"]
    try:
        folder = Path(keep) if keep else None
        return Runner(workers=run.options["workers"], cluster=on, folder=folder, progress=True)
    except NoCluster as error:
        raise FileError(on or "", [str(error)]) from error
    except OSError as error:
        raise FileError(keep or "", [f"nothing can be kept there ({error.strerror})"]) from error
