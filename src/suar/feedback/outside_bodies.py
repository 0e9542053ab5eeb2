"""External bodies that take complaints: those of the data folder, or the shipped ones."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from suar.core.data_files import parse_own_or_shipped
from suar.core.i18n import SOURCE_LANGUAGE, active_language

SHIPPED = Path(__file__).parent / "data" / "outside.json"
Body = dict[str, str]
"""Its name in `language`, what it is for, the law that set it up, how to reach it.

`reach` is empty in what is shipped; an own file gives a `source` for it.
"""


def list_bodies() -> Sequence[Body]:
    """List the bodies of this country; in a demonstration only invented ones."""
    return parse_own_or_shipped(SHIPPED, read_bodies)


def read_bodies(text: str) -> Sequence[Body]:
    """Read a file of bodies; raises ValueError or KeyError for one that is incomplete."""
    demo = settings.SUAR_MODE == "demo"
    rows = [(row, _read_body(row)) for row in json.loads(text)["bodies"]]
    return [body for row, body in rows if row["country"] == settings.SUAR_COUNTRY and bool(row.get("demo")) is demo]


def _read_body(row: dict[str, Any]) -> Body:
    language = active_language()
    language = language if row.get(language) and row.get(f"what_{language}") else SOURCE_LANGUAGE
    name, what, source = (str(row[key]).strip() for key in (language, f"what_{language}", "source"))
    if not (name and what and source):
        raise ValueError("a body needs a name, what it is for, and a source")
    reach = str(row.get("reach", "")).strip()
    return {"name": name, "what": what, "source": source, "reach": reach, "language": language}
