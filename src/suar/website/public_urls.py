"""Addresses of the public door. What is looked for stays at the root; the rest says nothing."""

from django.conf import settings
from django.urls import include, path

from suar.hsds.api import views as interface
from suar.website import leaving, sitemap, views, views_booklets, views_reading
from suar.website.recordings import views_public as recordings

handler400 = "suar.website.stopped.bad_request"
handler403 = "suar.website.stopped.not_found"
handler404 = "suar.website.stopped.not_found"
handler500 = "suar.website.stopped.broken"

in_a_language = [
    path("", views.home, name="home"),
    path("about", views_reading.about, name="about"),
    path("read/<int:number>", views_reading.read, name="read"),
    path("others", views_reading.others, name="others"),
    path("changed", views_reading.changed, name="changed"),
    path("phone", views_reading.phone, name="phone"),
    path("s/<uuid:service>", views.service, name="service"),
    path("booklets", views_booklets.list_booklets, name="booklets_offered"),
    path("listen/<uuid:recording>", recordings.listen, name="listen"),
    path("booklets/<uuid:edition>/<slug:form>", views_booklets.download_booklet, name="take_booklet"),
]

urlpatterns = [
    path("", views.start, name="start"),
    path("hsds", interface.about),
    path("hsds/", include("suar.hsds.api.urls")),
    path("weather", leaving.exit_page, name="exit"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("weather/sun.svg", leaving.exit_picture, name="exit_picture"),
    *(path(f"{code}/", include(in_a_language)) for code, _ in settings.LANGUAGES),
]
