"""Uploaded files: in memory only, and never more of one than any page accepts.

A file of a person must not be on the disk unencrypted, not even for a moment: Django would write
a larger one into a folder for temporary files. Of a file that is too large only its size is kept;
the rest of the form is read, so that the page can say which file it was.
"""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from suar.contact.rules.files import MOST_AT_ONCE, MOST_BYTES
from suar.website.site import is_public_site

STAFF_BYTES = 25_000_000
"""The largest file of the staff site: a directory."""


class InMemory(FileUploadHandler):
    """Stores files in memory; of one that is too large, only how large it was."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.most = MOST_BYTES if is_public_site() else STAFF_BYTES
        self.files = 0
        self.chunks: list[bytes] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.files += 1
        self.size, self.chunks = 0, []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Store a chunk; drop everything if the file is too large or one too many."""
        self.size += len(raw_data)
        if self.size > self.most or self.files > MOST_AT_ONCE:
            self.chunks = []
        else:
            self.chunks.append(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the file with its original size."""
        content = BytesIO(b"".join(self.chunks))
        return InMemoryUploadedFile(
            content, self.field_name, self.file_name, self.content_type, file_size, self.charset
        )
