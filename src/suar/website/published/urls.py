"""The addresses of the public door, and with them those that only a published copy has."""

from django.conf import settings
from django.urls import include, path

from suar.website import public_urls
from suar.website.published import views

handler400, handler403 = public_urls.handler400, public_urls.handler403
handler404, handler500 = public_urls.handler404, public_urls.handler500

in_a_language = [
    path("read/0", views.check),
    path("keep", views.keep),
    path("away", views.away),
    path("absent", views.absent),
    path("n/<int:need>", views.need),
    path("p/<str:place>", views.place),
    path("l/<str:place>/<int:need>/<int:number>", views.listed),
]

urlpatterns = [
    *(path(f"{code}/", include(in_a_language)) for code, _ in settings.LANGUAGES),
    *public_urls.urlpatterns,
]
