"""Forty invented people: what happened to each in the last months, played through the application's own actions.

`data/people.json` holds paths, each a list of acts with the days since the first talk, and people who walk one. Acts
that would lie in the future are left out, so that one path gives many states.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from suar.accounts.acting import Acting, Anonymous
from suar.cases import (
    accesses,
    attachments,
    closing,
    community,
    contact_status,
    ecomap,
    encounters,
    episodes,
    erasure,
    follow_ups,
    messenger,
    offers,
    persons_copy,
    progress,
    retention,
)
from suar.cases import actions as cases
from suar.cases import plan as plans
from suar.cases.codes import DOMAINS, Answered, ClosureReason, OfferOutcome, Result, StepState
from suar.cases.documents import ClosingRequest
from suar.cases.documents import plan as parts
from suar.cases.documents.follow_ups import Attempt, FollowUpWishes, Offer, OfferWords
from suar.cases.documents.history import Encounter, EncounterWords, EpisodeFacts, TieState
from suar.cases.htcds import importing
from suar.cases.rules import Outcome as FollowUp
from suar.cases.rules.dates import PartialDate
from suar.consent import actions as consents
from suar.consent import declined_services, exclusions, wording
from suar.consent import queries as consent_queries
from suar.consent.codes import AgeStatus, Field, Guardian, HowGiven, Interpretation, Involvement
from suar.consent.documents import Account, Person, SafeContact, Statement, Warnings
from suar.consent.rules import USUAL_DAYS, ChildFacts, Proposal, minimum_fields
from suar.core import clock
from suar.core.codes import read_data
from suar.core.files.cleaning import clean_file
from suar.core.files.sheets import Sheet, SheetRow
from suar.core.i18n import OFFICIAL_LANGUAGES, SOURCE_LANGUAGE
from suar.core.urgency import Urgency
from suar.demo.cast import LENTERA, Cast, Player, compare_keys
from suar.demo.letters import SLIP
from suar.directory import queries as directory
from suar.records import keyring
from suar.records import queries as records
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.records.terms import ALL, Kind
from suar.referrals import disclosure, links, needs, queries, receiving, second_opinions, sending
from suar.referrals.codes import Verb
from suar.referrals.sending import SentReferral
from suar.screening import actions as talks
from suar.screening import next_steps, team_opinions
from suar.screening.actions import Conclusion, age_profile
from suar.screening.codes import ContactResult, Outcome
from suar.screening.next_steps import ChosenStep
from suar.screening.rules.answers import LATEST, Call, Reason
from suar.screening.rules.draft import read_draft
from suar.screening.rules.setting import PLACE

Value = TypeVar("Value")
Step = Mapping[str, Any]
DATA: Mapping[str, Any] = read_data("demo", "people")
RECEIVERS = {UUID("67046398-27a5-4624-bb60-e9d1faf13c1e"): LENTERA}
"""Organisations with accounts here, by the id of their provider in the directory."""
LONGEST = timedelta(days=700)
"""The earliest time of a first talk and the beginning of the organisations, before now."""
MORNING, BETWEEN = timedelta(hours=9), timedelta(minutes=7)
JUST_NOW = timedelta(minutes=20)


@dataclass
class InventedPerson:
    """A person of the data, the records made for them, and the acts that `people.json` names."""

    cast: Cast
    facts: Mapping[str, Any]
    record: UUID | None = None
    case: UUID | None = None
    sent: list[SentReferral] = field(default_factory=list)

    def player(self, name: str = "") -> Player:
        """Return the worker with this name, or the one who met the person."""
        return self.cast.players[name or self.facts["by"]]

    def service_of(self, step: Step) -> UUID:
        """Return the service of a step."""
        return UUID(DATA["services"][step.get("service") or self.facts["service"]])

    def open(self, by: Acting, *, case: bool = False) -> OpenRecord:
        """Open the person's record, or the case."""
        return keyring.open_record(require(self.case if case else self.record), keys=by.keys)

    def talk(self, step: Step, by: Acting) -> None:
        """Hold a talk and end it, or leave it unfinished."""
        facts, preset = self.facts, DATA["talks"][step["talk"]]
        draft = {**preset["answers"], "age": {"years": facts["age"], "doubt": "NO" if facts["age"] >= 18 else "YES"}}
        draft["choices"] = {PLACE: facts.get("place", "VILLAGE_OFFICE"), **draft.get("choices", {})}
        answers = read_draft({**draft, "version": LATEST["short"]})
        record = require(talks.begin_talk(min(by.viewer.teams), answers, by=by))
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
        left = require(talks.conclude_talk(record, ended, by=by))
        self.record = left.id
        if left.kind is Kind.PERSON:
            profile = {name: facts.get(name, "") for name in (*needs.PROFILE_FIELDS, "district")}
            needs.change_profile(self.open(by), profile, by=by)

    def ask_partner(self, step: Step, by: Acting) -> None:
        second_opinions.ask(self.open(by), self.cast.pelita.organisation.id, by=by)

    def answer_reading(self, step: Step, by: Acting) -> None:
        """Give a second opinion on the outcome of the talk."""
        for reading in team_opinions.waiting(by.viewer):
            if reading.left == self.record:
                team_opinions.store_answer(reading.id, "AGREES", by=by)

    def finish(self, step: Step, by: Acting) -> None:
        next_steps.finish_step(self.open(by), by=by)

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
        consent = require(consents.record_consent(record, proposal, by=by))
        record = self.open(by)
        given = consent_queries.get_consent(record, consent)
        offer = disclosure.offer_of(record, given, sent=queries.sent_for(record), at=by.at)
        self.sent.append(require(sending.send(record, offer, by=by)))

    def follow(self, step: Step, by: Acting) -> None:
        verb, referral = Verb(step["verb"]), self.sent[-1].referral
        sending.follow_up(self.open(by), referral, verb, by=by, reason=step.get("reason", ""))

    def withdraw(self, step: Step, by: Acting) -> None:
        referral = require(queries.get_referral(id=self.sent[-1].referral))
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
        self.case = require(cases.accept_and_open(row, team=min(by.viewer.teams), by=by)).id
        cases.name_person(self.open(by, case=True), self.facts["name"], by=by)

    def offer(self, step: Step, by: Acting) -> None:
        """Offer help of one or more kinds with the same outcome."""
        today, again = clock.local_date(by.at), step.get("again")
        for service_type in step["types"]:
            offer = Offer(
                service_type=service_type,
                outcome=OfferOutcome(step["outcome"]),
                on=today,
                by=by.worker,
                at=by.at,
                reasons=tuple(step.get("reasons", ())),
                language=self.facts.get("language", ""),
                information=step.get("information", ""),
                recontact=step.get("recontact", ""),
                again_on=today + timedelta(days=again) if again else None,
            )
            words = {name: step[name] for name in ("words", "consequences", "would_change", "safe_way") if name in step}
            offers.record_offer(self.open(by), offer, OfferWords(**words), by=by)

    def encounter(self, step: Step, by: Acting) -> None:
        """Record an earlier encounter at which nobody recognised the exploitation."""
        when = PartialDate(clock.local_date(by.at).year - step["years_ago"], step.get("month"))
        encounter = Encounter(when=when, by=by.worker, at=by.at, **step["facts"])
        encounters.record_encounter(self.open(by), encounter, EncounterWords(**step.get("words", {})), by=by)

    def progress(self, step: Step, by: Acting) -> None:
        cases.report_progress(self.open(by, case=True), Verb(step["verb"]), by=by, reason=step.get("reason", ""))

    def note(self, step: Step, by: Acting) -> None:
        cases.add_note(self.open(by, case=True), step["text"], by=by)

    def exploitation(self, step: Step, by: Acting) -> None:
        """Record times of exploitation and stages of life, on the case or on the person's record."""
        is_case = self.case is not None and by.worker != self.player().id
        for facts in step["episodes"]:
            episodes.save_episode(self.open(by, case=is_case), EpisodeFacts(**facts), by=by)
        for expected, (stage, factors) in enumerate(step["stages"].items()):
            record = self.open(by, case=is_case)
            episodes.save_stage(record, stage, factors=tuple(factors), words="", expected=expected, by=by)

    def document(self, step: Step, by: Acting) -> None:
        """Add the invented pay slip, drawn anew as any other picture."""
        clean = clean_file(SimpleUploadedFile(SLIP.name, SLIP.read_bytes()))
        facts = {name: step.get(name, "") for name in attachments.FACTS}
        facts["keep_until"] = clock.local_date(by.at) + timedelta(days=step["days"])
        attachments.add_attachment(self.open(by, case=True), clean, facts, by=by)

    def safe_text(self, step: Step, by: Acting) -> None:
        messenger.agree_safe_text(self.open(by, case=True), step["code"], self.facts["language"], by=by)

    def correct(self, step: Step, by: Acting) -> None:
        """Store what the person asked to correct, and the answer."""
        record = self.open(by, case=True)
        persons_copy.ask_correction(record, step["text"], by=by)
        again = record.reopen(by)
        [key] = persons_copy.list_corrections(again)
        persons_copy.answer_correction(again, key, "ADDED", step["answer"], by=by)

    def safety(self, step: Step, by: Acting) -> None:
        """Make or review the safety plan on the person's record."""
        record, facts = self.open(by), parts.SafetyPlanFacts(**step["plan"])
        review_on = clock.local_date(by.at) + timedelta(days=step["review"])
        expected = record.version_of(parts.SafetyPlan)
        plans.save_safety_plan(record, facts, review_on=review_on, expected=expected, by=by)

    def plan(self, step: Step, by: Acting) -> None:
        """Store a plan; days count from now, and a step without a day is done."""
        record, today = self.open(by, case=True), clock.local_date(by.at)
        steps = tuple(
            parts.PlanStep(
                id=f"{number}",
                what=what,
                who=who,
                by=today + timedelta(days=days) if days else None,
                state=StepState.PLANNED if days else StepState.DONE,
            )
            for number, (what, who, days) in enumerate(step["steps"])
        )
        stored = record.get(parts.Plan) or parts.Plan()
        goal = next(iter(stored.goals), parts.Goal(id="1", text="", since=today))
        goal = goal.model_copy(update={"text": step["goal"], "steps": steps, **step.get("facts", {})})
        frame = {"review_on": today + timedelta(days=step["review"]), **step.get("frame", {})}
        if "relatives" in step:
            frame["relatives"] = tuple(
                parts.Relative(id=f"{number}", **row) for number, row in enumerate(step["relatives"])
            )
            frame["risks"] = tuple(parts.Risk(**risk) for risk in step["risks"])
        plan = stored.model_copy(update={"goals": (goal,), **frame})
        plans.save_plan(record, plan, expected=record.version_of(parts.Plan), by=by)

    def tie(self, step: Step, by: Acting) -> None:
        """Add somebody to the ecomap, or a new stance of somebody who is already on it."""
        record = self.open(by, case="as" in step)
        facts = {"on": str(clock.local_date(by.at)), **step["tie"]}
        key = next((key for key, tie in ecomap.list_ties(record).items() if tie.states[-1].who == facts["who"]), "")
        ecomap.save_state(record, TieState(**facts, by=by.worker, at=by.at), key=key, by=by)

    def answer_plan(self, step: Step, by: Acting) -> None:
        """Record what the person said about the plan."""
        record = self.open(by, case=True)
        facts = {"on": clock.local_date(by.at), "by": by.worker, "at": by.at, "plan": parts.Plan(), **step["facts"]}
        plans.record_answer(
            record, parts.PlanAgreement.model_validate(facts), seen=record.version_of(parts.Plan), by=by
        )

    def rate(self, step: Step, by: Acting) -> None:
        """Rate the domains in their order; a dash is one that was not asked."""
        rated: dict[str, Any] = {
            rater: {code: rating for code, rating in zip(DOMAINS, step[rater].split(), strict=False) if rating != "-"}
            for rater in parts.RATERS
        }
        full = {*rated["person"], *rated["worker"]} >= set(DOMAINS)
        ratings = parts.Ratings(**rated, on=clock.local_date(by.at), full=full, by=by.worker, at=by.at)
        progress.rate_domains(self.open(by, case=True), ratings, by=by)

    def service(self, step: Step, by: Acting) -> None:
        """Record a service that began today, or some days ago."""
        began_on = clock.local_date(by.at) - timedelta(days=step.get("ago", 0))
        line = parts.ServiceVersion(began_on=began_on, by=by.worker, at=by.at, **step["facts"])
        plans.store_service(self.open(by, case=True), line, by=by)

    def give(self, step: Step, by: Acting) -> None:
        line = parts.GivenVersion(given_on=clock.local_date(by.at), by=by.worker, at=by.at, **step["facts"])
        plans.store_given(self.open(by, case=True), line, by=by)

    def follow_up(self, step: Step, by: Acting) -> None:
        today = clock.local_date(by.at)
        again, result = step.get("again"), Result(step.get("result", Result.REACHED))
        tries = tuple(today - timedelta(days=days) for days in step.get("tries", ()))
        again_on = today + timedelta(days=again) if again else None
        outcome = FollowUp(code=step["code"], result=result, on=today, tries_on=tries, again_on=again_on)
        follow_ups.record_outcome(self.open(by, case=True), outcome, attempt=_attempt(outcome, step, by), by=by)

    def wish(self, step: Step, by: Acting) -> None:
        """Store which follow-ups the person wants."""
        wishes = FollowUpWishes(asked_on=clock.local_date(by.at), **step["facts"])
        follow_ups.choose_follow_ups(self.open(by, case=True), wishes, by=by, expected=0)

    def contact_status(self, step: Step, by: Acting) -> None:
        """Record that the person is missing, was found or died."""
        contact_status.change_status(self.open(by, case="as" in step), step["verb"], words=step["words"], by=by)

    def erasure(self, step: Step, by: Acting) -> None:
        """Record one act of an erasure, such as the request of the person."""
        facts = {"on": clock.local_date(by.at), **step["facts"]}
        erasure.change(self.open(by), step["verb"], facts, by=by)

    def ask_closing(self, step: Step, by: Acting) -> None:
        today = clock.local_date(by.at)
        request = ClosingRequest(
            reason=ClosureReason(step["reason"]),
            on=today,
            agreed=step.get("agreed", ""),
            call="Kartika, 000-0000-4401",
            confirmed=tuple(step["confirmed"]),
            reviews=tuple(today - timedelta(days=days) for days in step.get("reviews", ())),
            asked_by=by.worker,
            asked_at=by.at,
        )
        closing.ask_closing(self.open(by, case=True), request, by=by)

    def agree(self, step: Step, by: Acting) -> None:
        closing.agree(self.open(by, case=True), by=by)

    def reopen(self, step: Step, by: Acting) -> None:
        closing.reopen(self.open(by, case=True), by=by)


def _attempt(outcome: FollowUp, step: Step, by: Acting) -> Attempt | None:
    """Return the contact that led to an outcome; None if nobody was reached."""
    if outcome.result not in (Result.REACHED, Result.REACHED_BRIEF):
        return None
    facts: dict[str, Any] = {"way": "MET", "safe": "SAFE", **step.get("facts", {})}
    codes: dict[str, Any] = {"code": outcome.code, "result": outcome.result, "answered": Answered.PERSON}
    return Attempt(at=by.at, by=by.worker, written_at=by.at, **codes, **facts)


def require(value: Value | None) -> Value:
    """Return the result of an earlier act of this path; raises LookupError if there is none."""
    if value is None:
        raise LookupError("no earlier act of this path did this")
    return value


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
    for moment, person, step in sorted(_steps(cast, at), key=lambda row: row[0]):
        player = person.player(step.get("as", ""))
        with clock.stopped(moment):
            by = player.acting(at=moment)
            getattr(person, step["do"])(step, by)
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


def _steps(cast: Cast, at: datetime) -> Iterator[tuple[datetime, InventedPerson, Mapping[str, Any]]]:
    """Yield each act with its moment and its person; the acts of a person keep their order."""
    today = clock.local_date(at)
    for number, facts in enumerate(DATA["people"]):
        person, last = InventedPerson(cast, facts), datetime.min.replace(tzinfo=at.tzinfo)
        steps = [*DATA["paths"][facts["path"]], *facts.get("more", ())]
        for step in sorted(steps, key=lambda step: int(step["day"])):
            ago = facts["began"] - step["day"]
            moment = clock.start_of(today - timedelta(days=ago)) + MORNING + number * BETWEEN
            moment = max(min(moment, at - JUST_NOW), last + timedelta(seconds=1))
            if ago < 0:
                break
            last = moment
            yield moment, person, step


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
