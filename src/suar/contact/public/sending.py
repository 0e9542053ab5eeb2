"""What comes to the public door with a form, and the page that is shown for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep
from typing import Any
from uuid import UUID

from django.http import QueryDict

from suar.contact.codes import NewCode
from suar.contact.public import asking, pace
from suar.contact.public.asked import Asked, Came, Reads, Spoken
from suar.contact.public.pace import Wait
from suar.contact.terms import Brought, CodeKind, LetterKind
from suar.core.refusals import TooBusy

LOOKS, LOOKED_S = 10, 0.25


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came, from where, and when, with the files that came with it.

    What it makes takes its id and its code from its `mark`, which is the same when it comes
    `again` a moment later: so it is made once, and its answer is given again.
    """

    form: QueryDict
    address: str
    at: datetime
    files: Sequence[Brought] = ()
    mark: bytes = field(default=b"", repr=False)
    again: bool = False

    def step(self, what: str) -> int:
        """Count a try of this caller and give those before it; raises Wait."""
        return pace.step(what, self.address, at=self.at, place=self.form.get("place", ""))

    def step_back(self, what: str) -> None:
        """Take back a try that was right, or that only we could not do."""
        pace.step_back(what, self.address, at=self.at)

    def ask(self, what: str, desk: Reads, asked: Asked | Spoken, *, kind: CodeKind) -> NewCode | None:
        """Seal it with a code, and count the try; what arrived a moment ago is only answered.

        Raises Wait, KeyNotTrusted and TooBusy.
        """
        if self.again and _soon(lambda: asking.has_arrived(self.mark)):
            return asking.code_again(kind, mark=self.mark)
        came = Came(self.step(what), mark=self.mark)
        return asking.ask_with_code(desk, asked, kind=kind, at=self.at, came=came)

    def write(self, request: UUID, kind: LetterKind, words: str) -> None:
        """Add a letter, and count the try; what arrived a moment ago is not added again.

        Raises Wait, NotYours, Refused and KeyNotTrusted.
        """
        mark = self.mark + kind.encode() if self.mark else b""
        if self.again and _soon(lambda: asking.is_written(mark)):
            return
        self.step("write")
        asking.write_again(request, kind, words, at=self.at, came=Came(mark=mark))

    def busy(self, what: str, busy: TooBusy) -> Wait:
        """Take back a try for which we had no room, and say when it is let through."""
        seconds = busy.retry_after_s
        return pace.busy(what, self.address, at=self.at, retry_after_s=seconds)


def _soon(came: Callable[[], bool]) -> bool:
    """Wait for a moment until what was pressed first has arrived, and say whether it did.

    Else the second press would count as a try of its own, and its refusal hide the first answer.
    """
    for _ in range(LOOKS):
        if came():
            return True
        sleep(LOOKED_S)
    return came()


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
