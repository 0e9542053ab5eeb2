"""Who acts: the context that every action of a signed-in worker takes as `by`; see `core.acts`."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from suar.accounts.access_log import forget_openings, note_openings, route_name
from suar.accounts.http import StaffRequest
from suar.accounts.keys import Keys
from suar.accounts.roles import Viewer
from suar.audit import actions as audit
from suar.core import clock
from suar.core.acts import AuditEntry
from suar.crypto import kdf

FORM_ID = "form_id"
"""The hidden field of a form that is to be handled once."""


@dataclass(slots=True)
class Acting:
    """A worker who acts in one request; `form_id` is None where sending twice does no harm."""

    viewer: Viewer
    keys: Keys
    at: datetime
    form_id: UUID | None = None
    page: str = ""
    running: list[AuditEntry] = field(default_factory=list)
    locked: set[UUID] = field(default_factory=set)

    @property
    def worker(self) -> UUID:
        """The worker who acts."""
        return self.viewer.worker

    @property
    def entry(self) -> AuditEntry:
        """The audit entry of the running action, to add ids and a reason code to."""
        return self.running[-1]

    def may(self, permission: str) -> bool:
        """Return True if the worker's role has the permission."""
        return permission in self.viewer.permissions

    def write_entry(self, entry: AuditEntry) -> None:
        """Write the entry of an action."""
        audit.record(entry.verb, by=self.worker, at=self.at, about=entry.about, because=entry.because)

    def note_openings(self) -> None:
        """Write what was opened."""
        note_openings(self.keys, page=self.page, at=self.at)

    def forget_openings(self) -> None:
        """Forget what was opened: it is committed with the action."""
        forget_openings(self.keys)


@dataclass(slots=True)
class JobActing:
    """A job that acts without a worker, and so without permissions and keys."""

    at: datetime
    form_id: None = None
    running: list[AuditEntry] = field(default_factory=list)
    locked: set[UUID] = field(default_factory=set)
    worker: None = None

    @property
    def entry(self) -> AuditEntry:
        """The audit entry of the running action."""
        return self.running[-1]

    def may(self, permission: str) -> bool:
        """Return False: a job has no role."""
        return False

    def write_entry(self, entry: AuditEntry) -> None:
        """Write the entry of an action."""
        audit.record(entry.verb, by=None, at=self.at, about=entry.about, because=entry.because)

    def note_openings(self) -> None:
        """Do nothing: a job opens nothing."""

    def forget_openings(self) -> None:
        """Do nothing: a job opens nothing."""


def acting(request: StaffRequest) -> Acting:
    """Return the context of a request whose form may carry `{% form_id %}`."""
    form_id, page = _submission_id(request), route_name(request)
    return Acting(request.viewer, request.keys, clock.now(), form_id=form_id, page=page)


def _submission_id(request: StaffRequest) -> UUID | None:
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
