"""Files of strangers on an origin of their own, where no cookie is sent and none of our pages is.

The staff site checks who asks and writes the opening to the audit log. It then sends the browser to an address that
opens once, within a minute. Its token is not stored: the key of the file lies in the database under the token, so that
neither a copy of the database nor a log of addresses opens a file. Nothing is decrypted before the address is used.
Source: security.md 3.3 (either half alone is useless), B23; docs/decisions/files-of-strangers.md.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from suar.contact import downloads, letters
from suar.contact.documents import FileKind
from suar.contact.models import FileLink
from suar.contact.rules.files import recognise
from suar.core import clock
from suar.core.refusals import NotYours
from suar.crypto import kdf, values

VALID_FOR, LABEL = timedelta(minutes=1), "single-use address of a file"


def make_link(letter: UUID, key: bytes, *, at: datetime) -> str:
    """Return an address that opens a file once; `key` is that of the file."""
    token = kdf.new_token()
    FileLink.objects.filter(expires_at__lt=at).delete()
    sealed = values.wrap(kdf.subkey(token.encode(), purpose=LABEL), key, label=LABEL)
    FileLink.objects.create(digest=kdf.token_digest(token), letter=letter, sealed=sealed, expires_at=at + VALID_FOR)
    return f"{settings.SUAR_FILES_ORIGIN}/f/{token}"


def use_link(token: str, *, at: datetime) -> bytes:
    """Use an address up and return its file; raises NotYours if it is unknown, used or too old."""
    rows = FileLink.objects.filter(digest=kdf.token_digest(token), expires_at__gte=at)
    link = rows.first()
    # Of several at once only one deletes the row. An unknown address takes no lock: anybody can ask for one.
    if link is None or not rows.delete()[0]:
        raise NotYours
    key = values.unwrap(kdf.subkey(token.encode(), purpose=LABEL), link.sealed, label=LABEL)
    return letters.open_file(link.letter, key)


@require_GET
def show_file(request: HttpRequest, token: str) -> HttpResponse:
    """Return the file of a single-use address: a picture to show, anything else to save."""
    try:
        content = use_link(token, at=clock.now())
    except NotYours:
        return HttpResponse(_used_text(), status=404, content_type="text/plain; charset=utf-8")
    kind, extension = recognise(content)
    if kind is FileKind.PICTURE:
        return downloads.show_picture(content)
    return downloads.save_file(content, extension=extension)


def _used_text() -> str:
    """Say in each language of the staff what to do: no cookie names one."""
    lines = []
    for language in settings.SUAR_STAFF_LANGUAGES:
        with translation.override(language):
            lines.append(gettext("This address has been used or is too old. Open the file again from its letter."))
    return "\n".join(lines)
