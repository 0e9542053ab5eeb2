"""What a person's browser sends when they say how the help was, without script."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test import Client, override_settings

from suar.demo.cast import Cast
from tests.contact.writing import press

SPOKEN = {"FB_AS_SAFE": "2", "FB_AS_RULES": "0", "words": "", "organisation": "", "worker": "", "kind": "digits"}
COMPLAINED = {"complaint": "CP_LEAK", "words": "Others know of me", "organisation": "", "worker": "", "kind": "digits"}


def say(asker: Client, *, stage: str = "SHELTER", **typed: Any) -> Any:
    """Say how it was, from the first page to what comes after sending."""
    page = press(asker, "give_feedback", page=press(asker, "choose_stage"), stage=stage)
    return press(asker, "send_feedback", page=page, stage=stage, **{**SPOKEN, **typed})


def complain(asker: Client, **typed: Any) -> Any:
    """Complain, from the first page to what comes after sending."""
    page = press(asker, "complain", page=press(asker, "choose_stage"))
    return press(asker, "send_complaint", page=page, **{**COMPLAINED, **typed})


def organisation_of(cast: Cast) -> str:
    """Return the organisation about which people speak."""
    return str(cast.pelita.organisation.id)


@contextmanager
def on_staff_site() -> Iterator[None]:
    """Answer for the staff host, inside a test of the public one."""
    with override_settings(ROOT_URLCONF="suar.website.staff_urls", MIDDLEWARE=list(settings.MIDDLEWARE_STAFF)):
        yield
