"""All that an edition is set from, as plain values: kept with it, so that it can be set again."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from typing import Any

from django.utils.translation import override

from suar.booklets import labels, rules
from suar.booklets.terms import Booklet, Changes, Listed, Mixed
from suar.crypto.kdf import digest

VERSION = 1
NUMBERS = "numbers"


def of(booklet: Booklet, *, number: int, day: date, changes: Changes, within_days: int) -> dict[str, Any]:
    """Put together what the pages are set from; words in the booklet's own language."""
    with override(booklet.language):
        words = labels.words(number=number, day=day, until=rules.use_until(day))
        return {
            "version": VERSION,
            **plain(booklet),
            "number": number,
            "day": day.isoformat(),
            "words": words,
            "how": labels.how_to_use(),
            "about": labels.about(count=len(booklet.entries), within_days=within_days),
            "changes": {**asdict(changes), "none": changes.none},
            "changed": labels.changed(first=changes.first, before=number - 1),
        }


def plain(booklet: Booklet) -> dict[str, Any]:
    """Give a booklet as plain values; a text in another language is {"said", "language"}."""
    values: dict[str, Any] = _plain(booklet, booklet.language)
    for entry in values["entries"]:
        del entry["digest"]
    return values


def listed(booklet: Booklet) -> list[Listed]:
    """List what the next edition will be compared with: the entries, and the urgent numbers."""
    with override(booklet.language):
        urgent = labels.numbers_head()
    told = [[each.number, each.who] for each in booklet.urgent]
    return [
        Listed(NUMBERS, mark(told), urgent),
        *(Listed(each.id, each.digest, each.name) for each in booklet.entries),
    ]


def mark(value: Any) -> str:
    """Give the digest of a plain value, by which a later edition knows it again."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return digest(text.encode()).hex()


def _plain(value: Any, language: str) -> Any:
    """Give a value of a booklet as a plain one, with the language of what is not in its own."""
    if isinstance(value, str):
        other = getattr(value, "language", "")
        same = other.split("-")[0] in ("", language.split("-")[0])
        return str(value) if same else {"said": str(value), "language": other}
    if isinstance(value, Mixed):
        parts = [_plain(each, language) for each in value.parts]
        return str(value) if all(isinstance(each, str) for each in parts) else parts
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name), language) for each in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each, language) for each in value]
    return value


def packed(values: Mapping[str, Any]) -> bytes:
    """Make the content small enough to be kept with every edition."""
    return zlib.compress(json.dumps(values, ensure_ascii=False, sort_keys=True).encode(), 9)


def unpacked(kept: bytes) -> dict[str, Any]:
    """Give the content back."""
    values: dict[str, Any] = json.loads(zlib.decompress(kept))
    return values
