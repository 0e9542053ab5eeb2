"""Addresses of the site that serves files of strangers to staff, on a host name of its own."""

from django.urls import path

from suar.contact.file_links import show_file

urlpatterns = [
    path("f/<str:token>", show_file, name="linked_file"),
    path("f/<str:token>/saved", show_file, {"save": True}, name="linked_file_saved"),
]
