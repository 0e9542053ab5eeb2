"""Actions that write: one decorator for permission, lock, transaction, repeats and the audit entry.

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

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Literal, ParamSpec, Protocol, Self, TypeVar, cast, overload, runtime_checkable
from uuid import UUID, uuid5

from django.db import connection, transaction

from suar.core.refusals import NotYours
from suar.core.single_use import use_once

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


class ActContext(Protocol):
    """The actor, time and form of an action; `suar.accounts.acting` implements it."""

    at: datetime
    form_id: UUID | None
    """An id of the form and its content; None where sending it twice does no harm."""
    running: list[AuditEntry]
    """The entries of the running actions, the outermost first."""
    locked: set[UUID]
    """The subjects that these actions have locked and opened again."""

    @property
    def worker(self) -> UUID | None:
        """The worker who acts; None for a job."""

    def may(self, permission: str) -> bool:
        """Return True if the role of the acting worker has the permission."""

    def write_entry(self, entry: AuditEntry) -> None:
        """Write the entry in the caller's transaction."""

    def one_batch(self) -> AbstractContextManager[None]:
        """Return a block at whose end all its entries are written together."""

    def note_openings(self) -> None:
        """Write what was opened in the caller's transaction."""

    def forget_openings(self) -> None:
        """Forget what was opened: it is committed."""


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

    The function takes `by`, an ActContext. `needs` is None only for jobs and for sites without an account.
    A form that was already submitted does nothing, and the result is None. With `once=False` the action runs again,
    for pages that show a secret one time only. `lock_first` is called before the subject is locked. It takes the
    locks that another action takes first, so that the two cannot deadlock.
    """

    def decorate(action: Callable[Arguments, Result]) -> Callable[Arguments, Result | None]:
        @wraps(action)
        def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result | None:
            by = cast(ActContext, kwargs["by"])
            if needs is not None and not by.may(needs):
                raise NotYours
            if by.running:
                with transaction.atomic(savepoint=False):
                    return _run(action, AuditEntry(verb), args, kwargs, once=once)[0]
            is_outermost = _is_outermost()
            try:
                with transaction.atomic(), by.one_batch():
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
    by: ActContext = kwargs["by"]
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
        by.write_entry(entry)
    return result, not entry.skip
