"""The world of an earlier Suar, brought back from its backup into the database of this run."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.compat import stored


@pytest.fixture
def restored(db: None, tmp_path: Path) -> Iterator[None]:
    """Restore the backup with the code of the printed backup sheet, at the time it was made."""
    sheet = tmp_path / "sheet"
    sheet.write_text(stored.EXPECTED["backup_sheet"])
    with stored.at_that_time():
        call_command("restore", stored.DATA / "backup-to-sheet", sheet_file=sheet, stdout=StringIO())
        yield
