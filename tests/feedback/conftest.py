"""Fixtures of contact, for feedback as well."""

from tests.cast import cast, world  # noqa: F401 - fixtures
from tests.contact.conftest import asker, desk  # noqa: F401 - fixtures
from tests.website.conftest import public_site, visitor  # noqa: F401 - fixtures
