"""Loads the invented directory into a demonstration world."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from suar.directory import actions
from suar.exchange.hsds import parse

DATA = Path(__file__).parent / "data"


def load(*, by: UUID, at: datetime) -> None:
    """Import every directory file of the demo data; all of it or nothing."""
    for path in sorted(DATA.glob("directory*.json")):
        actions.apply_import(parse(path.read_bytes()), by=by, at=at, dry_run=False)
