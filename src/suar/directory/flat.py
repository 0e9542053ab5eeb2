"""An entry as a flat list of small fields: what is compared, proposed, chosen and merged.

A field is named by its way: `name.en`, `access.AC_BRING.id`, `let_in.cost`, `phones`. The id, the
provider, the places and the day of assurance are no fields: no draft can change them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from suar.directory.states import LET_IN, ServiceState

WHOLE = ("status", "phones", "hours", "urgent", "types", "areas")
TEXTS = ("name", "description")
Flat = Mapping[str, Any]
NOTHING: Flat = {
    "status": None,
    "phones": [],
    "hours": [],
    "urgent": None,
    "types": [],
    "areas": [],
    **{f"let_in.{name}": None for name in LET_IN},
}
"""What an entry says of which nothing was told yet."""


def flat_of(state: ServiceState) -> dict[str, Any]:
    """Give every field of an entry by its way; a text that is not told is left out."""
    found = {name: getattr(state, name) for name in WHOLE}
    for name in TEXTS:
        found |= {f"{name}.{tag}": text for tag, text in getattr(state, name).items() if text}
    for code, texts in state.access.items():
        found |= {f"access.{code}.{tag}": text for tag, text in texts.items() if text}
    let_in = state.let_in or {}
    return found | {f"let_in.{name}": let_in.get(name) for name in LET_IN}


def changed(old: Flat, new: Flat) -> list[str]:
    """Name the fields that differ, in a settled order; an empty text is none."""
    return [way for way in sorted({*old, *new}) if _said(old.get(way)) != _said(new.get(way))]


def with_fields(state: ServiceState, told: Flat) -> ServiceState:
    """Give the entry with some fields told anew; an empty one is taken away."""
    flat = {**flat_of(state), **told}
    texts: dict[str, dict[str, str]] = {name: {} for name in TEXTS}
    access: dict[str, dict[str, str]] = {}
    for way, value in flat.items():
        first, _, rest = way.partition(".")
        if first in TEXTS and value:
            texts[first][rest] = value
        if first == "access" and value:
            code, _, tag = rest.partition(".")
            access.setdefault(code, {})[tag] = value
    let_in = {name: flat[f"let_in.{name}"] for name in LET_IN}
    nothing = state.let_in is None and not any(value is not None for value in let_in.values())
    whole = {name: flat[name] for name in WHOLE}
    fields: dict[str, Any] = {**texts, **whole, "access": access}
    return replace(state, **fields, let_in=None if nothing else let_in)


def as_written(text: str) -> str:
    """Give words with ends of lines that are all alike, and without blanks around them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _said(value: Any) -> Any:
    """Read a value as a form gives it back; nothing is None."""
    if isinstance(value, str):
        value = as_written(value)
    elif isinstance(value, Mapping):
        value = {name: _said(each) for name, each in value.items()}
    elif isinstance(value, list):
        value = [_said(each) for each in value]
    return None if value in ("", [], {}) else value
