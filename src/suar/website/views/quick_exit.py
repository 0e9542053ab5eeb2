"""The neutral page to which everybody leaves; it says nothing of this site."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

PICTURE = "website/pictures/sun.svg"


@require_safe
def exit_page(request: HttpRequest) -> HttpResponse:
    """Show how to read the sky."""
    response = render(request, "website/exit.html")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def exit_picture(request: HttpRequest) -> HttpResponse:
    """Send the picture of the neutral page, and with it the order to forget our other pages.

    A browser may keep whole pages ready for its Back button. Emptying that store can take a
    browser longer than leaving may take, so the picture asks for it and not the page.
    """
    file = Path(str(finders.find(PICTURE)))
    response = HttpResponse(file.read_bytes(), content_type="image/svg+xml")
    response["Clear-Site-Data"] = '"cache"'
    return response
