"""What an earlier Suar stored: an invented world written by the tag `redesign-start`.

`data/` holds its encrypted database with its keys, a backup to the printed sheet, a smaller backup by
passphrase, a question file, and in expected.json what was printed on paper and what every record contains.
Nobody in it is real. These files are never written anew: they stand for what is on the disks of organisations.
"""

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from django.test import Client
from django.urls import reverse

from suar.core import clock

DATA = Path(__file__).parent / "data"
EXPECTED: dict[str, Any] = json.loads((DATA / "expected.json").read_text("utf-8"))
MADE_AT = datetime.fromisoformat(EXPECTED["made_at"])


@contextmanager
def at_that_time() -> Iterator[None]:
    """Set the clock to the time at which the data were written, so that links and sessions are valid."""
    with clock.shifted(MADE_AT + timedelta(minutes=1) - clock.now()):
        yield


def copy_folder(place: Path) -> Path:
    """Copy the encrypted database and its keys to `place` and return the data folder."""
    data, keys = place / "data", place / "keys"
    data.mkdir(mode=0o700, parents=True)
    keys.mkdir(mode=0o700)
    shutil.copy(DATA / "stored.sqlcipher", data / "suar.db")
    for name, source in (("db.key", "database-key.txt"), ("secret.key", "secret-key.txt")):
        shutil.copy(DATA / source, keys / name)
        (keys / name).chmod(0o600)
    return data


def sign_in(name: str, **instead: str) -> Client:
    """Sign a worker in through the page, as their browser would, with password and authenticator code."""
    worker = EXPECTED["workers"][name]
    client = Client(headers={"host": "localhost"})
    typed = {"name": name, "password": worker["password"], "code": current_code(worker["totp"]), **instead}
    answer = client.post(reverse("sign_in"), typed)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return client


def current_code(secret: str) -> str:
    """Return the authenticator's code; `secret` is in hexadecimal digits."""
    return pyotp.TOTP(base64.b32encode(bytes.fromhex(secret)).decode()).at(clock.now())
