"""How the file of a booklet is sent, on either door."""

from django.http import HttpResponse

KIND = "application/pdf"


def sent(file: bytes, *, name: str) -> HttpResponse:
    """Send a PDF to be kept, under a name that says nothing of what stands in it."""
    response = HttpResponse(file, content_type=KIND)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
