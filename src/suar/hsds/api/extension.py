"""Writes the extension object `suar`, which docs/decisions/directory gives the shape of.

What concerns the organisation alone stays here: which provider has an account, and which answers by link.
"""

from collections.abc import Mapping
from typing import Any

from suar.directory import documents
from suar.directory.codes import UNKNOWN_LANGUAGE, Texts
from suar.directory.documents import ProviderDocument, ServiceDocument
from suar.hsds.files.extension import CODES, SETS, YEARS

Told = dict[str, Any]
PLAIN = (*SETS, *CODES, *YEARS, "cooperation", "languages", "stay_limit_days")
PLACES = {"total": "places_total", "free": "places_free", "as_of": "places_as_of"}


def of_service(state: ServiceDocument, *, gate_only: bool) -> Told:
    """Write who is let in, areas, the line that answers now, and all languages.

    Empty when no file ever told any of it: told empty it would mean that nothing is known. Where
    the site is hidden, the number of its beds is too: it tells when somebody came.
    """
    let_in = (documents.without_capacity(state.let_in) if gate_only else state.let_in) or {}
    told = {name: let_in.get(name) for name in PLAIN}
    told["places"] = _not_none({k: let_in.get(name) for k, name in PLACES.items()}) or None
    told["urgent"] = _not_none(state.urgent) if state.urgent else None
    told["translations"] = _translations(state) or None
    if state.let_in is not None or state.areas:
        told |= {"types": list(state.types), "areas": list(state.areas)}
    return _not_none(told)


def of_provider(state: ProviderDocument) -> Told:
    """Write the languages of a provider's words."""
    words = _by_language({"name": state.name, "description": state.description})
    return {"translations": words} if words else {}


def _translations(state: ServiceDocument) -> Told:
    words = _by_language({"name": state.name, "description": state.description})
    for language, access in _by_language(state.access).items():
        words.setdefault(language, {})["access"] = access
    return words


def _by_language(fields: Mapping[str, Texts]) -> dict[str, Told]:
    """Turn words by field into words by language; those of no known language stand elsewhere."""
    found: dict[str, Told] = {}
    for field, texts in fields.items():
        for language, text in texts.items():
            if language != UNKNOWN_LANGUAGE:
                found.setdefault(language, {})[field] = text
    return found


def _not_none(told: Mapping[str, Any]) -> Told:
    return {name: value for name, value in told.items() if value is not None}
