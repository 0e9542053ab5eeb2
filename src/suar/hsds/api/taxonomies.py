"""The directory's kinds of help as a taxonomy of HSDS: twelve groups of need, and types in them."""

from collections.abc import Iterable
from functools import cache
from uuid import UUID, uuid5

from django.conf import settings

from suar.directory import catalogue
from suar.directory.tokens import tokenize
from suar.hsds.api.extension import Told

OURS = UUID("6f1d3e0a-5b0c-4d61-9a53-1f2f0c7be84d")
"""The name under which ids of terms are made: they stay the same on every installation."""
KINDS = str(uuid5(OURS, "kinds of help"))


def every() -> list[Told]:
    """Return every taxonomy."""
    return [
        {
            "id": KINDS,
            "name": "Kinds of help",
            "description": "What services give to people who were exploited or may be: "
            "groups of need, and the types of service in them.",
            "version": str(catalogue.services()["version"]),
        }
    ]


def terms() -> list[Told]:
    """Return every term, each group before its types, with the taxonomy it stands in."""
    [taxonomy] = every()
    return [{**each, "taxonomy_detail": taxonomy} for each in _terms().values()]


def matching(found: Iterable[Told], text: str) -> list[Told]:
    """Keep those in which every word that was typed begins a word, in any language we have."""
    wanted = tokenize(text)
    return [each for each in found if wanted and _holds(each, wanted)]


def types_of(term: UUID) -> frozenset[str]:
    """Return the types that a term stands for: itself, or all of a group; an unknown one has none."""
    found = _terms().get(str(term))
    return frozenset(catalogue.types_of([found["code"]])) if found else frozenset()


def types_in(taxonomy: UUID) -> frozenset[str]:
    """Return the types of a taxonomy; an unknown one has none."""
    return frozenset(catalogue.types()) if str(taxonomy) == KINDS else frozenset()


def attribute(service: str, code: str) -> Told:
    """Tie a service to the term of a type."""
    term = _terms()[term_id(code)]
    return {
        "id": str(uuid5(UUID(service), f"attribute/{code}")),
        "link_id": service,
        "link_entity": "service",
        "taxonomy_term_id": term["id"],
        "label": term["name"],
        "taxonomy_term": term,
    }


def term_id(code: str) -> str:
    """Name the term of a group or type."""
    return str(uuid5(OURS, code))


@cache
def _terms() -> dict[str, Told]:
    language, means = settings.LANGUAGE_CODE, _means()
    found = {}
    for group in catalogue.groups().values():
        within = [one for one in catalogue.types().values() if one.group == group.code]
        for one in (group, *within):
            name = one.label(language)
            term = {
                "id": term_id(one.code),
                "code": one.code,
                "name": name,
                "description": means.get(one.code, name),
                "taxonomy": "Kinds of help",
                "taxonomy_id": KINDS,
                "language": language,
            }
            if one.group:
                term["parent_id"] = term_id(one.group)
            found[term["id"]] = term
    return found


def _means() -> dict[str, str]:
    return {row["code"]: row["means"] for row in catalogue.services()["types"] if row.get("means")}


def _holds(term: Told, wanted: list[str]) -> bool:
    coded = {**catalogue.groups(), **catalogue.types()}.get(term.get("code", ""))
    spoken = list(coded.labels.values()) if coded else []
    there = tokenize(" ".join([term["name"], term["description"], *spoken]))
    return all(any(word.startswith(each) for word in there) for each in wanted)
