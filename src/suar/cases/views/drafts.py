"""The endpoint to which the script of a form sends its draft."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import drafts
from suar.cases.views.person import open_person


@permission_required(Permission.SEE_RECORD)
@require_POST
def save_draft(request: StaffRequest, record: UUID) -> HttpResponse:
    """Seal a draft, or forget it; *Leave now* sends it in the request that ends the session."""
    opened, form = open_person(request, record), request.POST.get(drafts.FIELD, "")
    if "discard" in request.POST:
        drafts.forget_draft(record, form, keys=request.keys)
        return HttpResponse(status=204)
    stored = drafts.save_draft(opened, form, dict(request.POST.lists()), by=acting(request))
    return HttpResponse(status=204 if stored else 413)
