"""PDF files as downloads."""

from django.http import HttpResponse


def send_pdf(file: bytes, *, name: str) -> HttpResponse:
    """Return a PDF as a download, under a name that reveals nothing of its content."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(file, content_type="application/pdf", headers=headers)
