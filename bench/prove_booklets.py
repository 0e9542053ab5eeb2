"""`./suar prove booklets`: a booklet of 300 entries is set in two seconds, and small in its compact form.

Imports invented services of one district and sets every form three times, each time in a process of its own.
Returns 1 where a goal is missed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from bench import figures, synthetic
from bench.figures import Figure, middle
from tools.folders import Folder
from tools.places import PYTHON

GOAL_S, COMPACT_BYTES, TIMES = 2, 300_000, 3
PLACE, EDITOR = "31.72", UUID(int=1)


def main(words: list[str]) -> int:
    """Import, set, and print which goals hold."""
    parser = argparse.ArgumentParser(prog="./suar prove booklets", description=__doc__)
    parser.add_argument("--entries", type=int, default=300)
    parser.add_argument("--inside", choices=["fill", "measure"], help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    if asked.inside:
        print(json.dumps(_fill(asked.entries) if asked.inside == "fill" else _measure()))
        return 0
    with tempfile.TemporaryDirectory() as place:
        folder = Folder("demo", Path(place) / "data", Path(place) / "data" / "keys")
        with redirect_stdout(sys.stderr):
            folder.make()
            folder.prepare()
        _inside(folder, "fill", asked.entries)
        runs = [_inside(folder, "measure", asked.entries) for _ in range(TIMES)]
    for figure in _figures(runs):
        figures.tell(figure)
    return int(not all(figure.holds for figure in figures.TOLD))


def _inside(folder: Folder, act: str, entries: int) -> Any:
    command = [str(PYTHON), "-m", "bench.prove_booklets", "--inside", act, "--entries", str(entries)]
    done = subprocess.run(command, env=folder.variables(), check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def _figures(runs: list[dict[str, Any]]) -> Iterator[Figure]:
    """Return the CPU of each form, and the size of the compact one."""
    for form, first in runs[0]["forms"].items():
        cpu = middle(run["put_together"] + run["forms"][form]["cpu_s"] for run in runs)
        goal = {"goal": f"<= {GOAL_S} s CPU", "holds": cpu <= GOAL_S}
        yield Figure(name=f"booklet_{form}", value=cpu, unit="s CPU", n=runs[0]["entries"], **goal)
        if form == "compact":
            goal = {"goal": f"<= {COMPACT_BYTES:,} B", "holds": first["bytes"] <= COMPACT_BYTES}
            yield Figure(name="booklet_compact_bytes", value=first["bytes"], unit="B", **goal)


def _fill(number: int) -> dict[str, int]:
    """Import so many services, all of them for one district."""
    import django

    django.setup()
    from suar.core import clock
    from suar.directory import actions as directory
    from suar.hsds.files import parse, shift_dates

    contents = list(islice(synthetic.services(number), number))
    for provider in contents:
        for site in provider["locations"]:
            site["suar"] = {**site["suar"], "district": PLACE}
        for service in provider["services"]:
            service |= {"assured_date": synthetic.AS_OF}
            service["suar"]["areas"] = [PLACE]
    file = json.dumps({"version": "3.1", "as_of": synthetic.AS_OF, "contents": contents})
    parsed = shift_dates(parse(file.encode()), to=clock.today())
    report = directory.apply_import(parsed, by=EDITOR, at=clock.now(), dry_run=False)
    assert report.applied, report
    return {"created": report.created.services}


def _measure() -> dict[str, Any]:
    """Put the district's booklet together and set each form, the first without warm caches."""
    import django

    django.setup()
    from suar.core import clock
    from suar.website.print import booklet, pdf
    from suar.website.print.models import Form
    from suar.website.print.rules import Changes

    began = time.process_time()
    content, _ = booklet.build(PLACE, language="en", day=clock.today())
    content = booklet.complete(content, number=1, day=clock.today(), changes=Changes(first=True))
    measured: dict[str, Any] = {"entries": len(content["entries"]), "put_together": time.process_time() - began}
    measured["forms"] = {}
    for form in Form:
        began = time.process_time()
        size = len(pdf.render(content, form))
        measured["forms"][form] = {"cpu_s": time.process_time() - began, "bytes": size}
    return measured


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
