"""Every kind of place in which something that was typed could be left, and a way to plant there."""

import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core import mail
from django.utils.module_loading import import_string

from suar.accounts.models import Session, Team
from suar.core import clock
from suar.records.backups.archive import BackupKey, open_part
from suar.records.backups.tables import Part
from suar.records.backups.writing import write_backup
from suar.records.models import Grant
from suar.referrals.tasks import lapse
from tests.bars.leaks import Blob, files, rows
from tests.bars.stored import stored

Said = Callable[[], Iterable[str]]
"""Gives what the process wrote to its two outputs."""
LEFT = "left.behind"
CLOCKS_DIFFER_S = 2
"""How much later than this process's clock the time of a file may seem."""
WORDS = "empat kata yang panjang"


@dataclass
class Places:
    """Where to look: folders of temporary files, logs and backups, and what a process says."""

    temporary: Path
    told: Path
    backups: Path
    said: Said
    since: float
    """The moment from which the places are watched."""

    def kinds(self) -> Iterator[tuple[str, Iterable[Blob]]]:
        """Return what lies in each kind of place."""
        made = write_backup(self.backups, key=BackupKey(passphrase=WORDS), at=clock.now())
        yield "every row", rows()
        yield "database on the disk", stored(since=self.since)
        yield "data folder", files(Path(settings.SUAR_DATA))
        yield "backup as it is kept", files(self.backups)
        yield "backup of records, opened", _opened(Part.DATA, made.data)
        yield "backup of keys, opened", _opened(Part.KEYS, made.keys)
        yield "temporary files", files(self.temporary)
        yield "log", files(self.told)
        yield "said aloud", [("output", "".join(self.said()).encode())]
        yield "mail", ((item.subject, item.message().as_bytes()) for item in mail.outbox)


PLANTED = {
    "team": ("every row", "database on the disk", "backup of records, opened"),
    "grant": ("every row", "database on the disk", "backup of keys, opened"),
    "session": ("every row", "database on the disk"),
    "job": ("every row", "database on the disk"),
    "removed": ("database on the disk",),
    "data": ("data folder",),
    "backup": ("backup as it is kept",),
    "temporary": ("temporary files",),
    "log": ("log",),
    "said": ("said aloud",),
    "mail": ("mail",),
}


def plant(places: Places, word: str) -> None:
    """Leave `word` and the name of the place in each of them, as a fault of ours might."""
    Team.objects.all().update(name=f"{word}removed")
    Team.objects.all().update(name=f"{word}team")
    Grant.objects.all().update(sealed=f"{word}grant".encode())
    Session.objects.all().update(sealed=f"{word}session".encode())
    lapse.enqueue(f"{word}job")
    (Path(settings.SUAR_DATA) / LEFT).write_text(f"{word}data")
    (places.backups / LEFT).write_text(f"{word}backup")
    with tempfile.NamedTemporaryFile(delete=False) as left:
        left.write(f"{word}temporary".encode())
    logging.getLogger("suar").info("%slog", word)
    sys.stderr.write(f"{word}said")
    mail.send_mail("", f"{word}mail", None, ["nobody@example.org"])


@contextmanager
def watched(folder: Path, said: Said) -> Iterator[Places]:
    """Let temporary files and logs go where they are looked for."""
    since = time.time() - CLOCKS_DIFFER_S
    places = Places(folder / "temporary", folder / "told", folder / "backups", said, since)
    for item in (places.temporary, places.told, places.backups):
        item.mkdir()
    before, tempfile.tempdir = tempfile.tempdir, str(places.temporary)
    try:
        with _logged(places.told / "log"):
            yield places
    finally:
        tempfile.tempdir = before
        (Path(settings.SUAR_DATA) / LEFT).unlink(missing_ok=True)


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    """Write what every logger tells into a file, in the form that ours have, and more of it."""
    handler = logging.FileHandler(path)
    handler.setFormatter(import_string(settings.LOGGING["formatters"]["quiet"]["()"])())
    loggers = [logging.getLogger(name) for name in ("", *settings.LOGGING["loggers"])]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.INFO)
        if logger is logging.root or not logger.propagate:
            logger.addHandler(handler)
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
        logger.removeHandler(handler)
    handler.close()


def _opened(part: Part, path: Path) -> Iterator[Blob]:
    content = BytesIO()
    with path.open("rb") as file:
        open_part(part, WORDS, file, content)
    yield part, content.getvalue()
