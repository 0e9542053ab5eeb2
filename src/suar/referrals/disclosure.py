"""From a person's record to what is shared: each field's value, and the preview without identity.

The document of each field is declared where the document is defined (`shareable`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from suar.consent.codes import Field
from suar.consent.documents import Contact
from suar.core.urgency import Urgency
from suar.records.documents import shareable_fields
from suar.records.keyring import OpenRecord
from suar.referrals import rules
from suar.referrals.needs import service_types

Preview = Mapping[str, Any]


def known_values(record: OpenRecord) -> dict[Field, str]:
    """Return every field that could be shared, with its value as the receiver would read it."""
    values = {field: _value(record, field) for field in Field}
    contact = record.get(Contact)
    if values[Field.SAFE_CONTACT] and contact and contact.hours:
        values[Field.SAFE_CONTACT] += f" ({contact.hours})"
    return {field: value for field, value in values.items() if value}


def shared_values(record: OpenRecord, fields: Iterable[Field], *, types: Iterable[str]) -> dict[str, str]:
    """Return exactly the consented fields that are known; needs only of this service."""
    wanted = set(fields)
    values = {field.value: value for field, value in known_values(record).items() if field in wanted}
    if Field.NEEDS in values:
        values[Field.NEEDS] = ", ".join(sorted(types))
    return values


def preview(record: OpenRecord, fields: Iterable[Field], *, types: Iterable[str], urgency: Urgency) -> dict[str, Any]:
    """Return what a receiver sees before accepting: the consented fields without identity.

    Never a name, a contact or a place; the needs only if the person wants them shared.
    """
    allowed = rules.WITHOUT_IDENTITY & set(fields)
    values = known_values(record)
    visible: dict[str, Any] = {
        field.value: values[field] for field in sorted(allowed - {Field.NEEDS}) if field in values
    }
    if Field.NEEDS in allowed:
        visible[Field.NEEDS.value] = [{"service_type": code, "urgency": urgency.value} for code in sorted(types)]
    return visible


def _value(record: OpenRecord, field: Field) -> str:
    if field is Field.NEEDS:
        return ", ".join(sorted(set(service_types(record))))
    [(kind, name)] = shareable_fields()[field]
    document = record.get(kind)
    value = getattr(document, name) if document else None
    return str(value) if value else ""
