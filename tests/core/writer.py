"""Writes rows one by one, each in its own transaction: run as a process by the tests beside it."""

import os
import sys
from typing import Any

from django.conf import settings
from django.db import connection, transaction


def settings_for(path: str, key: str, **more: Any) -> dict[str, Any]:
    """Return the settings of an encrypted file."""
    options = {"key": key, "timeout": 10, "transaction_mode": "IMMEDIATE", **more}
    return {"default": {"ENGINE": "suar.core.sqlcipher", "NAME": path, "OPTIONS": options}}


def write(rows: int) -> None:
    """Read the newest number and add one, so that a lost update would show."""
    for _ in range(rows):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(n), 0) + 1 FROM line")
            cursor.execute("INSERT INTO line VALUES (%s, %s)", [cursor.fetchone()[0], os.getpid()])


if __name__ == "__main__":
    settings.configure(DATABASES=settings_for(sys.argv[1], sys.argv[2]))
    write(int(sys.argv[3]))
