"""Values of an imported row that have no field in Suar, unchanged."""

from collections.abc import Mapping

from pydantic import Field

from suar.records.documents import Document, Storage
from suar.records.terms import Compartment


class ImportedValues(Document):
    """Values by the field of the standard, or by the name of a column that it does not have."""

    values: Mapping[str, str] = Field(default_factory=dict)


class ImportedIdentity(ImportedValues):
    """Imported values that say who the person is."""

    storage = Storage(
        Compartment.IDENTITY,
        "imported",
        purpose="imported values that say who the person is and have no other place; so that nothing of a file is lost",
    )


class ImportedWhereabouts(ImportedValues):
    """Imported values that lead to the person."""

    storage = Storage(
        Compartment.WHEREABOUTS,
        "imported",
        purpose="imported values that lead to the person and have no other place; so that nothing of a file is lost",
    )


class ImportedNarrative(ImportedValues):
    """All other imported values, and columns that the standard does not have."""

    storage = Storage(
        Compartment.NARRATIVE,
        "imported",
        purpose="all other imported values that have no other place, and unknown columns; so that nothing of a file is"
        " lost",
    )
