"""What pages say of recordings: on the door how long and how heavy, for editors who brought it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from suar.directory import recordings
from suar.directory.recordings import RecordingInfo
from suar.website.recordings import texts

MIME = {"ogg": "audio/ogg", "mpeg": "audio/mpeg", "mp4": "audio/mp4"}


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording on a page of the door: in which language, where, how long and heavy in words."""

    language: str
    name: str
    address: str
    kind: str
    told: str


@dataclass(frozen=True, slots=True)
class Listen:
    """What may be heard on a page: in its own language, and in others."""

    own: tuple[Heard, ...] = ()
    others: tuple[Heard, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A recording in the editors' list."""

    id: UUID
    title: str
    language: str
    code: str
    told: str
    at: object
    published: bool


def listen(number: int, *, language: str, door: str) -> Listen:
    """Give what may be heard of a page to read; `door` is the language of its address."""
    found = [_heard(each, door) for each in recordings.list_published(texts.text_of(number))]
    own = tuple(each for each in found if each.language == language)
    return Listen(own, tuple(each for each in found if each.language != language))


def rows(slots: Sequence[RecordingInfo], *, language: str) -> list[Row]:
    """Say recordings in words."""
    titles = dict(texts.texts(language=language))
    return [
        Row(
            each.id,
            titles.get(each.text, each.text),
            texts.name_of(each.language),
            each.language,
            how_long(each),
            each.at,
            each.published,
        )
        for each in slots
    ]


def how_long(slot: RecordingInfo) -> str:
    """Say how long a recording is, and how heavy, before anything of it is asked for."""
    minutes = max(1, round(slot.seconds / 60))
    words = _("About %(minutes)s min, %(size)s. Nothing is loaded before you press play.")
    return words % {"minutes": minutes, "size": filesizeformat(slot.size)}


def _heard(slot: RecordingInfo, door: str) -> Heard:
    address = f"/{door}/listen/{slot.id}"
    return Heard(slot.language, texts.name_of(slot.language), address, MIME[slot.kind], how_long(slot))
