"""Addresses of the printed directory on the staff site."""

from django.urls import path

from suar.website.print import views

urlpatterns = [
    path("directory/booklets", views.list_editions, name="booklets"),
    path("directory/booklets/<uuid:edition>", views.show_edition, name="booklet"),
    path("directory/booklets/<uuid:edition>/<slug:form>", views.download, name="booklet_file"),
]
