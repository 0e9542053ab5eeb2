"""Prints a booklet of many invented entries; run by `bench.inside`."""

import json
import time
from itertools import islice
from typing import Any
from uuid import UUID

from bench import synthetic
from suar.booklets import content, paper
from suar.booklets.terms import Changes, Form
from suar.core import clock
from suar.directory import actions as directory
from suar.directory import catalogue
from suar.hsds.hsds import moved, parse
from suar.website.booklets import making

PLACE, EDITOR = "31.72", UUID(int=1)


def fill(number: int) -> dict[str, int]:
    """Take so many services over, all of them for one district."""
    contents = list(islice(synthetic.services(number), number))
    for provider in contents:
        for site in provider["locations"]:
            site["suar"] = {**site["suar"], "district": PLACE}
        for service in provider["services"]:
            service |= {"assured_date": synthetic.AS_OF}
            service["suar"]["areas"] = [PLACE]
    file = json.dumps({"version": "3.1", "as_of": synthetic.AS_OF, "contents": contents})
    parsed = moved(parse(file.encode()), to=clock.today())
    report = directory.apply_import(parsed, by=EDITOR, at=clock.now(), dry_run=False)
    assert report.applied, report
    return {"created": report.created.services}


def measure() -> dict[str, Any]:
    """Put the booklet of the district together and set each form, the first from cold."""
    began, cpu = time.perf_counter(), time.process_time()
    whole = making.of(PLACE, language="en", day=clock.today())
    values = content.of(
        whole,
        number=1,
        day=clock.today(),
        changes=Changes(first=True),
        within_days=catalogue.hide_after_days(),
    )
    told: dict[str, Any] = {"entries": len(values["entries"]), "forms": {}}
    told["put_together"] = _since(began, cpu)
    for form in Form:
        began, cpu = time.perf_counter(), time.process_time()
        size = len(paper.pdf(values, form))
        told["forms"][form] = {**_since(began, cpu), "bytes": size}
    return told


def _since(began: float, cpu: float) -> dict[str, float]:
    return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}


ACTS = {"fill": fill, "measure": measure}
