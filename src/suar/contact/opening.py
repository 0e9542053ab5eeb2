"""Requests as their readers open them; what is opened is written to the audit log."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from suar.accounts.acting import Acting
from suar.accounts.keys import Keys
from suar.accounts.roles import Viewer
from suar.contact import letters, policy
from suar.contact.documents import FileFacts, LetterContent, LetterKind, RequestKind
from suar.contact.models import Letter, Request
from suar.contact.rules.letters import may_be_answered
from suar.core.refusals import Conflict, NotYours, get_or_refuse


@dataclass(slots=True)
class OpenRequest:
    """A request that one of its readers opened, oldest letter first; an action locks it and opens it again."""

    row: Request
    rows: list[Letter]
    """Every letter, also those that no key opens."""
    contents: list[LetterContent]

    @property
    def id(self) -> UUID:
        return self.row.id

    @property
    def letters(self) -> list[LetterContent]:
        """Return the opened letters without the way of contact."""
        return [content for content in self.contents if content.kind is not LetterKind.CONTACT]

    @property
    def files(self) -> list[tuple[LetterContent, FileFacts]]:
        """List the files; only their descriptions were opened."""
        return [
            (content, FileFacts.model_validate_json(content.words))
            for content in self.contents
            if content.kind is LetterKind.FILE
        ]

    @property
    def contact(self) -> LetterContent | None:
        """Return the newest way to reach the person; without words if none is safe any more."""
        return next((content for content in reversed(self.contents) if content.kind is LetterKind.CONTACT), None)

    @property
    def contact_locked(self) -> bool:
        """Return True if there is a newer way of contact that no key opens."""
        return self.row.contact != (self.contact and self.contact.id)

    @property
    def locked(self) -> int:
        """Count the letters that no key opens."""
        return len(self.rows) - len(self.contents)

    @property
    def version(self) -> str:
        """Name the letters that are there, so that a newer one is noticed."""
        return letters.version_of(row.id for row in self.rows)

    @property
    def no_answer(self) -> str:
        """Return the reason why no answer can be sent, or an empty string."""
        codes = {content.code for content in self.contents}
        return may_be_answered(stored=bytes(self.row.public or b""), sealed=codes).because

    @property
    def opened_all_unread(self) -> bool:
        """Return True if something was unread and all of it was opened."""
        since, opened = self.row.waits_since, {content.id for content in self.contents}
        unread = [row.id for row in self.rows if since and row.at >= since]
        return bool(unread) and opened.issuperset(unread)

    def check_version(self, version: str) -> None:
        """Raise Conflict if a newer letter came than a page showed."""
        if version != self.version:
            raise Conflict

    def lock(self, by: Acting) -> "OpenRequest":
        """Lock the request, and return it with the letters of now; raises NotYours if `by` may not read it."""
        return open_request(self.id, viewer=by.viewer, keys=by.keys, lock=True)


def open_request(request: UUID, *, viewer: Viewer, keys: Keys, lock: bool = False) -> OpenRequest:
    """Open a request that the viewer may read; raises NotYours. Letters that no key opens are left out."""
    row = _readable(request, viewer, lock=lock)
    keys.opened.append(row.id)
    return OpenRequest(row, *letters.open_letters(row.id, _boxes(keys)))


def open_file_key(request: UUID, letter: UUID, *, viewer: Viewer, keys: Keys) -> bytes:
    """Return the key of one file of a request that the viewer may read; raises NotYours if no key opens it."""
    _readable(request, viewer)
    _facts, key = letters.open_file_key(request, letter, _boxes(keys))
    keys.opened.append(request)
    return key


def _boxes(keys: Keys) -> letters.Boxes:
    return {key.id: partial(keys.pair, key.id) for key in keys.list_keys()}


def _readable(request: UUID, viewer: Viewer, *, lock: bool = False) -> Request:
    rows = Request.objects.filter(id=request)
    row = get_or_refuse(rows.select_for_update() if lock else rows)
    if not policy.may_read(viewer, kind=RequestKind(row.kind), team=row.team, organisation=row.organisation):
        raise NotYours
    return row
