"""Addresses of the public site. Searches are posted to the root, so no address says what was searched."""

from django.conf import settings
from django.urls import include, path

from suar.hsds.api import views as interface
from suar.website import sitemap
from suar.website.views import booklets, find_help, pages, quick_exit, recordings

handler400 = "suar.website.error_pages.bad_request"
handler403 = "suar.website.error_pages.not_found"
handler404 = "suar.website.error_pages.not_found"
handler500 = "suar.website.error_pages.broken"

in_a_language = [
    path("", find_help.home, name="home"),
    path("about", pages.about, name="about"),
    path("read/<int:number>", pages.read, name="read"),
    path("others", pages.others, name="others"),
    path("changed", pages.changed, name="changed"),
    path("phone", pages.phone, name="phone"),
    path("s/<uuid:service>", find_help.service, name="service"),
    path("booklets", booklets.list_booklets, name="booklets_offered"),
    path("listen/<uuid:recording>", recordings.listen, name="listen"),
    path("booklets/<uuid:edition>/<slug:form>", booklets.download_booklet, name="take_booklet"),
]

urlpatterns = [
    path("", find_help.start, name="start"),
    path("hsds", interface.about),
    path("hsds/", include("suar.hsds.api.urls")),
    path("weather", quick_exit.exit_page, name="exit"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("weather/sun.svg", quick_exit.exit_picture, name="exit_picture"),
    *(path(f"{code}/", include(in_a_language)) for code, _ in settings.LANGUAGES),
]
