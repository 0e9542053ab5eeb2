"""What surrounds every page: its headers, its refusals, its language, and what may be sent to it.

Settings put `PageHeaders` first and `Refusals` second in both doors. The public door has
`PublicLanguage` and `OwnFormsOnly` after them and nothing that reads or sets a cookie.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from suar.audit import actions as audit
from suar.audit.queries import REFUSED
from suar.core import clock
from suar.core.i18n import nearest
from suar.core.refusals import AuditFailed, Conflict, KeyNotTrusted, NotYours, Refused, TooBusy
from suar.website import error_pages, headers
from suar.website.rules import sent_from_own_page
from suar.website.site import is_public_door

View = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
POLICY = "Content-Security-Policy"
PUBLIC_BYTES, STAFF_BYTES = 2_500_000, 25_000_000
"""The most that is read of one request: a form, and on the staff door a directory file."""
FILES_BYTES = 40_000_000
"""The most that is read with files on the public door: more than is taken, so a page says so."""


class PageHeaders:
    """Sets the headers of the site on every response, also on errors and files."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.table = headers.PUBLIC if is_public_door() else headers.STAFF

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.table.items():
            response[name] = value
        if need := getattr(response, "needs", ""):
            response[POLICY] = headers.loosened(self.table[POLICY], need)
        response.headers.setdefault("Cache-Control", headers.NO_STORE)
        if request.is_secure():
            response["Strict-Transport-Security"] = headers.HSTS
        return response


class Refusals:
    """Turns refusals into the same page that an absent address shows.

    Whoever sends more than any page takes is refused before a byte of it is read: Django would
    write a file to the disk first, also for somebody whom nobody knows.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.most = PUBLIC_BYTES if is_public_door() else STAFF_BYTES
        self.most_with_files = FILES_BYTES if is_public_door() else STAFF_BYTES

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.META.get("CONTENT_LENGTH") or "0"
        files = request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data")
        most = self.most_with_files if files else self.most
        if not sent.isdecimal() or int(sent) > most:
            return error_pages.bad_request(request, RequestDataTooBig())
        response = self.get_response(request)
        if getattr(response, "audit_failed", False):
            with translation.override(response.get("Content-Language")):
                return error_pages.unwritten(request)
        if isinstance(response, HttpResponseNotAllowed):
            with translation.override(response.get("Content-Language")):
                return error_pages.wrong_method(request, response["Allow"])
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer the refusals that a view may raise; Django handles everything else."""
        if isinstance(error, NotYours | PermissionDenied):
            _keep_refusal(request)
            return error_pages.not_found(request)
        if isinstance(error, KeyNotTrusted):
            return error_pages.key_not_trusted(request)
        if isinstance(error, TooBusy):
            return error_pages.too_busy(request, retry_after_s=error.retry_after_s)
        if isinstance(error, AuditFailed):
            return error_pages.unwritten(request)
        if isinstance(error, Conflict):
            return error_pages.changed_meanwhile(request)
        if isinstance(error, Refused):
            return error_pages.refused(request)
        return None


def _keep_refusal(request: HttpRequest) -> None:
    """Keep who asked in vain for which page, for the privacy officer: the page's name, no id.

    An id would stand in the list of who opened a record, where a stranger's try means nothing.
    """
    viewer = getattr(request, "viewer", None)
    if viewer is not None and request.resolver_match:
        page = request.resolver_match.url_name or ""
        audit.record(REFUSED, by=viewer.worker, at=clock.now(), because=page)


class PublicLanguage:
    """Activates the language of the address, or the one that the browser prefers."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        named = request.path_info[1:].partition("/")[0]
        known = named in dict(settings.LANGUAGES)
        language = named if known else _asked_for(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or language)
        if not known:
            patch_vary_headers(response, ["Accept-Language"])
        return response


class OwnFormsOnly:
    """Accepts posts only from pages of this host; all others get a 404.

    What only reads, and says so itself, may be asked from anywhere.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: object, kwargs: object) -> HttpResponse | None:
        """Look at what is sent before a view does."""
        if request.method in SAFE_METHODS or getattr(view, "only_reads", False):
            return None
        decision = sent_from_own_page(
            own=f"{request.scheme}://{request.get_host()}",
            origin=request.headers.get("Origin"),
            fetch_site=request.headers.get("Sec-Fetch-Site"),
            referrer=request.headers.get("Referer"),
        )
        return None if decision else error_pages.not_found(request)


def _asked_for(request: HttpRequest) -> str:
    # Django's own reader would look into cookies first; the public door has none.
    for wanted, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if found := nearest(str(wanted), tuple(code for code, _name in settings.LANGUAGES)):
            return found
    return str(settings.LANGUAGE_CODE)
