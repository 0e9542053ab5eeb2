"""The routes of the staff site and the policy that each declares."""

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
"""The neutral title of every public page, in each language."""


def staff_routes() -> Iterator[URLPattern]:
    """Yield every route of the staff site."""
    pending: list[URLPattern | URLResolver] = list(get_resolver(STAFF).url_patterns)
    while pending:
        found = pending.pop()
        if isinstance(found, URLResolver):
            pending.extend(found.url_patterns)
        else:
            yield found


def policy_of(route: URLPattern) -> object:
    """Return the policy that a route's view declares."""
    return getattr(route.callback, "policy", "undeclared")


def ids_of(route: URLPattern) -> list[str]:
    """Return the names of the variables in a route's path."""
    return list(route.pattern.converters)
