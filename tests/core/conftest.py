"""The cast."""

from tests.accounts.cast_fixtures import cast, gathered  # noqa: F401 - fixtures
