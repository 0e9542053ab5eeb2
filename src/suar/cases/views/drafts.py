"""The endpoint to which the script of a form sends its draft."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import drafts
from suar.core.refusals import NotYours
from suar.records import keyring
from suar.records.queries import PEOPLE
from suar.records.terms import Kind


@permission_required(Permission.SEE_RECORD, talk=None)
@require_POST
def save_draft(request: StaffRequest, record: UUID) -> HttpResponse:
    """Seal a draft, or forget it; *Leave now* sends it in the request that ends the session."""
    opened, form = keyring.open_record(record, keys=request.keys), request.POST.get(drafts.FIELD, "")
    if opened.facts.kind not in (*PEOPLE, Kind.TALK):
        raise NotYours
    if "discard" in request.POST:
        drafts.forget_draft(record, form, keys=request.keys)
        return HttpResponse(status=204)
    stored = drafts.save_draft(opened, form, dict(request.POST.lists()), by=acting(request))
    return HttpResponse(status=204 if stored else 413)
