"""URLs of the API, under /hsds/ of the public site."""

from django.urls import path

from suar.hsds.api import views
from suar.hsds.api.parameters import Kind

urlpatterns = [
    path("", views.about, name="hsds"),
    path("openapi.json", views.openapi_document, name="hsds_openapi"),
    path("profile", views.our_profile, name="hsds_profile"),
    path("datapackage.zip", views.data_package, name="hsds_datapackage"),
    *(path(kind, views.object_list, {"kind": kind}, name=f"hsds_{kind}") for kind in Kind),
    *(path(f"{kind}/<uuid:ident>", views.object_detail, {"kind": kind}) for kind in Kind),
    path("<path:rest>", views.unknown_url),
]
