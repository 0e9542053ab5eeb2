"""The HSDS app; its label is that of an earlier version."""

from django.apps import AppConfig


class HsdsConfig(AppConfig):
    name = "suar.hsds"
    label = "exchange"
