"""Watches requests: what each opened, and which audit entries it wrote about that.

Boxes and sealed values are watched where they are decrypted, independent of what the code under test records.
Nothing is replaced. The served processes of stories are not watched.
"""

import functools
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db.models import Model, QuerySet
from django.db.models.signals import post_init, post_save
from django.http import HttpRequest, HttpResponse

from suar.audit.models import Entry
from suar.crypto import values
from suar.crypto.pairs import BoxPair
from suar.records.models import Grant, Record
from suar.records.queries import INDEX
from suar.referrals.packets import FIELDS, PREVIEW
from suar.screening.models import PartnerPacket, Reading

SEALED = {Grant: "record", Reading: "left", PartnerPacket: "id"}
"""Rows that hold a sealed box, and what names the thing that is opened with it."""
_now = threading.local()
_faults: list[str] = []


@dataclass
class Seen:
    """What one request opened, made and wrote."""

    sealed: dict[bytes, str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    packets: set[str] = field(default_factory=set)
    sheets: set[str] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)

    def faults(self) -> Iterator[str]:
        """Yield what was opened without an entry."""
        verbs = ("open", "reseal"), ("list",)
        opens, lists = ([entry for entry in self.entries if entry.verb in some] for some in verbs)
        looks = [entry for entry in self.entries if entry.verb == "link_preview"]
        if self.opened - self.made - _named(opens):
            yield "a record was opened and not written"
        if self.packets - _named([*opens, *looks]):
            yield "a packet was opened and not written"
        if self.sheets and not lists:
            yield "sheets were opened and no list written"


class Watch:
    """The outermost of the middlewares of a test run."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _now.seen = seen = Seen()
        try:
            response = self.get_response(request)
        finally:
            _now.seen = None
        # Where the entry could not be written, the page did not leave.
        if response.status_code != 503:
            _faults.extend(f"{request.method} {request.path}: {fault}" for fault in seen.faults())
        return response


def faults() -> list[str]:
    """Return what was found since the last time, and forget it."""
    found = list(_faults)
    _faults.clear()
    return found


@contextmanager
def watching() -> Iterator[None]:
    """Look on at boxes, seals and rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BoxPair, "open", _before(BoxPair.open, _box))
        patch.setattr(values, "unseal", _before(values.unseal, _seal))
        for model in SEALED:
            post_init.connect(_fetched, sender=model)
        patch.setattr(QuerySet, "bulk_create", _before(QuerySet.bulk_create, _inserted))
        post_save.connect(_stored, sender=Record)
        yield
        post_save.disconnect(_stored, sender=Record)
        for model in SEALED:
            post_init.disconnect(_fetched, sender=model)


def _named(entries: Iterable[Entry]) -> set[str]:
    return {about for entry in entries for about in entry.about}


def _before(acts: Callable[..., Any], look: Callable[..., None]) -> Callable[..., Any]:
    @functools.wraps(acts)
    def through(*args: Any, **named: Any) -> Any:
        done = acts(*args, **named)
        if (seen := getattr(_now, "seen", None)) is not None:
            look(seen, *args, **named)
        return done

    return through


def _box(seen: Seen, pair: BoxPair, sealed: bytes) -> None:
    if (record := seen.sealed.get(bytes(sealed))) is not None:
        seen.opened.add(record)


def _seal(seen: Seen, key: bytes, sealed: bytes, place: values.Place) -> None:
    if place.compartment in (PREVIEW, FIELDS):
        seen.packets.add(place.record)
    elif place.compartment == INDEX:
        seen.sheets.add(place.record)
    elif place.organisation != "packet":
        seen.opened.add(place.record)


def _fetched(sender: type[Model], instance: Model, **_: Any) -> None:
    if (seen := getattr(_now, "seen", None)) is not None and instance.sealed:
        seen.sealed[bytes(instance.sealed)] = str(getattr(instance, SEALED[sender]))


def _stored(sender: type[Model], instance: Model, *, created: bool, **_: Any) -> None:
    if (seen := getattr(_now, "seen", None)) is not None and created:
        seen.made.add(str(instance.pk))


def _inserted(seen: Seen, rows: QuerySet[Any], objects: Iterable[Any], **_: Any) -> None:
    if rows.model is Entry:
        seen.entries += objects
