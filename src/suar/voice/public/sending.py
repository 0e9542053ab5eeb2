"""What comes to the public door with a form, and the page that is shown for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import QueryDict

from suar.kernel.refusals import TooBusy
from suar.voice.public import pace
from suar.voice.public.pace import Wait
from suar.voice.terms import Brought


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came, from where, and when, with the files that came with it."""

    form: QueryDict
    address: str
    at: datetime
    files: Sequence[Brought] = ()

    def step(self, what: str) -> int:
        """Count a try of this caller and give those before it; raises Wait."""
        return pace.step(what, self.address, at=self.at, place=self.form.get("place", ""))

    def step_back(self, what: str) -> None:
        """Take back a try that was right, or that only we could not do."""
        pace.step_back(what, self.address, at=self.at)

    def busy(self, what: str, busy: TooBusy) -> Wait:
        """Take back a try for which we had no room, and say when it is let through."""
        seconds = busy.retry_after_s
        return pace.busy(what, self.address, at=self.at, retry_after_s=seconds)


@dataclass(frozen=True, slots=True)
class Page:
    """A page to show; on one `for_writing` somebody writes a letter and needs time.

    One with `picture` holds a picture inside of itself; instead of one with `taken` a file is
    given, the ending of its name and its bytes.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    for_writing: bool = False
    picture: bool = False
    taken: tuple[str, bytes] | None = field(default=None, repr=False)
