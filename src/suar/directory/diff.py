"""A service entry as a flat mapping of small fields, for comparing, proposing and merging.

Field names are paths: `name.en`, `access.AC_BRING.id`, `let_in.cost`, `phones`. The id, provider, sites
and confirmation date are not fields: no proposal can change them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from suar.directory.documents import ServiceDocument
from suar.directory.facts import ELIGIBILITY_FIELDS

WHOLE_FIELDS = ("status", "phones", "hours", "urgent", "types", "areas")
TEXT_FIELDS = ("name", "description")
FlatEntry = Mapping[str, Any]


def flatten(document: ServiceDocument) -> dict[str, Any]:
    """Return every field of an entry by its path; a text that is not stated is left out."""
    flat = {name: getattr(document, name) for name in WHOLE_FIELDS}
    for name in TEXT_FIELDS:
        flat |= {f"{name}.{tag}": text for tag, text in getattr(document, name).items() if text}
    for code, texts in document.access.items():
        flat |= {f"access.{code}.{tag}": text for tag, text in texts.items() if text}
    let_in = document.let_in or {}
    return flat | {f"let_in.{name}": let_in.get(name) for name in ELIGIBILITY_FIELDS}


EMPTY: FlatEntry = flatten(ServiceDocument(id=""))


def changed_fields(old: FlatEntry, new: FlatEntry) -> list[str]:
    """Return the sorted paths of the fields that differ; an empty text counts as absent."""
    return [path for path in sorted({*old, *new}) if _comparable(old.get(path)) != _comparable(new.get(path))]


def apply_fields(document: ServiceDocument, changed: FlatEntry) -> ServiceDocument:
    """Return the entry with some fields changed; an empty one is removed."""
    flat = {**flatten(document), **changed}
    texts: dict[str, dict[str, str]] = {name: {} for name in TEXT_FIELDS}
    access: dict[str, dict[str, str]] = {}
    for path, value in flat.items():
        first, _, rest = path.partition(".")
        if first in TEXT_FIELDS and value:
            texts[first][rest] = value
        if first == "access" and value:
            code, _, tag = rest.partition(".")
            access.setdefault(code, {})[tag] = value
    let_in = {name: flat[f"let_in.{name}"] for name in ELIGIBILITY_FIELDS}
    is_unstated = document.let_in is None and all(value is None for value in let_in.values())
    fields: dict[str, Any] = {**texts, **{name: flat[name] for name in WHOLE_FIELDS}, "access": access}
    return replace(document, **fields, let_in=None if is_unstated else let_in)


def three_way_merge(base: FlatEntry, ours: FlatEntry, theirs: FlatEntry) -> tuple[dict[str, Any], list[str]]:
    """Compare a file with what was changed here since the last file.

    Return the fields that only the file changed, and the paths that both changed to different values:
    these are conflicts for an editor. A field that only we changed stays.

    Source: own design, docs/decisions/directory-upkeep.
    """
    taken, conflicts = dict[str, Any](), list[str]()
    for path in sorted({*base, *ours, *theirs}):
        before, local, file_value = base.get(path), ours.get(path), theirs.get(path)
        if file_value in (local, before):
            continue
        if local == before:
            taken[path] = file_value
        else:
            conflicts.append(path)
    return taken, conflicts


def normalise_text(text: str) -> str:
    """Return a text with plain line ends and without spaces around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _comparable(value: Any) -> Any:
    """Return a value as a form sends it back; an empty one is None."""
    if isinstance(value, str):
        value = normalise_text(value)
    elif isinstance(value, Mapping):
        value = {name: _comparable(part) for name, part in value.items()}
    elif isinstance(value, list):
        value = [_comparable(part) for part in value]
    return None if value in ("", [], {}) else value
