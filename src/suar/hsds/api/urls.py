"""Addresses of the interface for other systems, under the public site."""

from django.urls import path

from suar.hsds.api import views
from suar.hsds.api.parameters import Kind

urlpatterns = [
    path("", views.about, name="hsds"),
    path("openapi.json", views.described, name="hsds_openapi"),
    path("profile", views.our_profile, name="hsds_profile"),
    *(path(kind, views.listed, {"kind": kind}, name=f"hsds_{kind}") for kind in Kind),
    *(path(f"{kind}/<str:ident>", views.one, {"kind": kind}) for kind in Kind),
    path("<path:rest>", views.nothing),
]
