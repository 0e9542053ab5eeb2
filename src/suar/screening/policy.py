"""What may be done in a talk, and what its ending means, judged from the sealed answers: pure."""

from uuid import UUID

from suar.accounts.roles import Permission, Viewer
from suar.core.decisions import Decision
from suar.screening import rules
from suar.screening.codes import Outcome, Step
from suar.screening.rules.answers import Answers
from suar.screening.rules.conflict_of_interest import Next
from suar.screening.rules.law import AgeFacts, Path

LEAVES_NOTHING_TO_FIND = frozenset({"STOP_CONTROLLER", "STOP_NO_PRIVACY", "STOP_TIE"})


def first_open(step: Step, answers: Answers) -> Next | None:
    """Say what stands before a step: an earlier one still open, or an end; None when nothing does.

    So nobody reaches the questions on experience by their address before a yes.
    Source: WHO 2003, principles 1 and 6; docs/decisions/talk.md.
    """
    order = [slot.code for slot in rules.instrument_of(answers).steps]
    here = order.index(step)
    if here == 0:
        return None
    going = rules.next_step(order[here - 1], answers)
    return None if going.step is step else going


def reached(answers: Answers) -> Step:
    """Give the step a talk has come to: the first that is not settled, or the last.

    Source: docs/decisions/talk.md.
    """
    order = [slot.code for slot in rules.instrument_of(answers).steps]
    return next(step for step in reversed(order) if first_open(step, answers) is None)


def may_stop(stop: str, step: Step, answers: Answers) -> Decision:
    """Say whether this stop rule is offered on this step; a forged one is not.

    Source: data/stops-1.json, offered_at.
    """
    offered = {each.stop for each in rules.stop_offered(step, answers)}
    return Decision.yes() if stop in offered else Decision.no("STOP_NOT_OFFERED")


def place_was_bad(answers: Answers) -> bool:
    """Say whether a safety question has a bad answer; one that was not asked is not bad.

    Source: WHO 2003, principle 2; data/instrument-short-1.json, bad.
    """
    asked = rules.instrument_of(answers).questions
    return any(answer in asked[code].bad for code, answer in answers.choices.items())


def ended_by(answers: Answers) -> str | None:
    """Give the stop rule a talk ends by if it ends now: tapped, or asked for by its answers.

    A talk that never found a safe place ends by the rule that its answers press, also when
    somebody goes straight to the outcome.
    Source: data/stops-1.json; docs/decisions/talk.md.
    """
    found = rules.ended_by(answers)
    if found is None and place_was_bad(answers):
        return rules.pressing(Step.SAFE, answers)
    return found


def wish_counts(answers: Answers) -> bool:
    """Say whether the person's wish to keep something can count: not where others could hear.

    No name is kept after somebody who may decide for the person was near, whatever else stopped
    the talk.
    Source: WHO 2003, principle 2; docs/decisions/outcomes.md.
    """
    return not place_was_bad(answers)


def is_known_child(answers: Answers) -> bool:
    """Say whether the talk is on the child path because of something that was told or seen.

    Source: docs/decisions/talk.md.
    """
    return answers.age != AgeFacts() and rules.path(answers) is Path.CHILD


def spoken_path(answers: Answers) -> Path:
    """Give the path whose wording is spoken: a stranger whose age was not asked is no "kamu".

    The care of the child path holds all the same until the age is known.
    Source: own design, docs/decisions/talk.md.
    """
    return Path.CHILD if is_known_child(answers) else Path.ADULT


def usual_outcome(answers: Answers, suggested: Outcome, stopped_by: str | None) -> Outcome | None:
    """Give the outcome that stands chosen when the page opens: only for a talk that was stopped.

    A finished talk opens with nothing chosen, and a stopped one never with signs.
    Source: own design, docs/decisions/outcomes.md (the worker chooses).
    """
    if stopped_by is None:
        return None
    stop = rules.instrument_of(answers).stops[stopped_by]
    return stop.ends_as if suggested is stop.ends_as else None


def usual_reason(outcome: Outcome | None) -> str:
    """Give the reason that stands chosen with it.

    Source: own design, docs/decisions/outcomes.md; data/outcomes-1.json, reasons.
    """
    reasons = {Outcome.UNABLE: "RS_NO_ROOM", Outcome.DECLINED: "RS_PERSON_CHOSE"}
    return reasons.get(outcome, "") if outcome else ""


def may_leave_card(stopped_by: str | None) -> bool:
    """Say whether something on paper may be given: not where somebody might find it.

    Source: data/stops-1.json, now ("give nothing that can be found").
    """
    return stopped_by not in LEAVES_NOTHING_TO_FIND


def may_read_second(viewer: Viewer, *, author: UUID, team: UUID, is_read: bool) -> Decision:
    """Say who may be the second person: of the same team, allowed to, and not the first one.

    Source: subject knowledge 2.6; docs/decisions/second-opinions.md.
    """
    here = viewer.may(Permission.SECOND_READ) and team in viewer.teams
    if not here or viewer.worker == author:
        return Decision.no("not_here")
    return Decision.no("read_already") if is_read else Decision.yes()


def may_ask_partner(viewer: Viewer, *, author: UUID, team: UUID) -> Decision:
    """Say who may ask a partner house: whoever held the talk, and who leads the team.

    Source: own design, docs/decisions/second-opinions.md.
    """
    here = viewer.worker == author or team in viewer.leads
    may = here and viewer.may(Permission.RUN_TALK)
    return Decision.yes() if may else Decision.no("not_here")


def may_read_for_partner(viewer: Viewer, *, partner: UUID, is_closed: bool) -> Decision:
    """Say who may read for a partner: whose role may, in the house that was asked, while it waits.

    Source: own design, docs/decisions/second-opinions.md.
    """
    if not viewer.may(Permission.READ_FOR_PARTNER) or viewer.organisation != partner:
        return Decision.no("not_here")
    return Decision.no("partner_closed") if is_closed else Decision.yes()
