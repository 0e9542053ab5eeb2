"""Addresses of the staff door: each stage brings its own."""

from importlib.util import find_spec

from django.urls import include, path

STAGES = ("accounts", "directory", "exchange", "screening", "consent", "referral", "cases")

urlpatterns = [
    path("", include(f"suar.{stage}.urls")) for stage in STAGES if find_spec(f"suar.{stage}.urls")
]
