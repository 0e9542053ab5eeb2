"""Files that ship with Suar, and that an installation may replace by one of the same name in its data folder."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.conf import settings

Parsed = TypeVar("Parsed")
logger = logging.getLogger(__name__)


def parse_own_or_shipped(shipped: Path, parse: Callable[[str], Parsed]) -> Parsed:
    """Parse the file in the data folder, or the shipped one.

    A file that cannot be used is logged and the shipped one is parsed: the page must not fail.
    """
    own = Path(settings.SUAR_DATA) / shipped.name
    if own.exists():
        try:
            return parse(own.read_text("utf-8"))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            logger.exception("%s in the data folder cannot be used", shipped.name)
    return parse(shipped.read_text("utf-8"))
