"""Names of kinds of help stand on the public door: they use none of its forbidden words."""

import pytest

from suar.directory import catalogue
from tests.website.test_words import UNKIND


@pytest.mark.parametrize("code", sorted(catalogue.types()))
def test_no_kind_of_help_is_named_by_what_somebody_is(code):
    words = catalogue.types()[code].labels.values()
    assert [said for said in words if UNKIND.search(said)] == []
