"""Documents of a record about a person, their consents and exclusions.

Here, below the apps that write and share them, stand the documents of a person: name, contact,
profile and what they said. Each field that can be shared with consent names its consent field.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import Field as Stored
from pydantic import field_serializer

from suar.consent.codes import AgeStatus, ContactRule, Field, HowGiven, Interpretation, Purpose, RecipientKind
from suar.consent.rules import ChildFacts, ConsentFacts, Exclusion, Proposal
from suar.core import clock
from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment

# The person


class Person(Document):
    """The name the person chooses, to call them by, and other names or spellings, to find them again; legal name and
    birth date only when a service cannot work without them.
    """

    storage = Storage(
        Compartment.IDENTITY,
        "person",
        shareable={"name": Field.CALLED_NAME, "legal_name": Field.LEGAL_NAME, "born": Field.BIRTH_DATE},
    )
    name: str = ""
    aliases: str = ""
    legal_name: str = ""
    born: date | None = None

    @property
    def names(self) -> list[str]:
        """The name and the other names, which are separated by commas; without empty ones."""
        return [name for name in map(str.strip, (self.name, *self.aliases.split(","))) if name]


class ImportedFrom(Document):
    """The name of the case in the file of another organisation; so that importing it twice makes no second record."""

    storage = Storage(Compartment.IDENTITY, "imported_from")
    case: str


class SafeContact(Document):
    """A number and hours that are safe, which ways are not and what to do if somebody else answers, the district and
    the present place; to reach the person without harm and to find help near them.
    """

    storage = Storage(Compartment.WHEREABOUTS, "contact", shareable={"phone": Field.SAFE_CONTACT, "place": Field.PLACE})
    phone: str = Stored(default="", validation_alias="number", serialization_alias="number")
    hours: str = ""
    district: str = ""
    place: str = ""
    no_calls: bool = False
    no_messages: bool = False
    no_visits: bool = False
    no_family: bool = False
    no_employer: bool = False
    no_offices: bool = False
    if_answered: str = ""

    @property
    def rules(self) -> tuple[ContactRule, ...]:
        """The ways in which the person must not be reached."""
        return tuple(rule for rule in ContactRule if getattr(self, rule.lower()))


class Profile(Document):
    """Age or age band, sex, language, papers, kind of exploitation, formal status, children who come along, by code; to
    find services that fit.
    """

    storage = Storage(
        Compartment.CODED,
        "profile",
        shareable={
            "age_band": Field.AGE_BAND,
            "sex": Field.SEX,
            "language": Field.LANGUAGE,
            "papers": Field.PAPERS,
            "form": Field.FORM,
            "formal": Field.STATUS,
        },
    )
    age: int | None = None
    age_band: str = ""
    age_status: AgeStatus | None = None
    sex: str = ""
    language: str = ""
    papers: str = ""
    form: str = ""
    formal: str = ""
    children: str = ""
    oldest_child: int | None = None


class Statement(Document):
    """One text in the words of the person or the worker."""

    text: str = ""


class Account(Statement):
    """The person's account, in their words and only if they wish it, so that they need not repeat it."""

    storage = Storage(Compartment.NARRATIVE, "words", shareable={"text": Field.NARRATIVE})


class Warnings(Statement):
    """Acts that must not be done, and people who must not know; to keep the person safe."""

    storage = Storage(Compartment.NARRATIVE, "do_not", shareable={"text": Field.RISK})


class Health(Statement):
    """Health, as the person describes it and wants a clinic to know; so that they need not repeat it."""

    storage = Storage(Compartment.NARRATIVE, "health", shareable={"text": Field.HEALTH})


class Family(Statement):
    """The family and dependants of the person, as they said; so that children and parents get help too."""

    storage = Storage(Compartment.NARRATIVE, "family", shareable={"text": Field.FAMILY})


class Wish(Statement):
    """Wishes of the person, in their words; so that help begins there."""

    storage = Storage(Compartment.NARRATIVE, "wish")


class LifeAct(Part):
    """A death or a disappearance that was recorded, or its end: when it happened, if known, and what is known."""

    verb: str
    actor: str
    by: UUID
    at: datetime
    on: date | None = None
    words: str = ""


class LifeStatus(Document):
    """Reports that the person died, is missing or was found, since when and what is known; so that nobody contacts
    them, and the family is not hurt by a call.

    They are acts of data/life.json, the oldest first.
    """

    storage = Storage(Compartment.NARRATIVE, "contact-status")
    entries: tuple[LifeAct, ...] = ()


class Task(Part):
    """One thing to be done for the person: its kind by code, in words if needed, by which day, and by whom.

    Without an `owner` it is for the worker of the person.
    """

    id: UUID
    kind: str
    text: str = ""
    due: date
    by: UUID
    at: datetime
    owner: UUID | None = None
    done_at: datetime | None = None
    done_by: UUID | None = None


class Tasks(Document):
    """Next steps for the person, open and done, and by when; so that nobody is forgotten."""

    storage = Storage(Compartment.NARRATIVE, "tasks")
    entries: tuple[Task, ...] = ()

    @property
    def open(self) -> list[Task]:
        """The tasks that are still to be done, soonest first."""
        return sorted((task for task in self.entries if not task.done_at), key=lambda task: task.due)


class SafetyReview(Document):
    """The day on which the safety plan is to be reviewed; so that it stays true.

    It stands beside the tasks, because lists read it.
    """

    storage = Storage(Compartment.NARRATIVE, "safety_review")
    on: date | None = None


# Earlier values of facts


class FactChange(Part):
    """One change of a fact: what it was before, who changed it and when. Empty: it was not known."""

    fact: str
    old: str = ""
    by: UUID
    at: datetime


class FactHistory(Document):
    """Changes of facts of one compartment, oldest first; sealed like the facts."""

    entries: tuple[FactChange, ...] = ()


class IdentityHistory(FactHistory):
    """Earlier names and birth dates, who changed them and when; so that a mistake can be seen and undone."""

    storage = Storage(Compartment.IDENTITY, "history")


class WhereaboutsHistory(FactHistory):
    """Earlier numbers, hours, places and unsafe ways, who changed them and when; so that a mistake can be seen and
    undone.
    """

    storage = Storage(Compartment.WHEREABOUTS, "history")


class NarrativeHistory(FactHistory):
    """Earlier wordings of facts, who changed them and when; so that a mistake can be seen and undone."""

    storage = Storage(Compartment.NARRATIVE, "history")


class CodedHistory(FactHistory):
    """Earlier codes of age, sex, language, papers, exploitation and status, who changed them and when; so that a
    mistake can be seen and undone.
    """

    storage = Storage(Compartment.CODED, "history")


class Contacted(Part):
    """The time at which a worker spoke to somebody about a need; their name is in `NeedContacts`."""

    at: datetime


class Need(Part):
    """A need by its type of service. `call_result`: tried, not_wanted or later, if the talk ended so."""

    id: str
    service_type: str
    urgency: Urgency
    at: datetime
    spoke_to: tuple[Contacted, ...] = ()
    call_result: str | None = None

    @property
    def unanswered(self) -> bool:
        """Return True while nobody was spoken to about a need for now or today."""
        return self.urgency in CANNOT_WAIT and not self.spoke_to


class Needs(Document):
    """Needs of the person by kind and urgency, and when the worker spoke to somebody; sent is not help."""

    storage = Storage(Compartment.CODED, "needs", shareable={"entries": Field.NEEDS})
    entries: tuple[Need, ...] = Stored(default=(), validation_alias="list", serialization_alias="list")


class NeedContact(Part):
    """Somebody to whom a worker spoke about a need."""

    need: str
    at: datetime
    whom: str


class NeedContacts(Document):
    """The people to whom workers spoke about urgent needs; a name may stand there, so it is not among the codes."""

    storage = Storage(Compartment.NARRATIVE, "spoken")
    entries: tuple[NeedContact, ...] = Stored(default=(), validation_alias="list", serialization_alias="list")


# Consents


class Narrowed(Part):
    """A consent before it was narrowed."""

    fields: tuple[Field, ...]
    ends_on: date
    by: UUID
    at: datetime


class Consent(Document):
    """One consent: recipient, purpose, fields, end, how it was given, the sentence that was read; what may be shared is
    decided from it.

    `sentence` is empty in records made before it was stored.
    """

    storage = Storage(Compartment.CODED, "consent", keyed=True)
    recipient: UUID
    recipient_kind: RecipientKind
    purpose: Purpose
    fields: frozenset[Field]
    ends_on: date
    how: HowGiven
    language: str
    interpretation: Interpretation
    understood: bool = Stored(alias="said_back")
    informed_of_refusal: bool = Stored(alias="told_of_refusal")
    informed_of_withdrawal: bool = Stored(alias="told_of_withdrawal")
    child: ChildFacts | None
    by: UUID
    given_on: date
    text_version: int
    status_required: bool = False
    sentence: str = ""
    narrowed: tuple[Narrowed, ...] = ()

    @classmethod
    def from_proposal(cls, proposal: Proposal) -> Self:
        """Return a proposal that the rules allow as a document."""
        return cls(**asdict(proposal))

    def facts(
        self, *, given_at: datetime, withdrawn_at: datetime | None = None, ended_at: datetime | None = None
    ) -> ConsentFacts:
        """Return the facts on which rules decide; the caller must have looked for a withdrawal."""
        return ConsentFacts(
            recipient=self.recipient,
            recipient_kind=self.recipient_kind,
            purpose=self.purpose,
            fields=self.fields,
            given_at=given_at,
            ends_on=self.ends_on,
            withdrawn_at=withdrawn_at,
            status_required=self.status_required,
            ended_at=ended_at,
            zone=clock.LOCAL,
        )

    def narrow(self, facts: ConsentFacts, *, by: UUID, at: datetime) -> Self:
        """Return the reduced consent; what it was before stays in its history."""
        before = Narrowed(fields=tuple(sorted(self.fields)), ends_on=self.ends_on, by=by, at=at)
        changes = {"fields": facts.fields, "ends_on": facts.ends_on, "narrowed": (*self.narrowed, before)}
        return self.model_copy(update=changes)

    @field_serializer("fields")
    def _in_order(self, fields: Iterable[Field]) -> list[Field]:
        return sorted(fields)


class WithdrawalReason(Document):
    """The reason for withdrawing a consent, in the person's words, if one was given; nobody owes one."""

    storage = Storage(Compartment.NARRATIVE, "withdrawal", keyed=True)
    reason: str = ""


class DeclinedService(Part):
    """A service that the person declined, and the day."""

    service: UUID
    on: date


class DeclinedServices(Document):
    """Services that the person declined, on which day and never why; so that nobody asks anew until a consent takes its
    place, and the list of offers stays whole after that.

    A `former` decline was taken back or repeated.
    """

    storage = Storage(Compartment.NARRATIVE, "noes")
    entries: tuple[DeclinedService, ...] = Stored(default=(), validation_alias="list", serialization_alias="list")
    former: tuple[DeclinedService, ...] = ()


class Exclusions(Document):
    """People and organisations that must never learn of the person: an organisation, a colleague, or somebody in words;
    a removed entry stays with its reason.
    """

    storage = Storage(Compartment.NARRATIVE, "never_tell", least_bytes=4096)
    entries: tuple[Exclusion, ...] = Stored(default=(), validation_alias="list", serialization_alias="list")
    asked: bool = True
