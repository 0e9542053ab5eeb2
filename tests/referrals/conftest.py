"""The cast at work."""

from tests.cast import amina, ben, cast, chioma, dan, esi, told, world  # noqa: F401 - fixtures
