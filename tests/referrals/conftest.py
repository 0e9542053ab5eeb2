"""Fixtures of the workers and the person in these tests."""

from tests.cast import amina, ben, cast, chioma, dan, esi, handover, world  # noqa: F401 - fixtures
