"""Finding a person among those a worker holds, in memory."""

from uuid import UUID

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.kernel.ids import read_spoken, short_code
from suar.vault import likeness
from suar.vault import queries as vault

SHOWN = 20


def find(typed: str, *, viewer: Viewer, keys: Keys) -> dict[UUID, dict]:
    """Give the sheets of at most twenty records with the likest names, best first.

    The number of a person that is typed whole comes before all names. Only what is given back
    counts as shown.
    """
    sheets = vault.all_sheets(viewer, keys=keys)
    names = {
        key: [sheet.get("name", ""), *sheet.get("aliases", [])] for key, sheet in sheets.items()
    }
    code = read_spoken(typed)
    numbered = [key for key in sheets if code and short_code(key).replace(" ", "") == code]
    best = [*numbered, *likeness.nearest(typed, names, most=SHOWN)]
    found = {key: sheets[key] for key in list(dict.fromkeys(best))[:SHOWN]}
    keys.shown = len(found)
    return found
