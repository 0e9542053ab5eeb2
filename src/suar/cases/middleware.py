"""Middleware that deletes the draft of a form that was saved."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from suar.cases import drafts


class ForgetDrafts:
    """Delete the draft of a form after a redirect, the response to a saved form; a refused form keeps its draft."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        keys, match = getattr(request, "keys", None), request.resolver_match
        record = match.kwargs.get("record") if match else None
        if keys and record and response.status_code == 302 and drafts.FIELD in request.POST:
            drafts.delete_draft(record, request.POST[drafts.FIELD], keys=keys)
        return response
