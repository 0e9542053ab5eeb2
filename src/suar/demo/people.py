"""Forty invented people: what happened to each in the last months, played through the application's own actions.

`data/people.json` holds paths, each a list of acts with the days since the first talk, and people who walk one. Acts
that would lie in the future are left out, so that one path gives many states.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.utils import translation

from suar.accounts.acting import Acting, Anonymous
from suar.cases import actions as cases
from suar.cases import (
    closing,
    community,
    contact_status,
    ecomap,
    encounters,
    episodes,
    follow_ups,
    messenger,
    offers,
    progress,
    safety_plans,
)
from suar.cases import plan as plans
from suar.cases.codes import DOMAINS, Answered, ClosureReason, OfferOutcome, Result, StepState
from suar.cases.documents import ClosingRequest
from suar.cases.documents.ecomap import TieState
from suar.cases.documents.encounters import Encounter, EncounterWords
from suar.cases.documents.episodes import EpisodeFacts
from suar.cases.documents.follow_ups import Attempt, FollowUpWishes
from suar.cases.documents.offers import Offer, OfferWords
from suar.cases.documents.plan import (
    GivenVersion,
    Goal,
    Plan,
    PlanAgreement,
    PlanStep,
    Relative,
    Risk,
    ServiceVersion,
)
from suar.cases.documents.progress import RATERS, Ratings
from suar.cases.documents.safety_plans import SafetyPlan, SafetyPlanFacts
from suar.cases.rules import Outcome as FollowUp
from suar.cases.rules.dates import PartialDate
from suar.consent import actions as consents
from suar.consent import declined_services, exclusions, wording
from suar.consent import queries as consent_queries
from suar.consent.codes import AgeStatus, Field, Guardian, HowGiven, Interpretation, Involvement
from suar.consent.documents import Account, Person, SafeContact, Statement, Warnings
from suar.consent.rules import USUAL_DAYS, ChildFacts, Proposal, smallest
from suar.core import clock
from suar.core.i18n import OFFICIAL_LANGUAGES, SOURCE_LANGUAGE
from suar.core.urgency import Urgency
from suar.demo.cast import LENTERA, Cast, Player
from suar.demo.records import add_slip, correct
from suar.directory import queries as directory
from suar.records import keyring
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.records.terms import ALL, Kind
from suar.referrals import disclosure, links, needs, partners, queries, receiving, second_opinions, sending
from suar.referrals.codes import Verb
from suar.referrals.sending import Sent
from suar.screening import actions as talks
from suar.screening import next_steps, second_reading
from suar.screening.actions import Conclusion, age_profile
from suar.screening.codes import ContactResult, Outcome
from suar.screening.next_steps import ChosenStep
from suar.screening.rules.answers import LATEST, Call, Reason
from suar.screening.rules.draft import read_draft
from suar.screening.rules.setting import PLACE

Made = TypeVar("Made")
DATA: Mapping[str, Any] = json.loads((Path(__file__).parent / "data" / "people.json").read_text("utf-8"))
RECEIVERS = {UUID("67046398-27a5-4624-bb60-e9d1faf13c1e"): LENTERA}
"""Organisations with accounts here, by the id of their provider in the directory."""
LONGEST = timedelta(days=190)
"""How long before now the first talk may lie, and the organisations begin."""
MORNING, BETWEEN = timedelta(hours=9), timedelta(minutes=7)
JUST_NOW = timedelta(minutes=20)


@dataclass
class Life:
    """A person on their path: the facts of the data, and the records that the acts made."""

    cast: Cast
    facts: Mapping[str, Any]
    record: UUID | None = None
    case: UUID | None = None
    sent: list[Sent] = field(default_factory=list)

    def player(self, name: str = "") -> Player:
        """Return the worker with this name, or the one who met the person."""
        return self.cast.players[name or self.facts["by"]]

    def service(self, step: Mapping[str, Any]) -> UUID:
        """Return the service of a step."""
        return UUID(DATA["services"][step.get("service") or self.facts["service"]])

    def open(self, by: Acting, *, case: bool = False) -> OpenRecord:
        """Open the person's record, or the case."""
        return keyring.open_record(made(self.case if case else self.record), keys=by.keys)


def made(value: Made | None) -> Made:
    """Return what an act made; acts return None only for a form that was sent before."""
    if value is None:
        raise LookupError("no earlier act of this path made it")
    return value


def play(cast: Cast, *, at: datetime) -> None:
    """Let all people walk their paths until now, in the order of time, each act at its moment."""
    _make_partners(cast, at=at - LONGEST)
    with translation.override(OFFICIAL_LANGUAGES.get(settings.SUAR_COUNTRY, SOURCE_LANGUAGE)):
        _play_steps(cast, at=at)


def _play_steps(cast: Cast, *, at: datetime) -> None:
    """Let workers act in the language of the country, in which referrals store the names of services."""
    for moment, life, step in sorted(_steps(cast, at), key=lambda row: row[0]):
        player = life.player(step.get("as", ""))
        with clock.stopped(moment):
            by = player.acting(at=moment)
            ACTS[step["do"]](life, step, by)
            player.keys.note_openings(page="", at=moment)
        player.keys.forget_openings()
    for row in DATA["community"]:
        _record_work(cast, row, at=at - timedelta(days=row["ago"]))


def _record_work(cast: Cast, row: Mapping[str, Any], *, at: datetime) -> None:
    """Record a talk or meeting against stigma, which is about nobody."""
    facts = {name: row[name] for name in ("kind", "place", "participants", "result")}
    with clock.stopped(at):
        by = cast.players[row["as"]].acting(at=at)
        community.record_work({**facts, "on": clock.local_date(at)}, words=row["words"], by=by)


def _make_partners(cast: Cast, *, at: datetime) -> None:
    """Let the organisation that receives people for shelter compare keys with both others."""
    for mine, theirs in ((cast.elsewhere, cast.village), (cast.elsewhere, cast.pelita)):
        for one, other in ((mine, theirs), (theirs, mine)):
            groups = partners.groups_to_compare(other.organisation.id)
            partners.pin_by_groups(groups, by=one.first.acting(at=at))


def _steps(cast: Cast, at: datetime) -> Iterator[tuple[datetime, Life, Mapping[str, Any]]]:
    """Yield each act with its moment and its person; the acts of a person keep their order."""
    today = clock.local_date(at)
    for number, facts in enumerate(DATA["people"]):
        life, last = Life(cast, facts), datetime.min.replace(tzinfo=at.tzinfo)
        steps = [*DATA["paths"][facts["path"]], *facts.get("more", ())]
        for step in sorted(steps, key=lambda step: int(step["day"])):
            ago = facts["began"] - step["day"]
            moment = clock.start_of(today - timedelta(days=ago)) + MORNING + number * BETWEEN
            moment = max(min(moment, at - JUST_NOW), last + timedelta(seconds=1))
            if ago < 0:
                break
            last = moment
            yield moment, life, step


# The talk and the person


def _talk(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Hold a talk and end it, or leave it unfinished."""
    facts, preset = life.facts, DATA["talks"][step["talk"]]
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
    life.record = left.id
    if left.kind is Kind.PERSON:
        profile = {name: facts.get(name, "") for name in (*needs.PROFILE_FIELDS, "district")}
        needs.change_profile(life.open(by), profile, by=by)


def _documents(facts: Mapping[str, Any]) -> list[Document]:
    """Return what is stored of somebody who gave a name."""
    documents: list[Document] = []
    if facts.get("name"):
        documents += [Person(name=facts["name"]), SafeContact(phone=facts["phone"], hours=facts["hours"])]
    kinds: dict[str, type[Statement]] = {"story": Account, "do_not": Warnings}
    return documents + [kind(text=facts[name]) for name, kind in kinds.items() if name in facts]


def _ask_partner(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    second_opinions.ask(life.open(by), life.cast.pelita.organisation.id, by=by)


def _read(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Give a second opinion on the outcome of the talk."""
    for reading in second_reading.list_waiting(by.viewer):
        if reading.left == life.record:
            second_reading.store_answer(reading.id, "AGREES", by=by)


def _finish(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    next_steps.finish(life.open(by), by=by)


def _exclude(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    sending.record_exclusions(life.open(by), exclusions.new_exclusions((), (), step["words"]), by=by)


# The referral: the sender's side


def _refer(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Add the need, ask for a consent and send the referral."""
    service = directory.service_card(life.service(step))
    chosen = {code: Urgency(step.get("urgency", Urgency.WEEK)) for code in service.types[:1]}
    needs.add_needs(life.open(by), chosen, by=by)
    record, today = life.open(by), clock.local_date(by.at)
    types = needs.met_by(record, service)
    kind, purpose = disclosure.recipient_kind(types), disclosure.purpose_of(types)
    proposal = Proposal(
        recipient=service.id,
        recipient_kind=kind,
        purpose=purpose,
        fields=frozenset({*smallest(purpose, kind), Field.AGE_BAND, Field.SEX}),
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
    record = life.open(by)
    given = consent_queries.get_consent(record, consent)
    offer = disclosure.offer_of(record, given, sent=queries.sent_for(record), at=by.at)
    life.sent.append(made(sending.send(record, offer, by=by)))


def _child(age: AgeStatus) -> ChildFacts:
    if age is AgeStatus.ADULT:
        return ChildFacts(age=age)
    return ChildFacts(age=age, assent=True, guardian=Guardian.CONSENTED, involvement=Involvement.NO_SIGN)


def _follow(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    verb, referral = Verb(step["verb"]), life.sent[-1].referral
    sending.follow_up(life.open(by), referral, verb, by=by, reason=step.get("reason", ""))


def _withdraw(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    referral = made(queries.get_referral(id=life.sent[-1].referral))
    sending.withdraw_consent(life.open(by), referral.consent, by=by, reason=step.get("reason", ""))


def _decline(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    declined_services.record_decline(life.open(by), life.service(step), by=by)


# The referral: the receiver's side


def _answer(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    row, on = receiving.get_received(life.sent[-1].referral, viewer=by.viewer), step.get("expected")
    expected_on = clock.local_date(by.at) + timedelta(days=on) if on else None
    receiving.answer(row, Verb(step["verb"]), by=by, reason=step.get("reason", ""), expected_on=expected_on)


def _answer_link(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Answer as somebody who has the link, and the code if help is promised."""
    sent, verb = life.sent[-1], Verb(step["verb"])
    code = sent.code or "" if verb is Verb.ACCEPT else ""
    links.answer_by_link(sent.token or "", verb, by=Anonymous(at=by.at), code=code, reason=step.get("reason", ""))


def _accept(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    row = receiving.get_received(life.sent[-1].referral, viewer=by.viewer)
    life.case = made(cases.accept_and_open(row, team=min(by.viewer.teams), by=by)).id
    cases.name_person(life.open(by, case=True), life.facts["name"], by=by)


# The case


def _progress(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    cases.report_progress(life.open(by, case=True), Verb(step["verb"]), by=by, reason=step.get("reason", ""))


def _note(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    cases.add_note(life.open(by, case=True), step["text"], by=by)


def _plan(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Store a plan; days count from now, and a step without a day is done."""
    record, today = life.open(by, case=True), clock.local_date(by.at)
    steps = tuple(
        PlanStep(
            id=f"{number}",
            what=what,
            who=who,
            by=today + timedelta(days=days) if days else None,
            state=StepState.PLANNED if days else StepState.DONE,
        )
        for number, (what, who, days) in enumerate(step["steps"])
    )
    stored = record.get(Plan) or Plan()
    goal = next(iter(stored.goals), Goal(id="1", text="", since=today))
    goal = goal.model_copy(update={"text": step["goal"], "steps": steps, **step.get("facts", {})})
    frame = {"review_on": today + timedelta(days=step["review"]), **step.get("frame", {})}
    if "relatives" in step:
        frame["relatives"] = tuple(Relative(id=f"{number}", **row) for number, row in enumerate(step["relatives"]))
        frame["risks"] = tuple(Risk(**risk) for risk in step["risks"])
    plan = stored.model_copy(update={"goals": (goal,), **frame})
    plans.save_plan(record, plan, expected=record.version_of(Plan), by=by)


def _answer_plan(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Record what the person said about the plan."""
    record = life.open(by, case=True)
    facts = {"on": clock.local_date(by.at), "by": by.worker, "at": by.at, "plan": Plan(), **step["facts"]}
    plans.record_answer(record, PlanAgreement.model_validate(facts), seen=record.version_of(Plan), by=by)


def _rate(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Rate the domains in their order; a dash is one that was not asked."""
    rated: dict[str, Any] = {
        rater: {code: rating for code, rating in zip(DOMAINS, step[rater].split(), strict=False) if rating != "-"}
        for rater in RATERS
    }
    full = {*rated["person"], *rated["worker"]} >= set(DOMAINS)
    ratings = Ratings(**rated, on=clock.local_date(by.at), full=full, by=by.worker, at=by.at)
    progress.rate_domains(life.open(by, case=True), ratings, by=by)


def _service(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Record a service that began today, or some days ago."""
    began_on = clock.local_date(by.at) - timedelta(days=step.get("ago", 0))
    line = ServiceVersion(began_on=began_on, by=by.worker, at=by.at, **step["facts"])
    plans.store_service(life.open(by, case=True), line, by=by)


def _give(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    line = GivenVersion(given_on=clock.local_date(by.at), by=by.worker, at=by.at, **step["facts"])
    plans.store_given(life.open(by, case=True), line, by=by)


def _follow_up(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    today = clock.local_date(by.at)
    again, result = step.get("again"), Result(step.get("result", Result.REACHED))
    tries = tuple(today - timedelta(days=days) for days in step.get("tries", ()))
    again_on = today + timedelta(days=again) if again else None
    outcome = FollowUp(code=step["code"], result=result, on=today, tries_on=tries, again_on=again_on)
    cases.record_outcome(life.open(by, case=True), outcome, attempt=_attempt(outcome, step, by), by=by)


def _attempt(outcome: FollowUp, step: Mapping[str, Any], by: Acting) -> Attempt | None:
    """Return the contact that led to an outcome; None if nobody was reached."""
    if outcome.result not in (Result.REACHED, Result.REACHED_BRIEF):
        return None
    facts: dict[str, Any] = {"way": "MET", "safe": "SAFE", **step.get("facts", {})}
    codes: dict[str, Any] = {"code": outcome.code, "result": outcome.result, "answered": Answered.PERSON}
    return Attempt(at=by.at, by=by.worker, written_at=by.at, **codes, **facts)


def _wish(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Store which follow-ups the person wants."""
    wishes = FollowUpWishes(asked_on=clock.local_date(by.at), **step["facts"])
    follow_ups.choose_follow_ups(life.open(by, case=True), wishes, by=by, expected=0)


def _contact_status(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Record that the person is missing, was found or died."""
    contact_status.change_status(life.open(by, case="as" in step), step["verb"], words=step["words"], by=by)


def _tie(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Add somebody around the person, or how they stand to the person since this day."""
    record = life.open(by, case="as" in step)
    facts = {"on": str(clock.local_date(by.at)), **step["tie"]}
    key = next((key for key, tie in ecomap.list_ties(record).items() if tie.states[-1].who == facts["who"]), "")
    ecomap.save_state(record, TieState(**facts, by=by.worker, at=by.at), key=key, by=by)


def _ask_closing(life: Life, step: Mapping[str, Any], by: Acting) -> None:
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
    closing.ask_closing(life.open(by, case=True), request, by=by)


def _agree(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    closing.agree(life.open(by, case=True), by=by)


def _reopen(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    closing.reopen(life.open(by, case=True), by=by)


def _plan_safety(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Make or review the safety plan on the person's record."""
    record, facts = life.open(by), SafetyPlanFacts(**step["plan"])
    review_on = clock.local_date(by.at) + timedelta(days=step["review"])
    expected = record.version_of(SafetyPlan)
    safety_plans.save_safety_plan(record, facts, review_on=review_on, expected=expected, by=by)


def _offer(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Offer help of one or more kinds with the same outcome."""
    today, again = clock.local_date(by.at), step.get("again")
    for service_type in step["types"]:
        offer = Offer(
            service_type=service_type,
            outcome=OfferOutcome(step["outcome"]),
            on=today,
            by=made(by.worker),
            at=by.at,
            reasons=tuple(step.get("reasons", ())),
            language=life.facts.get("language", ""),
            information=step.get("information", ""),
            recontact=step.get("recontact", ""),
            again_on=today + timedelta(days=again) if again else None,
        )
        words = {name: step[name] for name in ("words", "consequences", "would_change", "safe_way") if name in step}
        offers.record_offer(life.open(by), offer, OfferWords(**words), by=by)


def _met(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Record an encounter some years before, at which nobody recognised what happened."""
    when = PartialDate(clock.local_date(by.at).year - step["years_ago"], step.get("month"))
    encounter = Encounter(when=when, by=made(by.worker), at=by.at, **step["facts"])
    encounters.record_encounter(life.open(by), encounter, EncounterWords(**step.get("words", {})), by=by)


def _happened(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Record times of exploitation and stages of life, on the case or on the person's record."""
    is_case = life.case is not None and by.worker != life.player().id
    for facts in step["episodes"]:
        episodes.save_episode(life.open(by, case=is_case), EpisodeFacts(**facts), by=by)
    for expected, (stage, factors) in enumerate(step["stages"].items()):
        record = life.open(by, case=is_case)
        episodes.save_stage(record, stage, factors=tuple(factors), words="", expected=expected, by=by)


def _safe_text(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    messenger.agree_safe_text(life.open(by, case=True), step["code"], life.facts["language"], by=by)


def _correct(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    correct(life.open(by, case=True), step["text"], step["answer"], by=by)


ACTS = {
    "talk": _talk,
    "offer": _offer,
    "met": _met,
    "ask_partner": _ask_partner,
    "read": _read,
    "finish": _finish,
    "exclude": _exclude,
    "refer": _refer,
    "follow": _follow,
    "withdraw": _withdraw,
    "decline": _decline,
    "answer": _answer,
    "answer_link": _answer_link,
    "accept": _accept,
    "progress": _progress,
    "note": _note,
    "happened": _happened,
    "document": lambda life, step, by: add_slip(life.open(by, case=True), step, by=by),
    "safe_text": _safe_text,
    "correct": _correct,
    "safety": _plan_safety,
    "plan": _plan,
    "tie": _tie,
    "answer_plan": _answer_plan,
    "rate": _rate,
    "service": _service,
    "give": _give,
    "follow_up": _follow_up,
    "wish": _wish,
    "contact_status": _contact_status,
    "ask_closing": _ask_closing,
    "agree": _agree,
    "reopen": _reopen,
}
