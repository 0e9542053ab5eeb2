"""The largest size of an archive of a person's file. Pure."""

from suar.cases.codes import Because
from suar.cases.rules.attachments import LIMITS
from suar.core.decisions import Decision


def may_be_built(size_bytes: int) -> Decision:
    """Allow documents of an archive up to the limit: it is built in memory, and nothing of it is written to the disk.

    Source: own design, data/attachments.json.
    """
    if size_bytes > LIMITS["most_archive_bytes"]:
        return Decision.refuse(Because.ARCHIVE_TOO_LARGE)
    return Decision.allow()
