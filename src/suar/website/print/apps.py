"""The printed directory as a Django app; its label names the tables."""

from django.apps import AppConfig


class PrintConfig(AppConfig):
    name = "suar.website.print"
    label = "booklets"
