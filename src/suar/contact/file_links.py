"""The page behind a single-use address: a file of a letter or of a record, on the site that serves files."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from suar.contact import letters
from suar.core import clock
from suar.core.files import downloads
from suar.core.files.kinds import FileKind, recognise
from suar.core.refusals import NotYours
from suar.records import file_links, files


def use_link(token: str, *, at: datetime) -> bytes:
    """Use an address up and return its file; raises NotYours if it is unknown, used or too old."""
    file, key = file_links.use_link(token, at=at)
    return files.open_file(file, key) if files.exists(file) else letters.open_file(file, key)


@require_GET
def show_file(request: HttpRequest, token: str, *, save: bool = False) -> HttpResponse:
    """Return the file of a single-use address: a picture to show unless `save`, anything else to save."""
    try:
        content = use_link(token, at=clock.now())
    except NotYours:
        return HttpResponse(_used_text(), status=404, content_type="text/plain; charset=utf-8")
    kind, extension = recognise(content)
    if kind is FileKind.PICTURE and not save:
        return downloads.show_picture(content)
    return downloads.save_file(content, extension=extension)


def _used_text() -> str:
    """Return what to do, in each staff language: no cookie says which one the reader uses."""
    lines = []
    for language in settings.SUAR_STAFF_LANGUAGES:
        with translation.override(language):
            lines.append(gettext("This address has been used or is too old. Open the file again from its page."))
    return "\n".join(lines)
