"""The routes of the staff door, and what each of them declares about who may come."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

STAFF = "suar.website.staff_urls"
NEUTRAL = frozenset(
    {
        "Information",
        "Informasi",
        "ព័ត៌មាន",
        "معلومات",
        "Thông tin",
        "ข้อมูล",
        "信息",
        "ຂໍ້ມູນ",
        "အချက်အလက်",
        "Информация",
        "Informații",
        "Informacion",
        "Informacije",
    }
)
"""The title of every page of the public door, in each language: it says nothing."""


def staff_routes() -> Iterator[URLPattern]:
    """Give every route of the staff door, however deep."""
    pending: list[URLPattern | URLResolver] = list(get_resolver(STAFF).url_patterns)
    while pending:
        found = pending.pop()
        if isinstance(found, URLResolver):
            pending.extend(found.url_patterns)
        else:
            yield found


def policy_of(route: URLPattern) -> object:
    """Give what a route's view declares."""
    return getattr(route.callback, "policy", "undeclared")


def ids_of(route: URLPattern) -> list[str]:
    """Name the parts of a route's address that change."""
    return list(route.pattern.converters)
