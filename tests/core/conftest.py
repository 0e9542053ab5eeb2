"""The cast."""

from tests.accounts.gathering import cast, gathered  # noqa: F401 - fixtures
