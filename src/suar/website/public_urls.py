"""Addresses of the public site. Searches are posted to the root, so no address reveals what was searched."""

from django.conf import settings
from django.urls import include, path

from suar.hsds.api import views as interface
from suar.website.views import public, reading

handler400 = "suar.website.error_pages.bad_request"
handler403 = "suar.website.error_pages.absent_page"
handler404 = "suar.website.error_pages.absent_page"
handler500 = "suar.website.error_pages.server_error"

in_a_language = [
    path("", public.home, name="home"),
    path("about", reading.about, name="about"),
    path("read/<int:number>", reading.read, name="read"),
    path("others", reading.others, name="others"),
    path("changed", reading.changes, name="changed"),
    path("phone", reading.phone, name="phone"),
    path("s/<uuid:service>", public.service, name="service"),
    path("booklets", reading.list_booklets, name="public_booklets"),
    path("weather", reading.exit_page),
    path("listen/<uuid:recording>", reading.listen, name="listen"),
    path("booklets/<uuid:edition>/<slug:form>", reading.download_booklet, name="download_booklet"),
]

urlpatterns = [
    path("", public.start, name="start"),
    path("hsds", interface.about),
    path("hsds/", include("suar.hsds.api.urls")),
    path("weather", reading.exit_page, name="exit"),
    path("weather/sun.svg", reading.exit_picture, name="exit_picture"),
    path("sitemap.xml", reading.sitemap, name="sitemap"),
    *(path(f"{code}/", include(in_a_language)) for code, _name in settings.LANGUAGES),
]
