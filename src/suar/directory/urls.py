"""Addresses of the directory on the staff door."""

from django.urls import path

from suar.directory import views

urlpatterns = [
    path("directory", views.entries, name="directory"),
    path("directory/<uuid:service>", views.entry, name="directory_entry"),
    path("directory/<uuid:service>/confirm", views.confirm, name="confirm_entry"),
]
