"""The next step after a talk: what happens, who must do it, and by when. Pure functions."""

from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from suar.core.codes import code_list
from suar.screening.codes import Answer, ContactResult, Outcome
from suar.screening.rules.answers import SEEN_AGE_DOUBT, AgeFacts, Answers, NeedAnswer, Path, path_of
from suar.screening.rules.instrument import Stop
from suar.screening.rules.needs import urgent_needs
from suar.screening.rules.setting import is_report, setting_of
from suar.screening.rules.steps import Q_CUSTODY, place_was_bad

STEPS, WORDS = code_list("screening", "next_steps"), code_list("screening", "agreed_words")
CHILD, OUTSIDE, SEE_AGAIN, LAWYER = "NS_CHILD", "NS_OUTSIDE", "NS_SEE_AGAIN", "NS_LAWYER"
HELP, COMES_BACK, CALL, EXPECTED = "NS_HELP", "NS_COMES_BACK", "NS_CALL", "NS_EXPECTED"
REACH, HAND_OVER = "NS_REACH", "NS_HAND_OVER"
FIXED = frozenset({CHILD, OUTSIDE})
"""Steps that follow from the rules alone; the worker cannot choose another one."""
MUST_HAVE_OWNER = frozenset({SEE_AGAIN, LAWYER, REACH})
AFTER_REPORT = (REACH, "NS_DEADLINE", "NS_NONE_NEEDED", "NS_NONE_SAFE")
"""Steps that can follow about a reported person. Nobody but the worker ends a report, and only for a reason."""
SEEN_CONTROL = "I_O_CONTROLLED"
MAX_DAYS = 90


class Owner(StrEnum):
    """The owner of a next step."""

    AUTHOR = "AUTHOR"
    COLLEAGUE = "COLLEAGUE"
    CHILD_PROTECTION = "CHILD_PROTECTION"
    NOBODY = "NOBODY"


def may_be_child(answers: Answers, stop: Stop | None) -> bool:
    """Return True if the talk is about a child, or about somebody who may be one.

    An age that was neither asked about nor doubted is no sign of a child, except in a place for children.

    Source: Palermo Protocol, art. 3(d); UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    if stop is not None and stop.code == "STOP_CHILD_ALONE":
        return True
    if answers.needs.get("ND_CHILD_ALONE", NeedAnswer()).answer is Answer.YES:
        return True
    place = setting_of(answers)
    is_known = answers.age != AgeFacts() or _was_seen(answers, SEEN_AGE_DOUBT) or (place and place.child_worker)
    return bool(is_known) and path_of(answers) is Path.CHILD


def is_controlled(answers: Answers, stop: Stop | None) -> bool:
    """Return True if somebody may control the person.

    Source: WHO 2003, principle 2; docs/decisions/talk.md.
    """
    return (stop is not None and stop.code == "STOP_CONTROLLER") or _was_seen(answers, SEEN_CONTROL)


def is_in_custody(answers: Answers) -> bool:
    """Return True if the person is in custody, or called in by police or immigration.

    Source: ASEAN guidelines on non-punishment; docs/decisions/talk.md.
    """
    place = setting_of(answers)
    answered_held = answers.choices.get(Q_CUSTODY) in ("NOT_ACCUSED", "LAWYER", "NO_LAWYER")
    needs_lawyer = answers.needs.get("ND_HELD", NeedAnswer()).answer is Answer.YES
    return answered_held or needs_lawyer or bool(place and place.detains)


def default_step(answers: Answers, stop: Stop | None, *, has_name: bool, has_contact: bool) -> str:
    """Return the next step if the worker chooses none.

    A child goes to child protection: outside the organisation if somebody here may be involved. Somebody left in danger
    is met again in a safe way. Somebody without a bed tonight, or with whom a later call is agreed, is contacted again,
    unless they chose not to talk; where no contact is or may be stored, at an agreed time.

    Source: own design, docs/decisions/talk.md.
    """
    if may_be_child(answers, stop):
        return OUTSIDE if stop is not None and stop.keeps == "BARE" else CHILD
    if is_report(answers) and not is_in_custody(answers):
        return REACH
    in_danger = stop is not None and stop.code == "STOP_DANGER" and not is_in_custody(answers)
    if is_controlled(answers, stop) or in_danger:
        return SEE_AGAIN
    if is_in_custody(answers):
        return LAWYER
    needs_call = any(need.cannot_wait or need.acted is ContactResult.LATER for need in urgent_needs(answers))
    if needs_call and not _declined(stop):
        return CALL if has_contact and not place_was_bad(answers) else EXPECTED
    return HELP if has_name else COMES_BACK


def may_choose_step(chosen: str, default: str) -> bool:
    """Return True if the worker may choose this next step: instead of the default one, or beside a fixed one.

    A step for a child is fixed; the author may contact the person beside it, or act before a day. A controlled or held
    person always gets a step with an owner. An urgent need does not wait for the person to come back by themselves. A
    person who was not met yet is reached by the author or by a colleague.

    Source: own design, docs/decisions/talk.md.
    """
    step = STEPS.get(chosen)
    if chosen == default or step is None or step.get("usual"):
        return chosen == default and default not in FIXED
    if default in FIXED:
        return bool(step["owner"] == Owner.AUTHOR)
    if default == REACH:
        return chosen == HAND_OVER
    if default in (CALL, EXPECTED):
        return chosen != COMES_BACK
    return default not in MUST_HAVE_OWNER or step["owner"] != Owner.NOBODY


def agreed_word(record: UUID) -> str:
    """Return the everyday word that identifies the person of a talk without a name. It is not stored.

    Source: own design, docs/decisions/talk.md.
    """
    return WORDS.members[record.int % len(WORDS)].label


def due_day(step: str, *, today: date, chosen: date | None = None) -> date | None:
    """Return the day by which a step is due, or None if nobody owns it. A chosen day is at most 90 days ahead.

    Source: own design, docs/decisions/talk.md.
    """
    if STEPS[step]["days"] is None:
        return None
    default = today + timedelta(days=STEPS[step]["days"])
    return default if chosen is None or step in FIXED else min(max(chosen, today), today + timedelta(days=MAX_DAYS))


def _declined(stop: Stop | None) -> bool:
    return stop is not None and stop.ends_as is Outcome.DECLINED


def _was_seen(answers: Answers, sign: str) -> bool:
    return any(sign in signs for signs in answers.signs.values())
