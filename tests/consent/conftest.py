"""The cast at work."""

from tests.cast import amina, ben, cast, chioma, dan, esi, handover, world  # noqa: F401 - fixtures
