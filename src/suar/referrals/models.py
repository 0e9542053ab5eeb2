"""Referrals and their acts. Unencrypted: ids, organisations, urgency, verb, author, time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db import models

from suar.core import clock
from suar.core.base_models import UUIDModel
from suar.core.codes import enum_choices
from suar.core.rows import Row
from suar.core.urgency import Urgency
from suar.referrals import deadlines, rules
from suar.referrals.codes import Actor, Deadline, State, Verb
from suar.referrals.deadlines import Deadlines
from suar.referrals.documents import ReferralRecord


class Referral(UUIDModel):
    """A request to one receiver on one consent; its state is derived from its acts.

    `state` and `due_at` (the next deadline of the receiver) are projections
    for lists and jobs, written with every act. No rule reads them. `case` is the record of the receiver's case.
    A `restricted` one is sealed to officers by name until then. For those who hold the record `queries.sent_for` adds
    the stored `document`, the `history` with reasons, and the `former` referral that it replaced.
    """

    record = models.UUIDField(db_index=True)
    consent = models.UUIDField(unique=True)
    sending_organisation = models.UUIDField()
    sending_team = models.UUIDField()
    author = models.UUIDField()
    receiving_organisation = models.UUIDField(null=True)
    urgency = models.CharField(max_length=2, choices=enum_choices(Urgency))
    made_at = models.DateTimeField()
    follows = models.OneToOneField("self", null=True, on_delete=models.PROTECT)
    case = models.UUIDField(null=True, db_index=True)
    restricted = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=enum_choices(State), default=State.DRAFT)
    due_at = models.DateTimeField(null=True)

    document: ReferralRecord
    history: "Sequence[Act]"
    row: Row
    former: "Referral | None"
    withdrawn_at: datetime | None
    written_at: datetime | None
    last_writer: str | None

    class Meta:
        indexes = [
            models.Index(fields=["receiving_organisation", "state", "urgency"], name="referral_inbox"),
            models.Index(fields=["sending_team", "state"], name="referral_of_team"),
            models.Index(fields=["author", "state"], name="referral_of_author"),
            models.Index(fields=["state", "due_at"], name="referral_due"),
        ]

    @property
    def sides(self) -> tuple[UUID, UUID | None]:
        """The sending and the receiving organisation; None for a link."""
        return self.sending_organisation, self.receiving_organisation

    @property
    def by_link(self) -> bool:
        """Return True if the receiver has no account and answers by a link."""
        return self.receiving_organisation is None

    @property
    def is_open(self) -> bool:
        """Return True while the receiver holds a share."""
        return self.state in rules.OPEN_STATES

    @property
    def is_late(self) -> bool:
        """Return True if the receiver should have acted by now."""
        return self.due_at is not None and self.due_at < clock.now()

    @property
    def is_back(self) -> bool:
        """Return True if the next move is with the sender."""
        return rules.is_back(self.state)

    @property
    def can_be_renewed(self) -> bool:
        """Return True if the person can be asked for a new consent while the referral is open."""
        return rules.may_renew(self.state, self.packet.expires_at, at=clock.now())

    def waits_at(self, service: UUID) -> bool:
        """Return True if it is open at this service and not about to end."""
        return self.document.service == service and self.is_open and not self.can_be_renewed

    @property
    def deadlines(self) -> Deadlines:
        """The receiver's deadlines, by the hours that the sender's record stores."""
        return deadlines.deadlines(Urgency(self.urgency), self.made_at, self.history, self.document.opening_hours)

    @property
    def running_deadlines(self) -> list[tuple[Deadline, datetime, bool]]:
        """Deadlines without their act, each with its time and whether it has passed."""
        times = self.deadlines
        late = deadlines.overdue(times, at=clock.now())
        steps = times.steps.items() if self.is_open else ()
        return [(step, due_at, step in late) for step, (due_at, done_at) in steps if not done_at]

    @property
    def current_state(self) -> State:
        """The state by the acts, on which rules decide."""
        return rules.status(self.acts.all())

    @property
    def last_act(self) -> "Act":
        """The act that led to the present state."""
        return [act for act in self.acts.all() if not rules.about_consent_only(act.verb)][-1]

    def lock(self, by: Any) -> Self:
        """Lock the referral until the transaction ends, and return it as it is now; see `accounts.acting.Subject`."""
        return type(self).objects.select_for_update().get(id=self.id)


class Act(models.Model):
    """One act of a referral; its reason is sealed under the key of the thread.

    Their order is that of writing, under the referral's lock: two clocks may disagree. `by` is None for a job and
    for an answer by a link. `reason` is the opened reason, for those who hold the thread.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=20, choices=enum_choices(Verb))
    actor = models.CharField(max_length=22, choices=enum_choices(Actor))
    by = models.UUIDField(null=True)
    at = models.DateTimeField()
    expected_on = models.DateField(null=True)
    sealed = models.BinaryField(null=True)

    reason = ""
    row: Row

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by__isnull=False) | models.Q(actor__in=[Actor.LINK_HOLDER, Actor.CLOCK]),
                name="act_has_author",
            )
        ]


class Message(UUIDModel):
    """A question or an answer between the two sides of a referral, sealed under the key of the thread.

    `by` is None for a message by link. `thread_messages.list_messages` adds the opened `text`, whether the reader's
    `own` side wrote it, and the name of its `author` on that side.
    """

    text: str
    own: bool
    author: str

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="messages")
    actor = models.CharField(max_length=22, choices=enum_choices(Actor))
    by = models.UUIDField(null=True)
    at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ["at", "id"]


class Packet(models.Model):
    """The contents of a referral: a preview and the consented fields, sealed apart, signed together.

    The digest of the fields lets a receiver check the whole without being served the fields.
    """

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, primary_key=True)
    nonce = models.BinaryField(max_length=24, unique=True)
    recipient = models.BinaryField(max_length=32)
    expires_at = models.DateTimeField()
    preview = models.BinaryField()
    fields = models.BinaryField()
    fields_digest = models.BinaryField(max_length=32)
    signer = models.UUIDField()
    signature = models.BinaryField(max_length=64)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.UUIDField(null=True)


class PacketWrap(models.Model):
    """The key of one part of a packet for its receiver. A key row: no foreign keys.

    It is sealed to the inbox `key` of an organisation, or to the own `key` of each officer, until the acceptance. Then
    it is sealed without a `key` to the pair that the receiver's case stores. For a link it is wrapped under token and
    code.
    """

    referral = models.UUIDField(db_index=True)
    part = models.CharField(max_length=8, choices=[("preview", "preview"), ("fields", "fields")])
    key = models.UUIDField(null=True)
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "part", "key"], name="packet_part_once")]


class Link(models.Model):
    """A link to answer without an account; only its digest is stored, and how often a code failed.

    `kdf` are the parameters of the code when the link was made.
    """

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, primary_key=True)
    digest = models.BinaryField(max_length=32, unique=True)
    salt = models.BinaryField(max_length=16)
    kdf = models.JSONField(default=dict)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Partner(models.Model):
    """The keys of a partner as compared by voice; a changed key stops sending until compared.

    The worker who compared them signed them, so that nobody who writes rows can replace them.
    """

    organisation = models.UUIDField()
    partner = models.UUIDField()
    identity = models.BinaryField(max_length=32)
    inbox = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64, default=bytes)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "partner"], name="partner_once")]
