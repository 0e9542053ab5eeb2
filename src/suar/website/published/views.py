"""Pages of a static copy: lists by place and need, and keeping pages on a phone."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from suar.core.refusals import NotYours
from suar.directory import catalogue
from suar.directory.search import SearchQuery
from suar.website import error_pages, find_help
from suar.website.languages import grave, now
from suar.website.published.copy import EVERY_NEED, NATIONAL, NUMBERED_NEEDS, PER_PAGE, Copy
from suar.website.reasons import place_words


@grave
def keep(request: HttpRequest) -> HttpResponse:
    """Explain what others could find, before pages are kept on a phone."""
    places = [(code, place_words(code, now())) for code in _copy(request).places]
    return render(request, "website/published/keep.html", {"places": places})


def away(request: HttpRequest) -> HttpResponse:
    """Show that a page is not on this phone."""
    return render(request, "website/published/away.html")


def absent(request: HttpRequest) -> HttpResponse:
    """Show the page of an absent address; the host sends the status."""
    response = error_pages.not_found(request)
    response.status_code = HTTPStatus.OK
    return response


def show_need(request: HttpRequest, need: int) -> HttpResponse:
    """List the places with a service for a need."""
    copy = _copy(request)
    places = [code for code in catalogue.places() if "." not in code and copy.listed(code, need)]
    if need not in NUMBERED_NEEDS or not places:
        raise NotYours
    context = {"need": NUMBERED_NEEDS[need], "places": _links(request, places, need)}
    return render(request, "website/published/need.html", context)


def show_place(request: HttpRequest, place: str) -> HttpResponse:
    """List the needs with a service in a place, and its districts."""
    copy = _copy(request)
    if not copy.listed(place, EVERY_NEED):
        raise NotYours
    needs = [
        {"need": need, "number": number, "count": len(copy.listed(place, number))}
        for number, need in NUMBERED_NEEDS.items()
        if copy.listed(place, number)
    ]
    context = {
        "place": place,
        "name": place_words(place, request.LANGUAGE_CODE),
        "needs": needs,
        "count": len(copy.listed(place, EVERY_NEED)),
        "districts": _links(request, copy.districts(place), EVERY_NEED),
        "national": _national_list(copy, place, EVERY_NEED) and NATIONAL,
    }
    return render(request, "website/published/place.html", context)


def show_list(request: HttpRequest, place: str, need: int, page: int) -> HttpResponse:
    """Show one page of a list."""
    copy, language = _copy(request), request.LANGUAGE_CODE
    last = copy.count_pages(place, need)
    if not 1 <= page <= last:
        raise NotYours
    codes = NUMBERED_NEEDS[need].codes if need else ()
    query = SearchQuery(needs=codes, place="" if place == NATIONAL else place)
    services = copy.listed(place, need)[(page - 1) * PER_PAGE : page * PER_PAGE]
    entries = [find_help.build_entry(copy.cards[language][service], query, language=language) for service in services]
    path = f"/{language}/l/{place}/{need}"
    context = {
        "place": place,
        "name": place_words(place, language),
        "need": NUMBERED_NEEDS.get(need),
        "entries": entries,
        "districts": _links(request, copy.districts(place, need), need) if page == 1 else [],
        "earlier": f"{path}/{page - 1}" if page > 1 else "",
        "later": f"{path}/{page + 1}" if page < last else "",
        "national": _national_list(copy, place, need),
    }
    return render(request, "website/published/list.html", context)


def _links(request: HttpRequest, places: list[str], need: int) -> list[dict[str, Any]]:
    """Return places with the number of their services and the address of their list."""
    copy, language = _copy(request), request.LANGUAGE_CODE
    return [
        {
            "name": place_words(code, language),
            "count": len(copy.listed(code, need)),
            "href": f"/{language}/l/{code}/{need}/1" if need else f"/{language}/p/{code}",
        }
        for code in places
    ]


def _national_list(copy: Copy, place: str, need: int) -> str:
    """Return the list of services for the whole country, if this is not it."""
    return f"{NATIONAL}/{need}/1" if place != NATIONAL and copy.listed(NATIONAL, need) else ""


def _copy(request: HttpRequest) -> Copy:
    copy: Copy = vars(request)["published"]
    return copy
