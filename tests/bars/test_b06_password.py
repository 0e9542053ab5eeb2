"""B6: what a password costs, outside of tests and in; `./suar bench` times fifty at once."""

import os
import subprocess

import pytest

from suar.crypto import kdf
from suar.crypto.kdf import KdfParameters
from tools.places import PYTHON, environment

ASKED = KdfParameters(memory_kib=65_536, passes=3, lanes=1)
TELL = "from django.conf import settings; print(settings.SUAR_KDF)"


@pytest.mark.parametrize("mode", ["run", "demo"])
def test_a_password_costs_64_mib_and_three_passes(mode: str) -> None:
    folders = {name: os.environ[name] for name in ("SUAR_DATA", "SUAR_KEYS")}
    hosts = {
        "SUAR_PUBLIC_HOSTS": "127.0.0.1",
        "SUAR_STAFF_HOSTS": "localhost",
        "SUAR_PUBLIC_ORIGIN": "http://127.0.0.1:1",
        "SUAR_STAFF_ORIGIN": "http://localhost:2",
        "SUAR_FILES_HOSTS": "127.0.0.1",
        "SUAR_FILES_ORIGIN": "http://127.0.0.1:3",
    }
    told = subprocess.run(
        [str(PYTHON), "-c", TELL],
        capture_output=True,
        text=True,
        check=True,
        env=environment(SUAR_MODE=mode, SUAR_SITE="staff", DATABASE_URL="", **folders, **hosts),
    ).stdout
    assert told.strip() == str({"memory_kib": 65_536, "passes": 3, "lanes": 1})
    assert KdfParameters() == ASKED


def test_another_password_cost_gives_other_keys() -> None:
    dear = kdf.derive("lentera", bytes(16), ASKED)
    cheap = kdf.derive("lentera", bytes(16), KdfParameters(memory_kib=64, passes=1))
    assert dear.wrapping != cheap.wrapping
