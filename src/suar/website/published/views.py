"""Pages that only a published copy has: lists in place of what is looked for, and keeping it."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from suar.core.refusals import NotYours
from suar.directory import catalogue
from suar.directory.search import SearchQuery
from suar.website import error_pages, find_help
from suar.website.entries import Entry
from suar.website.languages import grave, now
from suar.website.published.copy import Copy
from suar.website.published.shelf import (
    EVERY_NEED,
    NATIONAL,
    NUMBERED,
    ON_A_PAGE,
    Shelf,
)
from suar.website.reasons import place_words
from suar.website.views import pages

Rows = list[dict[str, Any]]


def check(request: HttpRequest) -> HttpResponse:
    """Show the boxes to tick, at an address that says nothing."""
    return pages.check(request)


@grave
def keep(request: HttpRequest) -> HttpResponse:
    """Say what others could find, before anything is put on a phone."""
    places = [(code, place_words(code, now())) for code in _shelf(request).places]
    return render(request, "website/published/keep.html", {"places": places})


def away(request: HttpRequest) -> HttpResponse:
    """Say that a page is not on this phone."""
    return render(request, "website/published/away.html")


def absent(request: HttpRequest) -> HttpResponse:
    """Show what an absent address shows; a host brings the status itself."""
    response = error_pages.not_found(request)
    response.status_code = HTTPStatus.OK
    return response


def need(request: HttpRequest, need: int) -> HttpResponse:
    """List the places where somebody helps with a need."""
    shelf, wide = _shelf(request), [one for one in catalogue.places() if "." not in one]
    found = [code for code in wide if shelf.listed(code, need)]
    if need not in NUMBERED or not found:
        raise NotYours
    context = {"need": NUMBERED[need], "places": _ways(request, found, need)}
    return render(request, "website/published/need.html", context)


def place(request: HttpRequest, place: str) -> HttpResponse:
    """List the needs with which somebody helps in a place, and the places inside it."""
    shelf = _shelf(request)
    if not shelf.listed(place, EVERY_NEED):
        raise NotYours
    needs = [
        {"need": one, "number": number, "count": len(shelf.listed(place, number))}
        for number, one in NUMBERED.items()
        if shelf.listed(place, number)
    ]
    context = {
        "place": place,
        "named": place_words(place, request.LANGUAGE_CODE),
        "needs": needs,
        "count": len(shelf.listed(place, EVERY_NEED)),
        "inside": _ways(request, shelf.districts(place), EVERY_NEED),
        **_wider(shelf, place, EVERY_NEED),
    }
    return render(request, "website/published/place.html", context)


def listed(request: HttpRequest, place: str, need: int, number: int) -> HttpResponse:
    """Show one page of a list, each entry with why it may fit."""
    shelf, language = _shelf(request), request.LANGUAGE_CODE
    if not 1 <= number <= shelf.pages(place, need):
        raise NotYours
    start, path = (number - 1) * ON_A_PAGE, f"/{language}/l/{place}/{need}"
    codes = NUMBERED[need].codes if need else ()
    wanted = SearchQuery(needs=codes, place="" if place == NATIONAL else place)
    cards = [shelf.cards[language][id_] for id_ in shelf.listed(place, need)]
    found = [find_help.entry(card, wanted, language=language) for card in cards[start : start + ON_A_PAGE]]
    context = {
        "place": place,
        "named": place_words(place, language),
        "need": NUMBERED.get(need),
        "rows": [_row(each) for each in found],
        "inside": _ways(request, shelf.districts(place, need), need) if number == 1 else [],
        "earlier": f"{path}/{number - 1}" if number > 1 else "",
        "later": f"{path}/{number + 1}" if number < shelf.pages(place, need) else "",
        **_wider(shelf, place, need),
    }
    return render(request, "website/published/list.html", context)


def _row(entry: Entry) -> dict[str, Any]:
    """Give a row that a link opens; nothing in it depends on the day on which it is read."""
    href = f"/{entry.language}/s/{entry.card.id}"
    return {**entry.in_a_list, "open": "", "checked": entry.checked_on, "href": href}


def _ways(request: HttpRequest, places: list[str], need: int) -> Rows:
    """Name places, how many help there, and where their list is."""
    shelf, language = _shelf(request), request.LANGUAGE_CODE
    return [
        {
            "named": place_words(code, language),
            "count": len(shelf.listed(code, need)),
            "href": f"/{language}/l/{code}/{need}/1" if need else f"/{language}/p/{code}",
        }
        for code in places
    ]


def _wider(shelf: Shelf, place: str, need: int) -> dict[str, Any]:
    """Say where the list of those is who help everywhere; nothing on that list itself."""
    there = place != NATIONAL and shelf.listed(NATIONAL, need)
    return {"everywhere": f"{NATIONAL}/{need}/1" if there else "", "national": NATIONAL}


def _shelf(request: HttpRequest) -> Shelf:
    copy: Copy = vars(request)["published"]
    return copy.shelf
