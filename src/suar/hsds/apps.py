"""Exchange with other systems as a Django application."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "suar.hsds"
    label = "exchange"
