"""Single-use addresses of files, on an origin of their own: no cookie is sent there and none of our pages is there.

The staff site checks who asks and writes the opening to the audit log. It then sends the browser to an address that
opens once, within a minute. Its token is not stored, and the key of the file lies in the database under the
token. So neither a copy of the database nor a log of addresses opens a file. Nothing is decrypted before the address is
used.
Source: security.md 3.3 (either half alone is useless), B23; docs/decisions/files-of-strangers.md.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from suar.core.refusals import NotYours
from suar.crypto import kdf, values
from suar.records.models import FileLink

VALID_FOR, LABEL = timedelta(minutes=1), "single-use address of a file"


def make_link(file: UUID, key: bytes, *, at: datetime, save: bool = False) -> str:
    """Return an address that opens a file once, perhaps only to `save` it; `key` is that of the file."""
    token = kdf.new_token()
    FileLink.objects.filter(expires_at__lt=at).delete()
    sealed = values.wrap(kdf.subkey(token.encode(), purpose=LABEL), key, label=LABEL)
    FileLink.objects.create(digest=kdf.token_digest(token), file=file, sealed=sealed, expires_at=at + VALID_FOR)
    return f"{settings.SUAR_FILES_ORIGIN}/f/{token}{'/saved' if save else ''}"


def use_link(token: str, *, at: datetime) -> tuple[UUID, bytes]:
    """Use an address up and return the id and the key of its file; raises NotYours if it is unknown, used or too old.

    Of several requests at once only one gets the key. An unknown address takes no lock: anybody can ask for one.
    """
    rows = FileLink.objects.filter(digest=kdf.token_digest(token), expires_at__gte=at)
    link = rows.first()
    if link is None or not rows.delete()[0]:
        raise NotYours
    key = values.unwrap(kdf.subkey(token.encode(), purpose=LABEL), link.sealed, label=LABEL)
    return link.file, key
