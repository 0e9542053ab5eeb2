"""The stored form of an uploaded file: checked by content, scanned and redrawn."""

from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from suar.core.files import clamav, redrawing
from suar.core.files.clamav import Scan
from suar.core.files.kinds import FileKind, may_be_uploaded, recognise
from suar.core.refusals import Refused


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file drawn or encoded anew; a PDF has a picture of its first page. `original` is as it came."""

    kind: FileKind
    content: bytes = field(repr=False)
    original: bytes = field(repr=False)
    first_page: bytes = field(default=b"", repr=False)
    scanned: bool = False


def clean_file(upload: "UploadedFile[Any]") -> CleanFile:
    """Return the cleaned file of an upload; raises Refused with the reason, and TooBusy.

    Source: security.md B23; docs/decisions/files-of-strangers.md.
    """
    original, size = upload.read(), upload.size or 0
    kind, _ = recognise(original)
    # A file that is far too large arrives without its content.
    decision = may_be_uploaded(size, kind if original else FileKind.PAPER)
    if not decision or kind is None:
        raise Refused(decision.because)
    scan = clamav.scan(original)
    if scan is Scan.HARMFUL:
        raise Refused("harmful")
    content = redrawing.redraw(original)
    first_page = redrawing.draw_first_page(content) if kind is FileKind.PAPER else b""
    return CleanFile(kind, content, original, first_page, scan is Scan.CLEAN)
