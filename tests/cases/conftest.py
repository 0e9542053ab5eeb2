"""The cast at work."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from suar.cases.models import Case
from suar.demo.cast import Cast
from tests.cast import amina, ben, cast, chioma, dan, esi, handover, world  # noqa: F401 - fixtures
from tests.people import agreed, sent


@pytest.fixture
def case(cast: Cast, amina: Any, chioma: Client) -> UUID:  # noqa: F811 - fixtures
    """Return the case that Chioma opened; Kartika leads her team and Jaya works in it."""
    asked = sent(amina, agreed(amina, cast.ben), cast.ben).referral
    chioma.post(reverse("accept_referral", args=[asked]))
    found: UUID = Case.objects.get().record
    return found
