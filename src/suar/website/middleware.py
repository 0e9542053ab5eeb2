"""Middleware of the sites: headers, error pages, language, and limits on what may be sent.

Settings put `PageHeaders` first and `Refusals` second on both sites with pages. The public site has
`PublicLanguage` and `OwnFormsOnly` after them and nothing that reads or sets a cookie. The site for files has
`PageHeaders` alone.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from suar.accounts import alarms
from suar.audit import actions as audit
from suar.audit.queries import REFUSED
from suar.core import clock
from suar.core.i18n import accepted_language
from suar.core.refusals import AuditFailed, Conflict, KeyNotTrusted, NotYours, Refused, TooBusy
from suar.website import headers
from suar.website.error_pages import absent_page, bad_request, error_page
from suar.website.rules import sent_from_own_page
from suar.website.site import is_files_site, is_public_site

View = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
PUBLIC_BYTES, STAFF_BYTES = 2_500_000, 25_000_000
"""The largest request: a form, and on the staff site a directory file."""
FILES_BYTES = 40_000_000
"""The largest request with files on the public site: more than is accepted, so that a page can say so."""
RETRY_AUDIT_S = 60
RETRY_LOOKUPS_S = 3600
REFUSALS = {KeyNotTrusted: "key_not_trusted", Conflict: "changed_meanwhile", Refused: "refused"}


class PageHeaders(MiddlewareMixin):
    """Sets the headers of the site on every response, also on errors and files."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Set the headers."""
        own = headers.FILES if is_files_site() else headers.PUBLIC if is_public_site() else headers.STAFF
        for name, value in own.items():
            response[name] = value
        response[headers.POLICY] = headers.policy_for(
            response[headers.POLICY], getattr(response, "policy_exception", "")
        )
        response.headers.setdefault("Cache-Control", headers.NO_STORE)
        if request.is_secure():
            response["Strict-Transport-Security"] = headers.HSTS
        return response


class Refusals(MiddlewareMixin):
    """Turns exceptions of views into error pages.

    A request that is too large is refused before it is read: Django would first write uploads to the disk, even of
    anonymous visitors.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Refuse a request that is too large."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        with_files = request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data")
        most = (FILES_BYTES if with_files else PUBLIC_BYTES) if is_public_site() else STAFF_BYTES
        too_large = not length.isdecimal() or int(length) > most
        return bad_request(request, RequestDataTooBig()) if too_large else None

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Replace the responses of a failed audit and of a wrong method."""
        with translation.override(response.get("Content-Language")):
            if getattr(response, "audit_failed", False):
                return error_page(request, "audit_failed", Retry_After=RETRY_AUDIT_S)
            if getattr(response, "budget_spent", False):
                return error_page(request, "budget_spent", Retry_After=RETRY_LOOKUPS_S)
            if isinstance(response, HttpResponseNotAllowed):
                return error_page(request, "method", Allow=response["Allow"])
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer the refusals that a view may raise; Django handles everything else."""
        if isinstance(error, NotYours | PermissionDenied):
            if _record_refusal(request):
                return absent_page(request)
            return error_page(request, "too_often", Retry_After=RETRY_LOOKUPS_S)
        if isinstance(error, TooBusy):
            return error_page(request, "busy", Retry_After=error.retry_after_s)
        if isinstance(error, AuditFailed):
            return error_page(request, "audit_failed", Retry_After=RETRY_AUDIT_S)
        reason = next((reason for kind, reason in REFUSALS.items() if isinstance(error, kind)), "")
        return error_page(request, reason) if reason else None


def _record_refusal(request: HttpRequest) -> bool:
    """Record for the privacy officer that a worker was refused a page: its URL name, without an id.

    With an id the attempt would appear in the access list of a record. Return False, and record nothing, if the
    worker exceeded the limit.
    """
    viewer, match, at = getattr(request, "viewer", None), request.resolver_match, clock.now()
    if viewer is None or match is None:
        return True
    if not alarms.count_lookup(viewer.worker, at=at):
        return False
    audit.record(REFUSED, by=viewer.worker, at=at, because=match.url_name or "")
    return True


class PublicLanguage:
    """Activates the language of the address, or the one that the browser prefers."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        first = request.path_info[1:].partition("/")[0]
        in_address = first in dict(settings.LANGUAGES)
        preferred = _preferred_language(request)
        # The quick exit leads to a page in the language of the browser.
        request.preferred_language = preferred  # type: ignore[attr-defined]  # a field that Django's class lacks
        language = first if in_address else preferred
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or language)
        if not in_address:
            patch_vary_headers(response, ["Accept-Language"])
        return response


class OwnFormsOnly(MiddlewareMixin):
    """Accepts posts only from pages of this host, except for views that only read; all others get a 404."""

    def process_view(self, request: HttpRequest, view: View, args: object, kwargs: object) -> HttpResponse | None:
        """Check the origin before the view runs."""
        if request.method in SAFE_METHODS or getattr(view, "only_reads", False):
            return None
        decision = sent_from_own_page(
            own=f"{request.scheme}://{request.get_host()}",
            origin=request.headers.get("Origin"),
            fetch_site=request.headers.get("Sec-Fetch-Site"),
            referrer=request.headers.get("Referer"),
        )
        return None if decision else absent_page(request)


def _preferred_language(request: HttpRequest) -> str:
    # Django's own function would read cookies first; the public site has none.
    return accepted_language(request, dict(settings.LANGUAGES)) or str(settings.LANGUAGE_CODE)
