"""Tests of HSDS run on the same invented day as those of the directory."""

from typing import Any

import pytest
from django.conf import settings as configured

from tests.directory.conftest import on_the_day

__all__ = ["on_the_day"]


@pytest.fixture
def public_site(settings: Any) -> None:
    """Use the URLs and settings of the public site."""
    settings.ROOT_URLCONF = "suar.website.public_urls"
    settings.MIDDLEWARE = list(configured.MIDDLEWARE_PUBLIC)
