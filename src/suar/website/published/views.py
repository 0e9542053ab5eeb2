"""Pages of a static copy: lists by place and need, and storing pages on a phone."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from suar.core.refusals import NotYours
from suar.directory import catalogue, labels
from suar.directory.search import SearchQuery
from suar.website import error_pages
from suar.website.entries import WHOLE_COUNTRY
from suar.website.find_help import build_entry
from suar.website.forms import NEEDS
from suar.website.languages import critical
from suar.website.published.copy import EVERY_NEED, KINDS, NUMBERED_NEEDS, PER_PAGE, Copy, codes_of


@critical
def store_pages(request: HttpRequest) -> HttpResponse:
    """Explain what others could find, before pages are stored on a phone."""
    places = [(code, labels.place_name(code)) for code in _copy(request).places]
    return render(request, "website/published/keep.html", {"places": places})


def not_stored(request: HttpRequest) -> HttpResponse:
    """Show that a page is not on this phone."""
    return render(request, "website/published/not_stored.html")


def missing_page(request: HttpRequest) -> HttpResponse:
    """Show the page of an absent address; the host sends the status."""
    response = error_pages.absent_page(request)
    response.status_code = HTTPStatus.OK
    return response


def show_need(request: HttpRequest, need: int) -> HttpResponse:
    """List the places with a service for a need, or ask what it means."""
    copy = _copy(request)
    if need in KINDS:
        return _ask_kind(request, need, f"/{request.LANGUAGE_CODE}/n/%d")
    places = [code for code in catalogue.places() if "." not in code and copy.services_in(code, need)]
    if need not in NUMBERED_NEEDS or not places:
        raise NotYours
    context = {"need": NUMBERED_NEEDS[need], "places": _links(request, places, need)}
    return render(request, "website/published/need.html", context)


def _ask_kind(request: HttpRequest, need: int, path: str, **context: Any) -> HttpResponse:
    """Ask which of the kinds of a need it is; each leads to its own page."""
    rows = _copy(request).rows_of(KINDS[need], context.get("place", ""))
    kinds = [{"words": row["need"].words, "href": path % row["number"]} for row in rows]
    if not kinds:
        raise NotYours
    return render(request, "website/question.html", {**context, "question": NUMBERED_NEEDS[need], "kinds": kinds})


def show_place(request: HttpRequest, place: str) -> HttpResponse:
    """List the needs with a service in a place, and its districts."""
    copy = _copy(request)
    if not copy.services_in(place, EVERY_NEED):
        raise NotYours
    districts, count = _links(request, copy.districts(place), EVERY_NEED), len(copy.services_in(place, EVERY_NEED))
    context = {"needs": copy.rows_of(range(1, len(NEEDS) + 1), place), "count": count, "districts": districts}
    return render(request, "website/published/place.html", _place_context(copy, place, EVERY_NEED) | context)


def show_list(request: HttpRequest, place: str, need: int, page: int) -> HttpResponse:
    """Show one page of a list."""
    copy, language = _copy(request), request.LANGUAGE_CODE
    last = copy.count_pages(place, need)
    if not 1 <= page <= last:
        raise NotYours
    if need in KINDS:
        path = f"/{language}/l/{place}/%d/1"
        return _ask_kind(request, need, path, **_place_context(copy, place, need))
    codes = codes_of(need) if need else ()
    query = SearchQuery(needs=codes, place="" if place == WHOLE_COUNTRY else place)
    services = copy.services_in(place, need)[(page - 1) * PER_PAGE : page * PER_PAGE]
    path = f"/{language}/l/{place}/{need}"
    context = {
        "need": NUMBERED_NEEDS.get(need),
        "entries": [build_entry(copy.cards[language][service], query) for service in services],
        "districts": _links(request, copy.districts(place, need), need) if page == 1 else [],
        "earlier": f"{path}/{page - 1}" if page > 1 else "",
        "later": f"{path}/{page + 1}" if page < last else "",
        "number": need,
    }
    return render(request, "website/published/list.html", _place_context(copy, place, need) | context)


def _place_context(copy: Copy, place: str, need: int) -> dict[str, Any]:
    """Return a place, and the whole country if there is another list for it."""
    national = WHOLE_COUNTRY if place != WHOLE_COUNTRY and copy.services_in(WHOLE_COUNTRY, need) else ""
    return {"place": place, "name": labels.place_name(place), "national": national}


def _links(request: HttpRequest, places: list[str], need: int) -> list[dict[str, Any]]:
    """Return places with the number of their services and the address of their list."""
    language = request.LANGUAGE_CODE
    return [
        {
            "name": labels.place_name(code),
            "count": len(_copy(request).services_in(code, need)),
            "href": f"/{language}/l/{code}/{need}/1" if need else f"/{language}/p/{code}",
        }
        for code in places
    ]


def _copy(request: HttpRequest) -> Copy:
    copy: Copy = vars(request)["published"]
    return copy
