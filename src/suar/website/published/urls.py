"""Addresses of a static copy: those of the public site, and lists in place of searches."""

from django.conf import settings
from django.urls import include, path

from suar.website import public_urls
from suar.website.published import views
from suar.website.views import reading

handler400, handler403 = public_urls.handler400, public_urls.handler403
handler404, handler500 = public_urls.handler404, public_urls.handler500

in_a_language = [
    path("read/0", reading.check),
    path("keep", views.store_pages),
    path("away", views.not_stored),
    path("absent", views.missing_page),
    path("n/<int:need>", views.show_need),
    path("p/<str:place>", views.show_place),
    path("l/<str:place>/<int:need>/<int:page>", views.show_list),
]

urlpatterns = [
    *(path(f"{code}/", include(in_a_language)) for code, _name in settings.LANGUAGES),
    *public_urls.urlpatterns,
]
