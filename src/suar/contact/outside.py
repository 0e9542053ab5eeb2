"""Bodies outside that take complaints: those of the data folder, or the shipped ones."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

SHIPPED = Path(__file__).parent / "data" / "outside.json"
OWN = "outside.json"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Body:
    """A body outside: its name, what it is for, the law that set it up, how to reach it.

    `reach` is empty in what is shipped; an own file gives a `source` for whatever it writes there.
    `language` is that of the name.
    """

    name: str
    what: str
    source: str
    reach: str
    language: str = "en"


def bodies(*, language: str) -> Sequence[Body]:
    """List the bodies of this country: in a demonstration invented ones only.

    An own file that cannot be read is told in the log and gives the shipped list.
    """
    own = Path(settings.SUAR_DATA) / OWN
    try:
        return read(own.read_text("utf-8"), language=language)
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        logger.exception("%s in the data folder cannot be used", OWN)
    return read(SHIPPED.read_text("utf-8"), language=language)


def read(text: str, *, language: str) -> Sequence[Body]:
    """Read a file of bodies; raises ValueError or KeyError for one that is not whole."""
    demo = settings.SUAR_MODE == "demo"
    rows = [(row, _body(row, language=language)) for row in json.loads(text)["bodies"]]
    return [body for row, body in rows if row["country"] == settings.SUAR_COUNTRY and bool(row.get("demo")) is demo]


def _body(row: dict[str, Any], *, language: str) -> Body:
    spoken = language if row.get(language) and row.get(f"what_{language}") else "en"
    told = [str(row[name]).strip() for name in (spoken, f"what_{spoken}", "source")]
    if not all(told):
        raise ValueError("a body needs a name, what it is for, and a source")
    return Body(*told, str(row.get("reach", "")).strip(), spoken)
