"""`python -m bench.trace_request`: the files, functions and queries that one request touches.

Names of acts choose what is traced: `note` adds a note to a case, `case` shows it. `--verbose` lists the files.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - after the set-up
from django.test.runner import DiscoverRunner  # noqa: E402 - after the set-up
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402 - after the set-up

import suar  # noqa: E402 - after the set-up
from tests import cast  # noqa: E402 - after the set-up
from tests.people import client_of, thread  # noqa: E402 - after the set-up

SOURCE = str(Path(suar.__file__).parent)


def main(words: list[str]) -> int:
    """Trace requests on an invented world and print what each touched."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("acts", nargs="*", default=["note", "case"], metavar="note|case")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(words)
    setup_test_environment()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        for name, act in _acts().items():
            if name in options.acts:
                _print(name, _traced(act), verbose=options.verbose)
    finally:
        runner.teardown_databases(databases)
    return 0


def _acts() -> dict[str, Callable[[], Any]]:
    world = cast.at_work()
    path = f"/people/{thread(world).case}"
    client = client_of(world.chioma)
    return {"note": lambda: client.post(f"{path}/note", {"text": "An invented note"}), "case": lambda: client.get(path)}


def _traced(act: Callable[[], Any]) -> SimpleNamespace:
    """Do something once to warm up and once traced; what it changed is taken back."""
    functions: Counter[tuple[str, str]] = Counter()

    def called(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(SOURCE):
            functions[frame.f_code.co_filename, frame.f_code.co_qualname] += 1

    with transaction.atomic():
        act()
        transaction.set_rollback(True)
    with CaptureQueriesContext(connection) as queries:
        sys.setprofile(called)
        try:
            answer = act()
        finally:
            sys.setprofile(None)
    return SimpleNamespace(status=answer.status_code, functions=functions, queries=len(queries))


def _print(name: str, traced: SimpleNamespace, *, verbose: bool) -> None:
    files = Counter(file for file, _ in traced.functions)
    print(
        f"{name}: status {traced.status}, {len(files)} files, {len(traced.functions)} functions, "
        f"{traced.functions.total()} calls, {traced.queries} queries"
    )
    for file, number in sorted(files.items()) if verbose else ():
        print(f"  {Path(file).relative_to(SOURCE)}: {number} functions")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
