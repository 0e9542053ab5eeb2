"""What is put on a phone by somebody who asks for it: the pages to read, and one place."""

from collections.abc import Callable, Iterator, Sequence

from suar.website.published import addresses
from suar.website.published.copy import Copy
from suar.website.published.shelf import EVERY_NEED, NUMBERED

MOST_BYTES = 460_000
"""The most that the files of one place weigh, packed; 40 kB of 500 are left for their index."""


def shared_files(copy: Copy, language: str, every: Sequence[str]) -> list[str]:
    """Name the files that everybody keeps: the pages to read, and what pages use."""
    of_services = tuple(f"/{language}/{kind}/" for kind in "slp")
    pages = [
        file
        for address, file in copy.pages.items()
        if address.startswith(f"/{language}/") and not address.startswith(of_services)
    ]
    beside = [name for name in every if name.startswith("assets/") or name.endswith(".svg")]
    return [*pages, addresses.file_of(addresses.EXIT, language), *sorted(beside)]


def files_of_place(copy: Copy, language: str, place: str, *, room: int, weigh: Callable[[str], int]) -> list[str]:
    """Name the files of one place, the nearest services first, as far as there is room in bytes."""
    kept = []
    for address in _by_weight_of_matter(copy, language, place):
        file = copy.pages[address]
        room -= weigh(file)
        if room < 0:
            break
        kept.append(file)
    return kept


def _by_weight_of_matter(copy: Copy, language: str, place: str) -> Iterator[str]:
    """Give the place, the beginning of each list, the services, and then the rest of the lists."""
    shelf = copy.shelf
    yield f"/{language}/p/{place}"
    lists = [
        (number, f"/{language}/l/{place}/{need}/{number}")
        for need in (EVERY_NEED, *NUMBERED)
        for number in range(1, shelf.pages(place, need) + 1)
    ]
    yield from (address for number, address in lists if number == 1)
    yield from (f"/{language}/s/{service}" for service in shelf.listed(place, EVERY_NEED))
    yield from (address for number, address in lists if number > 1)
