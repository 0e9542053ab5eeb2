"""A file that a person sent, as a response: to save, never to be shown as one of our pages."""

from django.http import HttpResponse
from django.template.response import TemplateResponse

FILE_ALONE, PICTURE_INSIDE, PICTURE_LINKED = "file", "picture inside", "picture of the site for files"


class FileAlone(HttpResponse):
    """A file. The header middleware reads `policy_exception`: no script, no address of ours."""

    policy_exception = FILE_ALONE


class PicturePage(TemplateResponse):
    """A page with a picture inside of itself."""

    policy_exception = PICTURE_INSIDE


def save_file(content: bytes, *, extension: str) -> HttpResponse:
    """Return a file under a name that says nothing, as bytes of no kind."""
    return _response(content, "application/octet-stream", f'attachment; filename="file.{extension}"')


def show_picture(content: bytes) -> HttpResponse:
    """Return a picture that was redrawn, for a page of ours to show."""
    return _response(content, "image/jpeg", "inline")


def _response(content: bytes, content_type: str, disposition: str) -> HttpResponse:
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return FileAlone(content, content_type=content_type, headers=headers)
