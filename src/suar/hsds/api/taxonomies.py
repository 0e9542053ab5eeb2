"""The directory's kinds of help as a taxonomy of HSDS: twelve groups of need, and types in them."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings

from suar.core.i18n import localize
from suar.directory import catalogue
from suar.directory.tokens import contains_words, tokenize

NAMESPACE = UUID("6f1d3e0a-5b0c-4d61-9a53-1f2f0c7be84d")
"""The namespace of term ids: they are the same on every installation."""
KINDS = str(uuid5(NAMESPACE, "kinds of help"))
Json = dict[str, Any]


def list_taxonomies() -> list[Json]:
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


def list_terms() -> list[Json]:
    """Return every term with its taxonomy, each group before its types."""
    [taxonomy] = list_taxonomies()
    return [{**term, "taxonomy_detail": taxonomy} for term in _terms().values()]


def search(contents: Iterable[Json], text: str) -> list[Json]:
    """Return the terms in which every word of the text begins a word, in any of our languages."""
    wanted = tokenize(text)
    return [content for content in contents if wanted and _has_words(content, wanted)]


def types_of(term: UUID) -> frozenset[str]:
    """Return the types that a term means: itself, or all of a group; none for an unknown term."""
    row = _terms().get(str(term))
    return frozenset(catalogue.types_of([row["code"]])) if row else frozenset()


def types_in(taxonomy: UUID) -> frozenset[str]:
    """Return the types of a taxonomy; none for an unknown one."""
    return frozenset(catalogue.types()) if str(taxonomy) == KINDS else frozenset()


def attribute(service: str, code: str) -> Json:
    """Return the HSDS attribute that gives a service the term of a type."""
    term = _terms()[_term_id(code)]
    return {
        "id": str(uuid5(UUID(service), f"attribute/{code}")),
        "link_id": service,
        "link_entity": "service",
        "taxonomy_term_id": term["id"],
        "label": term["name"],
        "taxonomy_term": term,
    }


def _term_id(code: str) -> str:
    return str(uuid5(NAMESPACE, code))


@cache
def _terms() -> dict[str, Json]:
    means = {row["code"]: row["means"] for row in catalogue.services()["types"] if row.get("means")}
    terms = {}
    for group in catalogue.groups().values():
        for coded in (group, *(type_ for type_ in catalogue.types().values() if type_["group"] == group.code)):
            name = localize(coded.labels, settings.LANGUAGE_CODE)
            parent = {"parent_id": _term_id(coded["group"])} if coded["group"] else {}
            terms[_term_id(coded.code)] = {
                "id": _term_id(coded.code),
                "code": coded.code,
                "name": name,
                "description": means.get(coded.code) or name,
                "taxonomy": "Kinds of help",
                "taxonomy_id": KINDS,
                "language": settings.LANGUAGE_CODE,
                **parent,
            }
    return terms


def _has_words(term: Json, wanted: list[str]) -> bool:
    coded = {**catalogue.groups(), **catalogue.types()}.get(term.get("code", ""))
    labels = list(coded.labels.values()) if coded else []
    return contains_words(" ".join([term["name"], term["description"], *labels]), wanted)
