"""Files that come with a form: held in memory only, and never more of one than any page takes.

A file of a person must not lie on the disk in clear, not even for the moment in which it is read:
Django would write a larger one into a folder for temporary files. Of one that is too large
nothing is held; what came beside it is read, so that the page can say which file it was.
"""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from suar.contact.documents import UploadedFile
from suar.contact.rules.files import MOST_AT_ONCE, MOST_BYTES
from suar.website.site import is_public_door

STAFF_BYTES = 25_000_000
"""The largest file of the staff door: a directory."""


class InMemory(FileUploadHandler):
    """Holds files in memory; of one that is too large, only how large it was."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.most = MOST_BYTES if is_public_door() else STAFF_BYTES
        self.seen = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.seen += 1
        self.size, self.parts = 0, []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Store a chunk; drop everything if the file is too large or one too many."""
        self.size += len(raw_data)
        if self.size > self.most or self.seen > MOST_AT_ONCE:
            self.parts = []
        else:
            self.parts.append(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the file with its original size."""
        held = BytesIO(b"".join(self.parts))
        return InMemoryUploadedFile(held, self.field_name, self.file_name, self.content_type, file_size, self.charset)


def brought(request: HttpRequest) -> list[UploadedFile]:
    """Return the uploaded files."""
    return [UploadedFile(each.name or "", each.size or 0, each.read()) for each in request.FILES.getlist("files")]
