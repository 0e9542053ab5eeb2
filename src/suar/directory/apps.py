"""The directory as a Django application."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "suar.directory"
    label = "directory"
