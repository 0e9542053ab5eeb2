"""Forty invented people: what happened to each in the last months, played through the application's own actions.

`data/people.json` holds paths, each a list of acts with the days since the first talk, and people who walk one. Acts
that would lie in the future are left out, so that one path gives many states.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation

from suar.accounts.acting import Acting, Anonymous
from suar.cases import accesses, community, retention
from suar.cases import actions as cases
from suar.cases.htcds import importing
from suar.consent import actions as consents
from suar.consent import declined_services, exclusions, wording
from suar.consent import queries as consent_queries
from suar.consent.codes import AgeStatus, Field, Guardian, HowGiven, Interpretation, Involvement
from suar.consent.documents import Account, Person, SafeContact, Statement, Warnings
from suar.consent.rules import USUAL_DAYS, ChildFacts, Proposal, minimum_fields
from suar.core import clock
from suar.core.files.sheets import Sheet, SheetRow
from suar.core.i18n import OFFICIAL_LANGUAGES, SOURCE_LANGUAGE
from suar.core.urgency import Urgency
from suar.demo.case_work import CaseWork
from suar.demo.cast import LENTERA, Cast, compare_keys
from suar.demo.life import DATA, Life, Step, made
from suar.directory import queries as directory
from suar.records import queries as records
from suar.records.documents import Document
from suar.records.terms import ALL, Kind
from suar.referrals import disclosure, links, needs, queries, receiving, second_opinions, sending
from suar.referrals.codes import Verb
from suar.screening import actions as talks
from suar.screening import next_steps, team_opinions
from suar.screening.actions import Conclusion, age_profile
from suar.screening.codes import ContactResult, Outcome
from suar.screening.next_steps import ChosenStep
from suar.screening.rules.answers import LATEST, Call, Reason
from suar.screening.rules.draft import read_draft
from suar.screening.rules.setting import PLACE

RECEIVERS = {UUID("67046398-27a5-4624-bb60-e9d1faf13c1e"): LENTERA}
"""Organisations with accounts here, by the id of their provider in the directory."""
LONGEST = timedelta(days=700)
"""The earliest time of a first talk and the beginning of the organisations, before now."""
MORNING, BETWEEN = timedelta(hours=9), timedelta(minutes=7)
JUST_NOW = timedelta(minutes=20)


class Path(CaseWork):
    """A person on their path: also the acts of the talk and of the referral."""

    def talk(self, step: Step, by: Acting) -> None:
        """Hold a talk and end it, or leave it unfinished."""
        facts, preset = self.facts, DATA["talks"][step["talk"]]
        draft = {**preset["answers"], "age": {"years": facts["age"], "doubt": "NO" if facts["age"] >= 18 else "YES"}}
        draft["choices"] = {PLACE: facts.get("place", "VILLAGE_OFFICE"), **draft.get("choices", {})}
        answers = read_draft({**draft, "version": LATEST["short"]})
        record = made(talks.begin(min(by.viewer.teams), answers, by=by))
        if "outcome" not in preset:
            return
        named = bool(facts.get("name"))
        ended = Conclusion(
            outcome=Outcome(preset["outcome"]),
            reason=Reason(preset["reason"]),
            wished=frozenset(ALL) if named else frozenset(),
            documents=(age_profile(answers), *_documents(facts)),
            exclusions=() if named else None,
            call=Call(ContactResult(preset["call"])) if "call" in preset else None,
            next_step=ChosenStep(step.get("next", "")),
        )
        left = made(talks.conclude(record, ended, by=by))
        self.record = left.id
        if left.kind is Kind.PERSON:
            profile = {name: facts.get(name, "") for name in (*needs.PROFILE_FIELDS, "district")}
            needs.change_profile(self.open(by), profile, by=by)

    def ask_partner(self, step: Step, by: Acting) -> None:
        second_opinions.ask(self.open(by), self.cast.pelita.organisation.id, by=by)

    def read(self, step: Step, by: Acting) -> None:
        """Give a second opinion on the outcome of the talk."""
        for reading in team_opinions.waiting(by.viewer):
            if reading.left == self.record:
                team_opinions.store_answer(reading.id, "AGREES", by=by)

    def finish(self, step: Step, by: Acting) -> None:
        next_steps.finish(self.open(by), by=by)

    def exclude(self, step: Step, by: Acting) -> None:
        sending.record_exclusions(self.open(by), exclusions.new_exclusions((), (), step["words"]), by=by)

    def refer(self, step: Step, by: Acting) -> None:
        """Add the need, ask for a consent and send the referral."""
        service = directory.service_card(self.service_of(step))
        chosen = {code: Urgency(step.get("urgency", Urgency.WEEK)) for code in service.types[:1]}
        needs.add_needs(self.open(by), chosen, by=by)
        record, today = self.open(by), clock.local_date(by.at)
        types = needs.types_met_by(record, service)
        kind, purpose = disclosure.recipient_kind(types), disclosure.purpose_of(types)
        proposal = Proposal(
            recipient=service.id,
            recipient_kind=kind,
            purpose=purpose,
            fields=frozenset({*minimum_fields(purpose, kind), Field.AGE_BAND, Field.SEX}),
            ends_on=today + timedelta(days=step.get("lasts", USUAL_DAYS)),
            how=HowGiven.SPOKEN,
            language="id",
            interpretation=Interpretation.NOT_NEEDED,
            understood=True,
            informed_of_refusal=True,
            informed_of_withdrawal=True,
            child=_child(needs.age_status(record)),
            by=by.worker,
            given_on=today,
            text_version=wording.LATEST,
            status_required=disclosure.requires_status(service),
        )
        consent = made(consents.record_consent(record, proposal, by=by))
        record = self.open(by)
        given = consent_queries.get_consent(record, consent)
        offer = disclosure.offer_of(record, given, sent=queries.sent_for(record), at=by.at)
        self.sent.append(made(sending.send(record, offer, by=by)))

    def follow(self, step: Step, by: Acting) -> None:
        verb, referral = Verb(step["verb"]), self.sent[-1].referral
        sending.follow_up(self.open(by), referral, verb, by=by, reason=step.get("reason", ""))

    def withdraw(self, step: Step, by: Acting) -> None:
        referral = made(queries.get_referral(id=self.sent[-1].referral))
        sending.withdraw_consent(self.open(by), referral.consent, by=by, reason=step.get("reason", ""))

    def decline(self, step: Step, by: Acting) -> None:
        declined_services.record_decline(self.open(by), self.service_of(step), by=by)

    def answer(self, step: Step, by: Acting) -> None:
        row, on = receiving.get_received(self.sent[-1].referral, viewer=by.viewer), step.get("expected")
        expected_on = clock.local_date(by.at) + timedelta(days=on) if on else None
        receiving.answer(row, Verb(step["verb"]), by=by, reason=step.get("reason", ""), expected_on=expected_on)

    def answer_link(self, step: Step, by: Acting) -> None:
        """Answer as somebody who has the link, and the code if help is promised."""
        sent, verb = self.sent[-1], Verb(step["verb"])
        code = "" if verb is Verb.ACKNOWLEDGE else sent.code or ""
        links.answer_by_link(sent.token or "", verb, by=Anonymous(at=by.at), code=code, reason=step.get("reason", ""))

    def accept(self, step: Step, by: Acting) -> None:
        row = receiving.get_received(self.sent[-1].referral, viewer=by.viewer)
        self.case = made(cases.accept_and_open(row, team=min(by.viewer.teams), by=by)).id
        cases.name_person(self.open(by, case=True), self.facts["name"], by=by)


def play(cast: Cast, *, at: datetime) -> None:
    """Let all people walk their paths until now, in the order of time, each act at its moment."""
    # The organisation that receives people for shelter.
    for other in (cast.village, cast.pelita):
        compare_keys(cast.elsewhere, other, at=at - LONGEST)
    with translation.override(OFFICIAL_LANGUAGES.get(settings.SUAR_COUNTRY, SOURCE_LANGUAGE)):
        _play_steps(cast, at=at)
    _open_in_an_emergency(cast, at=at - timedelta(hours=26))


def _play_steps(cast: Cast, *, at: datetime) -> None:
    """Let workers act in the language of the country, in which referrals store the names of services."""
    for moment, life, step in sorted(_steps(cast, at), key=lambda row: row[0]):
        player = life.player(step.get("as", ""))
        with clock.stopped(moment):
            by = player.acting(at=moment)
            getattr(life, step["do"])(step, by)
            player.keys.note_openings(page="", at=moment)
        player.keys.forget_openings()
    for row in DATA["community"]:
        _record_work(cast, row, at=at - timedelta(days=row["ago"]))
    _import_people(cast, at=at - timedelta(days=DATA["imported"]["ago"]))
    for moment in (at - timedelta(days=8), at - JUST_NOW):
        with clock.stopped(moment):
            retention.run(at=moment)


def _open_in_an_emergency(cast: Cast, *, at: datetime) -> None:
    """Let a supervisor open a record in an emergency yesterday, so that a review is late."""
    with clock.stopped(at):
        by = cast.players["oka"].acting(at=at)
        [record, *_] = records.emergency_records(by.viewer, keys=by.keys)
        words = "Menelepon malam hari minta tolong. Ben dan Esi tidak menjawab."
        accesses.open_in_emergency(str(record), code="PERSON_ASKS", words=words, by=by)


def _record_work(cast: Cast, row: Mapping[str, Any], *, at: datetime) -> None:
    """Record a talk or meeting against stigma, which is about nobody."""
    facts = {name: row[name] for name in ("kind", "place", "participants", "result")}
    with clock.stopped(at):
        by = cast.players[row["as"]].acting(at=at)
        community.record_work({**facts, "on": clock.local_date(at)}, words=row["words"], by=by)


def _import_people(cast: Cast, *, at: datetime) -> None:
    """Import people whom another program knew, as its file had them."""
    rows = [SheetRow(number, list(cells)) for number, cells in enumerate(DATA["imported"]["rows"], 2)]
    with clock.stopped(at):
        by = cast.kartika.acting(at=at)
        check = importing.check_sheet(Sheet(DATA["imported"]["header"], rows), known=(), today=clock.today())
        importing.import_people(check.new, team=cast.pelita.team.id, by=by)


def _steps(cast: Cast, at: datetime) -> Iterator[tuple[datetime, Life, Mapping[str, Any]]]:
    """Yield each act with its moment and its person; the acts of a person keep their order."""
    today = clock.local_date(at)
    for number, facts in enumerate(DATA["people"]):
        life, last = Path(cast, facts), datetime.min.replace(tzinfo=at.tzinfo)
        steps = [*DATA["paths"][facts["path"]], *facts.get("more", ())]
        for step in sorted(steps, key=lambda step: int(step["day"])):
            ago = facts["began"] - step["day"]
            moment = clock.start_of(today - timedelta(days=ago)) + MORNING + number * BETWEEN
            moment = max(min(moment, at - JUST_NOW), last + timedelta(seconds=1))
            if ago < 0:
                break
            last = moment
            yield moment, life, step


def _documents(facts: Mapping[str, Any]) -> list[Document]:
    """Return what is stored of somebody who gave a name."""
    documents: list[Document] = []
    if facts.get("name"):
        documents += [Person(name=facts["name"]), SafeContact(phone=facts["phone"], hours=facts["hours"])]
    kinds: dict[str, type[Statement]] = {"story": Account, "do_not": Warnings}
    return documents + [kind(text=facts[name]) for name, kind in kinds.items() if name in facts]


def _child(age: AgeStatus) -> ChildFacts:
    if age is AgeStatus.ADULT:
        return ChildFacts(age=age)
    return ChildFacts(age=age, assent=True, guardian=Guardian.CONSENTED, involvement=Involvement.NO_SIGN)
