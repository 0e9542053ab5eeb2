"""Uploaded files: stored in memory only, up to the size that a page accepts.

A file of a person must not be on the disk unencrypted, not even for a moment: Django would write
a larger one into a folder for temporary files. For a file that is too large, only the size is stored.
The rest of the form is read, so that the page can name the file.
"""

from io import BytesIO
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler

from suar.contact.rules.files import MAX_FILES_AT_ONCE
from suar.core.files.kinds import MAX_FILE_BYTES
from suar.website.site import is_public_site

STAFF_BYTES = 25_000_000
"""The largest file of the staff site: a directory."""


class InMemory(MemoryFileUploadHandler):
    """Stores files of any size in memory, and drops the content of one that is too large or one too many."""

    files = 0

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Handle every request, whatever its size."""
        self.activated = True
        self.most = MAX_FILE_BYTES if is_public_site() else STAFF_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        self.files += 1
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Store a chunk, or drop the file."""
        if start + len(raw_data) > self.most or self.files > MAX_FILES_AT_ONCE:
            self.file = BytesIO()
        else:
            self.file.write(raw_data)
