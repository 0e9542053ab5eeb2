"""Addresses of the printed directory on the staff door."""

from django.urls import path

from suar.website.booklets import views

urlpatterns = [
    path("directory/booklets", views.booklets, name="booklets"),
    path("directory/booklets/<uuid:edition>", views.booklet, name="booklet"),
    path("directory/booklets/<uuid:edition>/<slug:form>", views.booklet_file, name="booklet_file"),
]
