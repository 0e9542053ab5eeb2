"""Finding a person among those a worker holds, in memory."""

from dataclasses import dataclass
from uuid import UUID

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.vault import likeness
from suar.vault import queries as vault

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A record whose sheet has a name like the one typed."""

    id: UUID
    name: str


def find(typed: str, *, viewer: Viewer, keys: Keys) -> list[Found]:
    """Give at most twenty records with the likest names; only those are counted as shown."""
    sheets = vault.all_sheets(viewer, keys=keys)
    names = {
        key: [sheet.get("name", ""), *sheet.get("aliases", [])] for key, sheet in sheets.items()
    }
    best = likeness.nearest(typed, names, most=SHOWN)
    keys.shown = len(best)
    return [Found(key, sheets[key]["name"]) for key in best]
