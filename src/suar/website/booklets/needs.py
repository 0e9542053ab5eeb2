"""The needs of a booklet: those of the public door, in the words that a person chooses there."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suar.directory import catalogue
from suar.directory import labels as directory
from suar.website.forms import NEEDS

OTHER, UNSURE = "", "unsure"
ORDER = (*NEEDS, OTHER)
PLAINER: dict[str, Promise] = {
    "JUS_WITNESS": gettext_lazy("Somebody beside you when you tell what you saw"),
    "STA_ASYLUM": gettext_lazy("Not being sent back into danger"),
    "RET_REMAINS": gettext_lazy("When somebody died far from home"),
}
"""Kinds of help whose name in the list of codes is not for the person who reads."""


def ranked(types: Sequence[str]) -> tuple[str, ...]:
    """Name the needs that these types of help answer, the one they do most for first."""
    groups = [group_of(code) for code in types]
    counts = {
        name: sum(code in need.codes or group in need.codes for code, group in zip(types, groups, strict=True))
        for name, need in NEEDS.items()
    }
    found = sorted((name for name in NEEDS if counts[name]), key=lambda name: -counts[name])
    return tuple(found) or (OTHER,)


def group_of(code: str) -> str:
    """Give the wider group of a type of help; empty for one that the list does not know."""
    known = catalogue.types().get(code)
    return known.group if known else ""


def title(name: str) -> str:
    """Give the head of a chapter."""
    if name == OTHER:
        return _("Other help")
    if name == UNSURE:
        return _("When you are not sure what you need")
    return str(NEEDS[name].words)


def kind(code: str) -> str:
    """Say a type of help in words that the person who reads may see."""
    return str(PLAINER.get(code) or directory.service_type_name(code))
