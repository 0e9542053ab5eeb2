"""The world of an earlier Suar, brought back from its backup into the database of this run."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.compat import stored


@pytest.fixture(autouse=True)
def pins(tmp_path: Path, settings: Any) -> None:
    """Restore into a keys folder in which no key was pinned yet."""
    settings.SUAR_KEY_PINS = tmp_path / "pins"


@pytest.fixture
def restored(db: None, tmp_path: Path) -> Iterator[None]:
    """Restore the backup with the code of the printed backup sheet, at the time it was made."""
    sheet = tmp_path / "sheet"
    sheet.write_text(stored.EXPECTED["backup_sheet"])
    with stored.at_that_time():
        call_command(
            "restore", stored.DATA / "backup-to-sheet", sheet_file=sheet, any_signature=True, stdout=StringIO()
        )
        yield
