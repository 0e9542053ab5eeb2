"""What is put on a phone by somebody who asks for it: the pages to read, and one place."""

from collections.abc import Iterator, Sequence

from suar.doors.published import addresses
from suar.doors.published.copy import Copy
from suar.doors.published.shelf import EVERY_NEED, NUMBERED


def shared_files(copy: Copy, language: str, every: Sequence[str]) -> list[str]:
    """Name the files that everybody keeps: the pages to read, and what pages use."""
    of_services = tuple(f"/{language}/{kind}/" for kind in "slp")
    pages = [
        file for address, file in copy.pages.items()
        if address.startswith(f"/{language}/") and not address.startswith(of_services)
    ]  # fmt: skip
    beside = [name for name in every if name.startswith("assets/") or name.endswith(".svg")]
    return [*pages, addresses.file_of(addresses.EXIT, language), *sorted(beside)]


def files_of_place(copy: Copy, language: str, place: str) -> list[str]:
    """Name the files of one place: its lists, and the services in them."""
    return [copy.pages[address] for address in _addresses(copy, language, place)]


def _addresses(copy: Copy, language: str, place: str) -> Iterator[str]:
    shelf = copy.shelf
    yield f"/{language}/p/{place}"
    for need in (EVERY_NEED, *NUMBERED):
        numbers = range(1, shelf.pages(place, need) + 1)
        yield from (f"/{language}/l/{place}/{need}/{number}" for number in numbers)
    yield from (f"/{language}/s/{service}" for service in shelf.listed(place, EVERY_NEED))
