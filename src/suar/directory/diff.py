"""A service entry as a flat mapping of small fields, for comparing, proposing and merging.

Field names are paths: `name.en`, `access.AC_BRING.id`, `let_in.cost`, `phones`. The id, provider, sites
and confirmation date are not fields: no proposal can change them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from suar.directory.documents import ELIGIBILITY_FIELDS, ServiceDocument

WHOLE = ("status", "phones", "hours", "urgent", "types", "areas")
TEXTS = ("name", "description")
FlatEntry = Mapping[str, Any]
EMPTY: FlatEntry = {
    "status": None,
    "phones": [],
    "hours": [],
    "urgent": None,
    "types": [],
    "areas": [],
    **{f"let_in.{name}": None for name in ELIGIBILITY_FIELDS},
}
"""What an entry says of which nothing was told yet."""


def flatten(state: ServiceDocument) -> dict[str, Any]:
    """Return every field of an entry by its way; a text that is not stated is left out."""
    found = {name: getattr(state, name) for name in WHOLE}
    for name in TEXTS:
        found |= {f"{name}.{tag}": text for tag, text in getattr(state, name).items() if text}
    for code, texts in state.access.items():
        found |= {f"access.{code}.{tag}": text for tag, text in texts.items() if text}
    let_in = state.let_in or {}
    return found | {f"let_in.{name}": let_in.get(name) for name in ELIGIBILITY_FIELDS}


def changed_fields(old: FlatEntry, new: FlatEntry) -> list[str]:
    """Name the fields that differ, in a settled order; an empty text counts as absent."""
    return [way for way in sorted({*old, *new}) if _comparable(old.get(way)) != _comparable(new.get(way))]


def apply_fields(state: ServiceDocument, told: FlatEntry) -> ServiceDocument:
    """Return the entry with some fields told anew; an empty one is taken away."""
    flat = {**flatten(state), **told}
    texts: dict[str, dict[str, str]] = {name: {} for name in TEXTS}
    access: dict[str, dict[str, str]] = {}
    for way, value in flat.items():
        first, _, rest = way.partition(".")
        if first in TEXTS and value:
            texts[first][rest] = value
        if first == "access" and value:
            code, _, tag = rest.partition(".")
            access.setdefault(code, {})[tag] = value
    let_in = {name: flat[f"let_in.{name}"] for name in ELIGIBILITY_FIELDS}
    nothing = state.let_in is None and not any(value is not None for value in let_in.values())
    whole = {name: flat[name] for name in WHOLE}
    fields: dict[str, Any] = {**texts, **whole, "access": access}
    return replace(state, **fields, let_in=None if nothing else let_in)


def normalise_text(text: str) -> str:
    """Return words with ends of lines that are all alike, and without blanks around them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _comparable(value: Any) -> Any:
    """Read a value as a form gives it back; nothing is None."""
    if isinstance(value, str):
        value = normalise_text(value)
    elif isinstance(value, Mapping):
        value = {name: _comparable(each) for name, each in value.items()}
    elif isinstance(value, list):
        value = [_comparable(each) for each in value]
    return None if value in ("", [], {}) else value
