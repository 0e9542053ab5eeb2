"""Settings of a test run: a new folder with new keys, then the ordinary settings."""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path


def _own_folder() -> Path:
    """Create the folder that this process and its children share; it is removed at exit."""
    folder = Path(tempfile.mkdtemp(prefix="suar-test-"))
    (folder / "keys").mkdir(mode=0o700)
    for name in ("db.key", "secret.key"):
        (folder / "keys" / name).touch(mode=0o600)
        (folder / "keys" / name).write_text(secrets.token_hex(32), "ascii")
    atexit.register(_remove, folder, os.getpid())
    return folder


def _remove(folder: Path, maker: int) -> None:
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


# Each worker of xdist has a folder of its own; processes that a worker starts share it.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if "SUAR_DATA" not in os.environ or os.environ.get("SUAR_TEST_WORKER", "") != _worker:
    _folder = _own_folder()
    os.environ.update(SUAR_MODE="test", SUAR_SITE="all", SUAR_DATA=str(_folder), SUAR_KEYS=str(_folder / "keys"))
    os.environ["SUAR_TEST_WORKER"] = _worker

from suar.settings import *  # noqa: E402, F403 - the variables above must stand first

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "tests.static_files.Storage"}  # noqa: F405 - as above
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
# Tests watch what each request opens and what the audit log says about it.
MIDDLEWARE = ["tests.openings.Watch", *MIDDLEWARE]  # noqa: F405 - from the settings above
