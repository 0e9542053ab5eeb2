"""The safety plan: what warns the person, what they do then, and what they carry with them."""

from datetime import datetime
from uuid import UUID

from suar.cases.codes import SafetyCopy
from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment


class SafetyPlanFacts(Part):
    """A safety plan in the words of the person; nothing of it is required. `pocket` is all that the small copy says."""

    warning_signs: str = ""
    what_to_do: str = ""
    safe_places: str = ""
    whom_to_call: str = ""
    code_word: str = ""
    to_carry: str = ""
    children: str = ""
    digital: str = ""
    digital_steps: tuple[str, ...] = ()
    copy_for_person: SafetyCopy = SafetyCopy.NONE
    pocket: str = ""


class SafetyPlanVersion(Part):
    """A safety plan as it was agreed: by whom it was written down, and when."""

    facts: SafetyPlanFacts
    by: UUID
    at: datetime


class SafetyPlan(Document):
    """Every version of the safety plan, oldest first."""

    storage = Storage(
        Compartment.NARRATIVE,
        "safety_plan",
        purpose="what warns the person and what they do then: safe places, whom to call, a code word, children, phone;"
        " which copy they carry; earlier versions stay",
    )
    versions: tuple[SafetyPlanVersion, ...] = ()
