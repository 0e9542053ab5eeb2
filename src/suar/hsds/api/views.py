"""Addresses of HSDS 3.1, to read. Nobody signs in, nothing is changed, no term is written down."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from suar.core.refusals import NotYours
from suar.hsds.api import answers, asked, lists, openapi, paging, profile
from suar.hsds.api.answers import READS, READS_OR_SENDS, answering
from suar.hsds.api.asked import MOST_BODY_BYTES, Asked
from suar.hsds.api.parameters import TAKES, TAKES_ONE, Kind
from suar.hsds.files.values import UUID_TEXT


@answering(*READS)
def about(request: HttpRequest) -> HttpResponseBase:
    """Return which version of HSDS this is, and where its profile and its description are."""
    _read((), request)
    told = {
        "version": settings.SUAR_HSDS_VERSION,
        "profile": openapi.address("profile"),
        "openapi_url": openapi.address("openapi.json"),
    }
    return answers.whole(request, told)


@answering(*READS)
def described(request: HttpRequest) -> HttpResponseBase:
    """Return the description for programs."""
    return answers.whole(request, openapi.document())


@answering(*READS)
def our_profile(request: HttpRequest) -> HttpResponseBase:
    """Return what we add to HSDS, as merge patches."""
    return answers.whole(request, profile.document())


@answering(*READS_OR_SENDS)
def listed(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Return a page of a list, or all of it in lines."""
    read = _read(TAKES[kind], request)
    found = lists.listed(kind, read)
    if read["format"] == "ndjson":
        return answers.lines(found.every())
    total = found.count()
    per_page = read.per_page
    if read["minimal"] and read["per_page"] is None:
        per_page = max(total, 1)
    told = paging.page(
        found.some((read.page - 1) * per_page, per_page),
        total=total,
        number=read.page,
        per_page=per_page,
    )
    return answers.whole(request, told, private=bool(read["search"]))


@answering(*READS)
def one(request: HttpRequest, kind: Kind, ident: str) -> HttpResponseBase:
    """Return one object, whole; what is absent, closed, too old or hidden answers alike.

    What became one with another leads to the one that stays.
    """
    read = _read(TAKES_ONE.get(kind, ()), request)
    if not UUID_TEXT.fullmatch(ident):
        raise NotYours
    try:
        return answers.whole(request, lists.one(kind, UUID(ident), read))
    except NotYours:
        return answers.elsewhere(f"{openapi.ROOT}{kind}/{lists.moved_to(kind, UUID(ident))}")


@answering(*READS)
def nothing(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Answer any other address under this one."""
    raise NotYours


def _read(takes: tuple[str, ...], request: HttpRequest) -> Asked:
    query = request.META.get("QUERY_STRING", "")
    if request.method != "POST":
        return asked.read(takes, query=query)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BODY_BYTES:
        raise asked.too_large()
    return asked.read(takes, query=query, body=request.body, kind=request.content_type or "")
