"""Names of service types are public: they contain no rejected words."""

import pytest

from suar.directory import catalogue
from tests.website.test_words import UNKIND


@pytest.mark.parametrize("code", sorted(catalogue.types()))
def test_service_type_names_do_not_label_people(code):
    words = catalogue.types()[code].labels.values()
    assert [texts for texts in words if UNKIND.search(texts)] == []
