"""Case work on invented people after the talk and the referral."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from suar.accounts.acting import Acting
from suar.cases import actions as cases
from suar.cases import (
    attachments,
    closing,
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
)
from suar.cases import plan as plans
from suar.cases.codes import DOMAINS, Answered, ClosureReason, OfferOutcome, Result, StepState
from suar.cases.documents import ClosingRequest
from suar.cases.documents import plan as parts
from suar.cases.documents.follow_ups import Attempt, FollowUpWishes, Offer, OfferWords
from suar.cases.documents.history import Encounter, EncounterWords, EpisodeFacts, TieState
from suar.cases.rules import Outcome as FollowUp
from suar.cases.rules.dates import PartialDate
from suar.core import clock
from suar.core.files.cleaning import clean_file
from suar.demo.letters import SLIP
from suar.demo.life import Life, Step, made
from suar.referrals.codes import Verb


class CaseWork(Life):
    """The acts of case work, each under its name in `people.json`."""

    def offer(self, step: Step, by: Acting) -> None:
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
                language=self.facts.get("language", ""),
                information=step.get("information", ""),
                recontact=step.get("recontact", ""),
                again_on=today + timedelta(days=again) if again else None,
            )
            words = {name: step[name] for name in ("words", "consequences", "would_change", "safe_way") if name in step}
            offers.record_offer(self.open(by), offer, OfferWords(**words), by=by)

    def met(self, step: Step, by: Acting) -> None:
        """Record an earlier encounter at which nobody recognised the exploitation."""
        when = PartialDate(clock.local_date(by.at).year - step["years_ago"], step.get("month"))
        encounter = Encounter(when=when, by=made(by.worker), at=by.at, **step["facts"])
        encounters.record_encounter(self.open(by), encounter, EncounterWords(**step.get("words", {})), by=by)

    def progress(self, step: Step, by: Acting) -> None:
        cases.report_progress(self.open(by, case=True), Verb(step["verb"]), by=by, reason=step.get("reason", ""))

    def note(self, step: Step, by: Acting) -> None:
        cases.add_note(self.open(by, case=True), step["text"], by=by)

    def happened(self, step: Step, by: Acting) -> None:
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
        cases.record_outcome(self.open(by, case=True), outcome, attempt=_attempt(outcome, step, by), by=by)

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
