"""The cast at their browsers: clients that are signed in, and a world with one thread in it."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.test import Client

from suar.accounts import sessions
from suar.accounts.acting import Acting, Anonymous
from suar.accounts.cookies import SESSION_COOKIE, WRAPPING_COOKIE
from suar.accounts.keys import UserPairs
from suar.accounts.roles import Viewer
from suar.accounts.sessions import viewer_of
from suar.cases import actions as cases
from suar.cases import queries as case_queries
from suar.consent import actions as consents
from suar.consent.codes import AgeStatus, Field, HowGiven, Interpretation, Purpose, RecipientKind
from suar.consent.rules import ChildFacts, Proposal
from suar.core import clock
from suar.core.refusals import NotYours
from suar.core.urgency import Urgency
from suar.demo.cast import PELITA, Cast, Player
from suar.records import actions as vault
from suar.records import keyring
from suar.records.documents import Storage
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind
from suar.referrals import disclosure, receiving, sending
from suar.referrals import needs as needs_of
from suar.referrals.codes import State, Verb
from suar.referrals.disclosure import Offer
from suar.referrals.models import Referral
from suar.referrals.sending import SentReferral

LEGAL_AID = UUID("5e1f0000-0000-4000-8000-0000000d0001")
CLINIC = UUID("5e1f0000-0000-4000-8000-0000000d0002")


def viewer(player: Player) -> Viewer:
    """Say who a player is, freshly proven."""
    return viewer_of(player.worker, fresh=True)


def acting_as(player: Player, *, form_id: UUID | None = None, page: str = "") -> Acting:
    """Return the context in which a player acts now, freshly proven."""
    return Acting(at=clock.now(), viewer=viewer(player), keys=player.keys, form_id=form_id, page=page)


def client_of(player: Player) -> Client:
    """Return a browser in which the player is signed in."""
    player.worker.refresh_from_db()
    pairs = UserPairs(player.keys._read, player.keys._sign)
    cookies = sessions.begin(player.worker, pairs, at=clock.now(), shared=False)
    client = Client()
    client.cookies[SESSION_COOKIE] = cookies.session
    client.cookies[WRAPPING_COOKIE] = cookies.wrapping
    return client


def typed_steps(*steps: dict[str, str]) -> dict[str, str]:
    """Return the fields of the steps of a plan as a browser posts them."""
    fields = {f"step-{row}-{name}": text for row, step in enumerate(steps) for name, text in step.items()}
    return fields | {"step-TOTAL_FORMS": f"{len(steps)}", "step-INITIAL_FORMS": "0"}


def write(record: OpenRecord, compartment: Compartment, name: str, value: dict[str, Any], **written: Any) -> int:
    """Store a value by its stored name, also one that no document class has, as `OpenRecord.put` does."""
    document: Any = SimpleNamespace(storage=Storage(compartment, name), to_stored=lambda: value)
    return record.put(document, **written)


def refresh(record: OpenRecord, player: Player) -> None:
    """Let an open record see what actions have stored since; an action opens it again for itself."""
    record._stored = keyring.open_record(record.id, keys=player.keys)._rows


def person_of(player: Player, cast: Cast, *, name: str = "Amina Rekaan", number: str = "000-0000-7741") -> OpenRecord:
    """Make a person's record as a talk leaves it."""
    by, at, house = player.id, clock.now(), cast.village
    record = vault.new_record(Kind.PERSON, organisation=house.organisation.id, team=house.team.id, by=by, at=at)
    write(record, Compartment.IDENTITY, "person", {"name": name}, by=by, at=at)
    contact = {"number": number, "hours": "08-10", "district": "32.74"}
    write(record, Compartment.WHEREABOUTS, "contact", contact, by=by, at=at)
    profile = {
        "sex": "FEMALE",
        "age": 24,
        "age_band": "ADULT",
        "age_status": "AB_18",
        "language": "id",
        "papers": "NONE",
    }
    write(record, Compartment.CODED, "profile", profile, by=by, at=at)
    write(record, Compartment.NARRATIVE, "words", {"text": "what was told"}, by=by, at=at)
    vault.set_index_entry(record, {"name": name}, keys=player.keys, at=at)
    needs = {"JUS_WAGES": Urgency.WEEK, "HEA_GENERAL": Urgency.WEEK}
    needs_of.add_needs(record, needs, by=acting_as(player))
    refresh(record, player)
    return record


def agreed(record: OpenRecord, player: Player, *, service: UUID = LEGAL_AID) -> UUID:
    """Let the person say yes to one service: name, contact and need."""
    proposal = Proposal(
        recipient=service,
        recipient_kind=RecipientKind.LEGAL,
        purpose=Purpose.CLAIM,
        fields=frozenset({Field.CALLED_NAME, Field.SAFE_CONTACT, Field.NEEDS}),
        ends_on=clock.today() + timedelta(days=90),
        how=HowGiven.SPOKEN,
        language="en",
        interpretation=Interpretation.NOT_NEEDED,
        understood=True,
        informed_of_refusal=True,
        informed_of_withdrawal=True,
        child=ChildFacts(age=AgeStatus.ADULT),
        by=player.id,
        given_on=clock.today(),
        text_version=1,
    )
    consent = consents.record_consent(record, proposal, by=acting_as(player))
    refresh(record, player)
    return consent


def sent(
    record: OpenRecord,
    consent: UUID,
    player: Player,
    *,
    by_link: bool = False,
    service: UUID = LEGAL_AID,
    receiver: UUID = PELITA,
) -> SentReferral:
    """Send a referral on a consent, to an organisation or by link."""
    fields = [Field.CALLED_NAME, Field.SAFE_CONTACT, Field.NEEDS]
    offer = Offer(
        service=service,
        service_name="Legal aid",
        consent=consent,
        urgency=Urgency.WEEK,
        receiving_organisation=None if by_link else receiver,
        preview=disclosure.preview(record, fields, types=["JUS_WAGES"], urgency=Urgency.WEEK),
        shared=disclosure.shared_values(record, fields, types=["JUS_WAGES"]),
    )
    made = sending.send(record, offer, by=acting_as(player))
    refresh(record, player)
    return made


@dataclass
class Thread:
    """One whole thread: a person at Ben's, a referral, a link, and a case at Chioma's."""

    person: UUID
    consent: UUID
    referral: UUID
    token: str
    link_referral: UUID
    case: UUID


def thread(cast: Cast) -> Thread:
    """Carry Amina from Ben to Chioma."""
    record = person_of(cast.ben, cast)
    consent, other = agreed(record, cast.ben), agreed(record, cast.ben, service=CLINIC)
    first = sent(record, consent, cast.ben)
    link = sent(record, other, cast.ben, by_link=True, service=CLINIC)
    case = cases.accept_and_open(
        receiving.get_received(first.referral, viewer=viewer(cast.chioma)),
        team=cast.pelita.team.id,
        by=acting_as(cast.chioma),
    )
    assert link.token is not None
    return Thread(record.id, consent, first.referral, link.token, link.referral, case.id)


TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


def bare(page: bytes, *, asked: str) -> bytes:
    """Take from a page what differs with every asking: form tokens and the address asked for."""
    return TOKEN.sub(b"", page).replace(asked.encode(), b"ADDRESS")


def form(**fields: str | list[str]) -> QueryDict:
    """Write a form as a browser would post it."""
    found = QueryDict(mutable=True)
    for name, value in fields.items():
        found.setlist(name, value if isinstance(value, list) else [value])
    return found


def received(player: Player, referral: UUID) -> receiving.ReceivedReferral:
    """Open a referral as its receiver, after an acceptance with the key that the case stores."""
    thread = None
    if case := case_queries.case_of(referral):
        with suppress(NotYours):
            thread = receiving.thread_of(keyring.open_record(case.record, keys=player.keys))
    return receiving.receive(referral, viewer=viewer(player), keys=player.keys, at=clock.now(), thread=thread)


def answer_as(player: Player, referral: UUID, verb: Verb, **said: object) -> State:
    """Answer a referral as its receiver, on the pages of the inbox or the case."""
    row, case = receiving.get_received(referral, viewer=viewer(player)), case_queries.case_of(referral)
    if verb is Verb.ACCEPT:
        cases.accept_and_open(row, team=min(viewer(player).teams), by=acting_as(player))
    elif case:
        cases.report_progress(keyring.open_record(case.record, keys=player.keys), verb, by=acting_as(player), **said)
    else:
        receiving.answer(row, verb, by=acting_as(player), **said)
    return State(Referral.objects.get(id=referral).state)


def accept_and_open(player: Player, referral: UUID, *, team: UUID) -> OpenRecord | None:
    """Accept a referral and open a case for it."""
    row = receiving.get_received(referral, viewer=viewer(player))
    return cases.accept_and_open(row, team=team, by=acting_as(player))


def lapse(referral: UUID) -> State:
    """Let the clock close what a consent opened."""
    return sending.lapse(Referral.objects.get(id=referral), by=Anonymous(at=clock.now()))


def listed(options: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every service on the options page, in its order."""
    groups = (*options["needs"], *options["package"])
    return [row for group in groups for row in (*group["best"], *group["more"])]
