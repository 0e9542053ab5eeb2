"""Addresses of the staff door: each stage brings its own."""

from importlib.util import find_spec

from django.urls import include, path

from suar.accounts.gate import open_to_all
from suar.doors import assets, leaving

STAGES = ("accounts", "directory", "exchange", "screening", "consent", "referral", "cases", "voice")

handler400 = "suar.doors.stopped.bad_request"
handler403 = "suar.doors.stopped.not_found"
handler404 = "suar.doors.stopped.not_found"
handler500 = "suar.doors.stopped.broken"

urlpatterns = [
    path("weather", open_to_all(leaving.exit_page), name="exit"),
    path("weather/sun.svg", open_to_all(leaving.exit_picture), name="exit_picture"),
    path("assets/<str:mark>/<path:name>", open_to_all(assets.serve), name="asset"),
    path("", include("suar.doors.booklets.urls")),
    path("", include("suar.doors.recordings.urls")),
    path("", include("suar.doors.words.urls")),
    *(
        path("", include(f"suar.{stage}.urls"))
        for stage in STAGES
        if find_spec(f"suar.{stage}.urls")
    ),
]
