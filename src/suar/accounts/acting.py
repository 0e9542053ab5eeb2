"""Actions that write, and who acts: one decorator for permission, lock, transaction, repeats and the audit entry.

    @act("add_note", needs=Permission.MANAGE_CASE)
    def add_note(record: OpenRecord, text: str, *, by: Acting) -> None:
        record.add(Note(...), by=by.worker, at=by.at)

A view calls it as `add_note(record, text, by=acting(request))`. The decorator

1. raises NotYours unless the role of the acting worker has the permission,
2. begins one transaction, and returns None at once if this form was submitted before,
3. locks the subject (the first argument, when it can be locked) and opens it again, so that the action decides on
   values that nobody can change meanwhile,
4. runs the action; a value that was overtaken raises Conflict (`record.put(..., expected=version)`),
5. writes the audit entry, and what was opened for it, in the same transaction.

An exception undoes all of it, the form id too, so that the form can be sent again. An action that
calls another one stays one transaction: both write an entry, and the subject is opened once.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, Protocol, Self, TypeVar, cast, overload, runtime_checkable
from uuid import UUID, uuid5

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpRequest

from suar.accounts.cookies import cookies_of
from suar.accounts.keys import Keys
from suar.accounts.roles import Viewer
from suar.audit import actions as audit
from suar.core import clock
from suar.core.refusals import NotYours
from suar.core.single_use import use_once
from suar.crypto import kdf

if TYPE_CHECKING:
    from suar.accounts.http import StaffRequest

FORM_ID = "form_id"
"""The hidden field of a form that is to be handled once."""
KEEP_FORMS = timedelta(days=2)
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(slots=True)
class AuditEntry:
    """The audit entry of the running action; the action may add ids and a reason code.

    An action that changed nothing sets `skip`.
    """

    verb: str
    about: list[UUID] = field(default_factory=list)
    because: str = ""
    skip: bool = False


@dataclass(slots=True, kw_only=True)
class Anonymous:
    """A job, a link holder or somebody who signs in: no permissions and no keys.

    An action sets `known_worker` once it knows who acts. `form_id` is None where sending twice does no harm.
    """

    at: datetime
    form_id: UUID | None = None
    known_worker: UUID | None = None
    running: list[AuditEntry] = field(default_factory=list)
    """The entries of the running actions, the outermost first."""
    locked: set[UUID] = field(default_factory=set)
    """The subjects that these actions have locked and opened again."""

    @property
    def worker(self) -> UUID | None:
        """The worker who acts, or None."""
        return self.known_worker

    @property
    def today(self) -> date:
        """The day on which somebody acts."""
        return clock.local_date(self.at)

    @property
    def entry(self) -> AuditEntry:
        """The audit entry of the running action, to add ids and a reason code to."""
        return self.running[-1]

    def may(self, permission: str) -> bool:
        """Return True if the role of the acting worker has the permission."""
        return False

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


@runtime_checkable
class Subject(Protocol):
    """The object that an action changes, if it can be locked: a record, a referral, a provider."""

    id: UUID

    def lock(self, by: Any) -> Self:
        """Lock it until the transaction ends, and return it as it is now; raises NotYours without access."""


Lock = Callable[[Any], None]


@overload
def act(
    verb: str, *, needs: str | None, once: Literal[False], lock_first: Lock | None = None
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]: ...
@overload
def act(
    verb: str, *, needs: str | None, lock_first: Lock | None = None
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result | None]]: ...
def act(verb: str, *, needs: str | None, once: bool = True, lock_first: Lock | None = None) -> Any:
    """Make a function an action with this verb of the audit log and this permission.

    The function takes `by`, who acts. `needs` is None only for jobs and for sites without an account.
    A form that was already submitted does nothing, and the result is None. With `once=False` the action runs again,
    for pages that show a secret one time only. `lock_first` is called before the subject is locked. It takes the
    locks that another action takes first, so that the two cannot deadlock.
    """

    def decorate(action: Callable[Arguments, Result]) -> Callable[Arguments, Result | None]:
        @wraps(action)
        def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result | None:
            by = cast(Anonymous, kwargs["by"])
            if needs is not None and not by.may(needs):
                raise NotYours
            if by.running:
                with transaction.atomic(savepoint=False):
                    return _run(action, AuditEntry(verb), args, kwargs, once=once)[0]
            is_outermost = _is_outermost()
            try:
                with transaction.atomic(), audit.one_batch():
                    if lock_first:
                        lock_first(args[0])
                    result, written = _run(action, AuditEntry(verb), args, kwargs, once=once)
                    if written and is_outermost:
                        by.note_openings()
            finally:
                by.locked.clear()
            if written and is_outermost:
                by.forget_openings()
            return result

        return run

    return decorate


def _is_outermost() -> bool:
    """Return True if no transaction is open, so that the next one commits when its block ends.

    Inside a caller's transaction the middleware writes the openings, because the caller may still roll back.
    """
    blocks = connection.atomic_blocks
    return not blocks or getattr(blocks[-1], "_from_testcase", False)


def _run(
    action: Callable[..., Result], entry: AuditEntry, args: Any, kwargs: Any, *, once: bool
) -> tuple[Result | None, bool]:
    """Run the action and return its result, and whether its entry was written."""
    by: Anonymous = kwargs["by"]
    form_id = by.form_id if once and not by.running else None
    if form_id and use_once(uuid5(form_id, entry.verb).bytes, expires_at=by.at + KEEP_FORMS):
        return None, False
    subject, *rest = args or (None,)
    if isinstance(subject, Subject):
        entry.about.append(subject.id)
        if subject.id not in by.locked:
            args = (subject.lock(by), *rest)
            by.locked.add(subject.id)
    by.running.append(entry)
    try:
        result = action(*args, **kwargs)
    finally:
        by.running.pop()
    if not entry.skip:
        audit.record(entry.verb, by=by.worker, at=by.at, about=entry.about, because=entry.because)
    return result, not entry.skip
