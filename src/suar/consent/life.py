"""Limits of contact: none after a death, and none while a person is missing."""

from suar.consent.documents import LifeStatus
from suar.core.refusals import Refused
from suar.core.workflow import Workflow, workflow
from suar.records.keyring import OpenRecord

OPEN, MISSING, DIED = "OPEN", "MISSING", "DIED"
REFUSALS = {MISSING: "person_missing", DIED: "person_died"}
"""The reason for refusing a contact, by state."""
TABLE: Workflow = workflow("consent", "life")


def life_state(record: OpenRecord) -> str:
    """Return the state of data/life.json; without the narrative a reader sees no act, so it is OPEN."""
    status = record.get(LifeStatus) if record.may(LifeStatus.storage.compartment) else None
    return TABLE.derive(status.entries) if status else OPEN


def check_contact(record: OpenRecord) -> None:
    """Raise Refused when the person died or is missing.

    Source: docs/decisions/cases.md.
    """
    state = life_state(record)
    if state in REFUSALS:
        raise Refused(REFUSALS[state])
