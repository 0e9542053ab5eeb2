"""The whole command line, and how errors reach the user."""

import sys
from collections.abc import Sequence
from itertools import pairwise
from types import ModuleType

import typer
from typer.exceptions import TyperException

from suar_research.cli import estimate, link, release, study, tabulate
from suar_research.cli.options import answering, command, group
from suar_research.files import FileError
from suar_research.running import Lost, NoCluster

INTERRUPTED, LOST, UNUSABLE = 130, 1, 2


def app() -> typer.Typer:
    """Return all commands."""
    commands = group("suar-research", shared=None)
    command(commands, "tabulate", f"make {describe(tabulate)}", tabulate.tabulate, answering)
    for module in (estimate, link, release, study):
        commands.add_typer(module.app(), help=describe(module))
    return commands


def describe(module: ModuleType) -> str:
    """Return the help of a command: the first line of its module without the name."""
    return (module.__doc__ or "").partition(": ")[2].rstrip(".\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code: 2 for a file or options that cannot be used."""
    words = sys.argv[1:] if arguments is None else [str(word) for word in arguments]
    try:
        code = typer.main.get_command(app()).main(args=words, prog_name="suar-research", standalone_mode=False)
    except TyperException as error:
        message = error.format_message()
        sys.stderr.write(f"{message}\n" if message.startswith("Usage") else f"suar-research: {message} Try --help.\n")
        return error.exit_code
    except FileError as error:
        return _refuse(f"{error.name} cannot be used", error.problems)
    except NoCluster as error:
        return _refuse("the cluster cannot be used", [str(error)])
    except Lost as error:
        where = _where_stored(words) or " Nothing is kept without --keep FOLDER."
        sys.stderr.write(f"\nsuar: the work stopped: {error}.{where}\n")
        return LOST
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        sys.stderr.write(f"\nInterrupted.{_where_stored(words)}\n")
    return code if isinstance(code, int) else 0


def _refuse(what: str, problems: Sequence[str]) -> int:
    lines = "".join(f"  {problem}\n" for problem in problems)
    sys.stderr.write(f"suar: {what}:\n{lines}")
    return UNUSABLE


def _where_stored(words: Sequence[str]) -> str:
    folders = [after for word, after in pairwise(words) if word == "--keep"]
    folders += [word.partition("=")[2] for word in words if word.startswith("--keep=")]
    return f" What is done is kept in {folders[0]}." if folders else ""
