"""Addresses of the staff door: each stage brings its own."""

from importlib.util import find_spec

from django.urls import include, path

from suar.accounts.gate import open_to_all
from suar.website import leaving

STAGES = ("accounts", "directory", "hsds", "screening", "consent", "referrals", "cases", "contact", "feedback")

handler400 = "suar.website.stopped.bad_request"
handler403 = "suar.website.stopped.not_found"
handler404 = "suar.website.stopped.not_found"
handler500 = "suar.website.stopped.broken"

urlpatterns = [
    path("weather", open_to_all(leaving.exit_page), name="exit"),
    path("weather/sun.svg", open_to_all(leaving.exit_picture), name="exit_picture"),
    path("", include("suar.website.print.urls")),
    path("", include("suar.website.recordings.urls")),
    *(path("", include(f"suar.{stage}.urls")) for stage in STAGES if find_spec(f"suar.{stage}.urls")),
]
