"""Finding a person among those a worker holds, in memory."""

from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.core.ids import read_spoken, short_code
from suar.records import queries as vault
from suar.records import search

SHOWN = 20
Sheet = tuple[UUID, dict]


def find(typed: str, *, viewer: Viewer, keys: Keys) -> dict[UUID, dict]:
    """Give the sheets of at most twenty records with the likest names, best first.

    The number of a person that is typed whole comes before all names. Only what is given back
    counts as shown.
    """
    code, numbered = read_spoken(typed), []

    def named() -> Iterator[tuple[Sheet, list[str]]]:
        for record, sheet in vault.each_sheet(viewer, keys=keys):
            if code and short_code(record).replace(" ", "") == code:
                numbered.append((record, sheet))
            yield (record, sheet), [sheet.get("name", ""), *sheet.get("aliases", [])]

    likest = search.nearest(typed, named(), most=SHOWN)
    once = dict([*numbered, *likest])
    found = dict(islice(once.items(), SHOWN))
    keys.shown = len(found)
    return found
