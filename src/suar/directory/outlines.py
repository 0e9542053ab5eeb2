"""The file of outlines that a house may put into its data folder, read when it changes."""

import logging
import stat
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from suar.directory import catalogue
from suar.directory.rules import drawing, outlines
from suar.directory.rules.drawing import Drawing
from suar.directory.rules.outlines import BadOutlines, Outlines

NAME = "places.geojson"
Stamp = tuple[int, int, int]

logger = logging.getLogger(__name__)


def path() -> Path:
    """Say where the file is looked for."""
    return Path(settings.SUAR_DATA) / NAME


def read(file: Path) -> Outlines:
    """Read a file of outlines; raises BadOutlines, also where it cannot be read."""
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            raise BadOutlines("it is no plain file")
        if found.st_size > outlines.MOST_BYTES:
            raise BadOutlines(f"it is larger than {outlines.MOST_BYTES // 1_000_000} MB")
        raw = file.read_bytes()
    except OSError as error:
        raise BadOutlines(f"it cannot be read: {error.strerror}") from error
    areas = {code for code in catalogue.places() if code[0].isdigit()}
    return outlines.read(raw, known=areas)


def drawing_of(inside: str) -> Drawing | None:
    """Draw the districts of a province, or for an empty text the provinces, as far as outlined.

    None where there is no file, or none that can be used: then it is told once in the log.
    """
    stamp = _stamp(path())
    return _drawing(path(), stamp, inside) if stamp else None


@lru_cache(maxsize=64)
def _drawing(file: Path, stamp: Stamp, inside: str) -> Drawing | None:
    told = _told(file, stamp)
    shown = {code: rings for code, rings in told.items() if catalogue.places()[code].group == inside}
    return drawing.drawn(shown) if shown else None


@lru_cache(maxsize=2)
def _told(file: Path, stamp: Stamp) -> Outlines:
    try:
        return read(file)
    except BadOutlines as error:
        logger.warning("%s is not used: %s", file.name, error)
        return {}


def _stamp(file: Path) -> Stamp | None:
    """Tell one state of the file from the next."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
