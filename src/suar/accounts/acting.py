"""The acting worker: the context that every action takes as `by`; see `core.acts`."""

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from suar.accounts.cookies import cookies_of
from suar.accounts.keys import Keys
from suar.accounts.roles import Viewer
from suar.audit import actions as audit
from suar.core import clock
from suar.core.acts import AuditEntry
from suar.crypto import kdf

if TYPE_CHECKING:
    from suar.accounts.http import StaffRequest

FORM_ID = "form_id"
"""The hidden field of a form that is to be handled once."""


@dataclass(slots=True, kw_only=True)
class Anonymous:
    """A job, a link holder or somebody who signs in: no permissions and no keys.

    An action sets `known_worker` once it knows who acts. `form_id` is None where sending twice does no harm.
    """

    at: datetime
    form_id: UUID | None = None
    known_worker: UUID | None = None
    running: list[AuditEntry] = field(default_factory=list)
    locked: set[UUID] = field(default_factory=set)

    @property
    def worker(self) -> UUID | None:
        """The worker who acts, or None."""
        return self.known_worker

    @property
    def entry(self) -> AuditEntry:
        """The audit entry of the running action, to add ids and a reason code to."""
        return self.running[-1]

    def may(self, permission: str) -> bool:
        """Return True if the role of the acting worker has the permission."""
        return False

    def write_entry(self, entry: AuditEntry) -> None:
        """Write the entry of an action."""
        audit.record(entry.verb, by=self.worker, at=self.at, about=entry.about, because=entry.because)

    def one_batch(self) -> AbstractContextManager[None]:
        """Return a block at whose end all its entries are written together."""
        return audit.one_batch()

    def note_openings(self) -> None:
        """Write what was opened: nothing, without keys."""

    def forget_openings(self) -> None:
        """Forget what was opened: it is committed with the action."""


@dataclass(slots=True, kw_only=True)
class Acting(Anonymous):
    """A signed-in worker who acts in one request, or a test."""

    viewer: Viewer
    keys: Keys
    page: str = ""
    session: str = field(default="", repr=False)
    """The id of the session, if the worker acts in a browser."""
    noted: set[UUID] = field(default_factory=set)
    """The records whose opening an action of this request has written."""

    @property
    def worker(self) -> UUID:
        """The worker who acts."""
        return self.viewer.worker

    def may(self, permission: str) -> bool:
        """Return True if the worker's role has the permission."""
        return permission in self.viewer.permissions

    def note_openings(self) -> None:
        """Write what was opened."""
        self.keys.note_openings(page=self.page, at=self.at, noted=self.noted)

    def forget_openings(self) -> None:
        """Forget what was opened: it is committed with the action."""
        self.noted.update(self.keys.opened)
        self.keys.forget_openings()


def acting(request: "StaffRequest") -> Acting:
    """Return the context of a request whose form may carry `{% form_id %}`."""
    return Acting(
        at=clock.now(),
        form_id=_submission_id(request),
        viewer=request.viewer,
        keys=request.keys,
        page=route_name(request),
        session=cookies_of(request).session,
        noted=request.__dict__.setdefault("noted_openings", set()),
    )


def route_name(request: HttpRequest) -> str:
    """Return the name of the route, which holds no id."""
    return (request.resolver_match.url_name if request.resolver_match else None) or ""


def _submission_id(request: "StaffRequest") -> UUID | None:
    """Return an id of this form with this content, or None for a form without an id.

    Sending the same form twice gives the same id. Going back and changing a word gives another
    one, so that nothing typed is lost. The key is the worker's, so the id says nothing about the
    content to anybody else.
    """
    if not request.POST.get(FORM_ID):
        return None
    fields = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    files = {name: [_file_digest(file) for file in uploads] for name, uploads in request.FILES.lists()}
    content = json.dumps([request.path, fields, files], sort_keys=True)
    return UUID(bytes=request.keys.form_digest(content.encode())[:16])


def _file_digest(file: "UploadedFile[Any]") -> str:
    content: bytes = file.read()
    file.seek(0)
    return kdf.digest(content).hex()
