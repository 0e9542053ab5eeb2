"""The printed directory as a Django application."""

from django.apps import AppConfig


class BookletsConfig(AppConfig):
    name = "suar.booklets"
    label = "booklets"
