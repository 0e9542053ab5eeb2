"""docs/htcds.md accounts for every field, and what it names exists."""

import pytest

from suar.cases.htcds.mapping import FIELDS
from suar.records.documents import document_classes
from suar.records.models import Record
from tests.house.htcds import PAGE, page

NOT_DOCUMENTS = {"Organisation.name": "the name of the exporting organisation", "Record.status": "a plain column"}


def test_the_page_is_written_from_the_table() -> None:
    assert PAGE.read_text("utf-8") == page()
    assert all(f"`{name}`" in page() for name in FIELDS)


@pytest.mark.parametrize("into", sorted({field.into for field in FIELDS.values() if field.into}))
def test_what_a_field_fills_exists(into: str) -> None:
    documents = {kind.__name__: kind for kind in document_classes().values()}
    name, _, part = into.partition(".")
    assert into in NOT_DOCUMENTS or part in documents[name].model_fields
    assert Record._meta.get_field("status")
