"""Addresses of the staff site: its own, and those of each app."""

from django.urls import include, path

from suar.accounts.permissions import open_to_all
from suar.website.views import reading, staff

APPS = ("accounts", "directory", "hsds", "screening", "referrals", "cases", "contact", "feedback")

handler400 = "suar.website.error_pages.bad_request"
handler403 = "suar.website.error_pages.absent_page"
handler404 = "suar.website.error_pages.absent_page"
handler500 = "suar.website.error_pages.server_error"

urlpatterns = [
    path("weather", open_to_all(reading.exit_page), name="exit"),
    path("weather/sun.svg", open_to_all(reading.exit_picture), name="exit_picture"),
    path("directory/booklets", staff.list_editions, name="booklets"),
    path("directory/booklets/<uuid:edition>", staff.show_edition, name="booklet"),
    path("directory/booklets/<uuid:edition>/<slug:form>", staff.download_edition, name="booklet_file"),
    path("directory/recordings", staff.list_recordings, name="recordings"),
    path("directory/recordings/<uuid:recording>", staff.show_recording, name="recording"),
    path("directory/recordings/<uuid:recording>/sound", staff.play_recording, name="recording_sound"),
    *(path("", include(f"suar.{app}.urls")) for app in APPS),
]
