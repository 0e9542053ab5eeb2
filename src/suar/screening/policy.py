"""What may be done in a talk, and what its ending means, decided from the answers: pure."""

from uuid import UUID

from suar.accounts.roles import Permission, Viewer
from suar.core.decisions import Decision
from suar.screening.codes import Outcome, Step
from suar.screening.rules.answers import AgeFacts, Answers, Path, path_of
from suar.screening.rules.instrument import instrument_of
from suar.screening.rules.steps import Next, next_step, pressing
from suar.screening.rules.steps import ended_by as ended_by_rule

LEAVES_NOTHING_TO_FIND = frozenset({"STOP_CONTROLLER", "STOP_NO_PRIVACY", "STOP_TIE"})
USUAL_REASONS = {Outcome.UNABLE: "RS_NO_ROOM", Outcome.DECLINED: "RS_PERSON_CHOSE"}


def first_open(step: Step, answers: Answers) -> Next | None:
    """Return what comes before a step: an earlier one that is still open, or an end; None if nothing does.

    So nobody reaches the questions on experience by their URL before consent.
    Source: WHO 2003, principles 1 and 6; docs/decisions/talk.md.
    """
    order = [slot.code for slot in instrument_of(answers).steps]
    here = order.index(step)
    following = next_step(order[here - 1], answers) if here else None
    return None if following is None or following.step is step else following


def reached(answers: Answers) -> Step:
    """Return the step a talk has come to: the first that is not settled, or the last.

    Source: docs/decisions/talk.md.
    """
    order = [slot.code for slot in instrument_of(answers).steps]
    return next(step for step in reversed(order) if first_open(step, answers) is None)


def place_was_bad(answers: Answers) -> bool:
    """Return True if a safety question has a bad answer: somebody who may decide for the person could see or hear.

    No name is stored then, whatever else stopped the talk; the person's wish does not count there. A question that
    was not asked is not bad.
    Source: WHO 2003, principle 2; data/instrument-short-1.json, bad; docs/decisions/outcomes.md.
    """
    questions = instrument_of(answers).questions
    return any(answer in questions[code].bad for code, answer in answers.choices.items())


def ended_by(answers: Answers) -> str | None:
    """Return the stop rule a talk ends by if it ends now: tapped, or asked for by its answers.

    A talk that never found a safe place ends by the rule that its answers trigger, also if the worker goes straight
    to the outcome.
    Source: data/stops-1.json; docs/decisions/talk.md.
    """
    rule = ended_by_rule(answers)
    return pressing(Step.SAFE, answers) if rule is None and place_was_bad(answers) else rule


def is_known_child(answers: Answers) -> bool:
    """Return True if the talk is on the child path because of a stated or observed age.

    Source: docs/decisions/talk.md.
    """
    return answers.age != AgeFacts() and path_of(answers) is Path.CHILD


def spoken_path(answers: Answers) -> Path:
    """Return the path whose wording is spoken: a stranger whose age was not asked is not addressed as a child.

    The care of the child path applies all the same until the age is known.
    Source: own design, docs/decisions/talk.md.
    """
    return Path.CHILD if is_known_child(answers) else Path.ADULT


def usual_choice(answers: Answers, suggested: Outcome, stopped_by: str | None) -> tuple[str, str]:
    """Return outcome and reason that are chosen when the page opens, "" for none: only for a stopped talk.

    A finished talk opens with nothing chosen, and a stopped one never with signs.
    Source: own design, docs/decisions/outcomes.md (the worker chooses); data/outcomes-1.json, reasons.
    """
    outcome = instrument_of(answers).stops[stopped_by].ends_as if stopped_by else None
    return (outcome.value, USUAL_REASONS[outcome]) if outcome and suggested is outcome else ("", "")


def may_leave_card(stopped_by: str | None) -> bool:
    """Return True if something on paper may be given: not where somebody might find it.

    Source: data/stops-1.json, now ("give nothing that can be found").
    """
    return stopped_by not in LEAVES_NOTHING_TO_FIND


def may_read_second(viewer: Viewer, *, author: UUID, team: UUID, is_read: bool) -> Decision:
    """Return whether a worker may be the second reader: in the same team, with the permission, and not the author.

    Source: subject knowledge 2.6; docs/decisions/second-opinions.md.
    """
    here = viewer.may(Permission.SECOND_READ) and team in viewer.teams
    if not here or viewer.worker == author:
        return Decision.no("not_here")
    return Decision.no("read_already") if is_read else Decision.yes()


def may_ask_partner(viewer: Viewer, *, author: UUID, team: UUID) -> Decision:
    """Return whether a worker may ask a partner organisation: the author of the talk, and leads of the team.

    Source: own design, docs/decisions/second-opinions.md.
    """
    here = viewer.worker == author or team in viewer.leads
    return Decision.yes() if here and viewer.may(Permission.RUN_TALK) else Decision.no("not_here")


def may_read_for_partner(viewer: Viewer, *, partner: UUID, is_closed: bool) -> Decision:
    """Return whether a worker may answer for a partner: with the permission, in the organisation that was asked.

    Source: own design, docs/decisions/second-opinions.md.
    """
    if not viewer.may(Permission.READ_FOR_PARTNER) or viewer.organisation != partner:
        return Decision.no("not_here")
    return Decision.no("partner_closed") if is_closed else Decision.yes()
