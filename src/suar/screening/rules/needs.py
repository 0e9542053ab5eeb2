"""The reported needs of a talk, their urgency, who was informed, and the call at the end. Pure functions."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.screening.codes import Answer, ContactResult
from suar.screening.rules.answers import AgeFacts, Answers, Call, NeedAnswer, Path, path_of
from suar.screening.rules.instrument import Instrument, Need, Question, Stop, instrument_of
from suar.screening.rules.setting import written_later

WHEN, OTHER_DAYS = "WR_WHEN", frozenset({"YESTERDAY", "WEEK", "EARLIER"})
SOMEBODY_ELSE = frozenset({"CHILD", "OTHER"})
"""The other people a need can concern."""
REACHED = frozenset({ContactResult.SPOKE, ContactResult.HELPS_HERE})


@dataclass(frozen=True, slots=True)
class UrgentNeed:
    """A reported need. `raised`: a sign raised it, after the needs were asked. `of_child`: a child may have it."""

    need: str
    level: Urgency
    services: tuple[str, ...]
    acted: ContactResult
    who_answers: str
    raised: bool = False
    of_child: bool = False

    @property
    def known(self) -> bool:
        """Return True if the worker helps, or spoke to somebody who will help and named them."""
        return self.acted is ContactResult.HELPS_HERE or (self.acted is ContactResult.SPOKE and bool(self.who_answers))

    @property
    def settled(self) -> bool:
        """Return True if a helper was informed, or if an adult does not want help with it."""
        return self.known or (self.acted is ContactResult.NOT_WANTED and not self.of_child)

    @property
    def unnamed(self) -> bool:
        """Return True if the worker spoke to somebody but did not enter the name."""
        return self.acted is ContactResult.SPOKE and not self.who_answers

    @property
    def cannot_wait(self) -> bool:
        """Return True for the levels Now and Today."""
        return self.level in CANNOT_WAIT


def urgent_needs(answers: Answers) -> tuple[UrgentNeed, ...]:
    """Return the reported needs, most urgent first.

    A sign that raises a need (fear of someone now) counts as reported until the need is answered.

    Source: WHO 2003, principle 9; data/needs-2.json, levels U1 to U5.
    """
    talk = instrument_of(answers)
    yes = [row for code, row in talk.questions.items() if answers.choices.get(code) == Answer.YES]
    raised = {need for row in yes for need in needs_raised(row, answers.signs.get(row.code, ()), talk=talk)}
    path = path_of(answers)
    needs = []
    for code, need in talk.needs.items():
        stored = answers.needs.get(code, NeedAnswer())
        is_raised = stored.answer is Answer.NOT_ASKED and code in raised
        if stored.answer is Answer.YES or is_raised:
            level, acted = _level_and_call(need, stored, answers)
            call = acted, stored.who_answers
            needs.append(UrgentNeed(code, level, need.services_for(path), *call, is_raised, path is Path.CHILD))
    own = _own_needs(needs, answers)
    return tuple(sorted((_as_answered(need, own) for need in needs), key=lambda need: need.level))


def need_raised_by(question: Question, answers: Answers) -> Need | None:
    """Return the need that cannot wait and that a sign under this question raises, to be asked about beside it.

    It is None if the need was reported before, or if a call about another one counts for it.

    Source: WHO 2003, principle 9; docs/decisions/talk.md.
    """
    talk = instrument_of(answers)
    need = talk.needs.get(question.raises or "")
    kinds = answers.signs.get(question.code, ())
    if need is None or need.level not in CANNOT_WAIT or need.code not in needs_raised(question, kinds, talk=talk):
        return None
    own = _own_needs(urgent_needs(answers), answers)
    services, not_yet = need.services_for(path_of(answers)), ContactResult.NOT_YET
    late = UrgentNeed(need.code, need.level, services, not_yet, "", raised=True)
    is_known = need.code in {other.need for other in own} or _as_answered(late, own).acted is not not_yet
    return None if is_known else need


def _own_needs(needs: Iterable[UrgentNeed], answers: Answers) -> list[UrgentNeed]:
    rows = instrument_of(answers).needs
    return [need for need in needs if not need.raised and rows[need.need].whom not in SOMEBODY_ELSE]


def needs_raised(question: Question, kinds: Collection[str], *, talk: Instrument) -> set[str]:
    """Return the needs that a yes to a question raises: those of the ticked kinds of signs, else its own.

    Source: own design, docs/decisions/talk.md; data/signs-3.json, raises.
    """
    if question.raises is None:
        return set()
    return {talk.signs[kind].raises or question.raises for kind in kinds} or {question.raises}


def may_agree_later(need: Need, answers: Answers) -> bool:
    """Return True if a call about a need can be left for the next three days, as agreed with an adult.

    Source: data/needs-2.json, may_wait; WHO 2003, principle 5; UNICEF Guidelines 2006.
    """
    return need.may_wait and (answers.age == AgeFacts() or path_of(answers) is Path.ADULT)


def _level_and_call(need: Need, stored: NeedAnswer, answers: Answers) -> tuple[Urgency, ContactResult]:
    """Return the level and the call of a need; agreed on later, it is one for the next three days."""
    if stored.acted is not ContactResult.LATER:
        return need.level, stored.acted
    if may_agree_later(need, answers):
        return Urgency.THREE_DAYS, stored.acted
    return need.level, ContactResult.NOT_YET


def _as_answered(need: UrgentNeed, own: Sequence[UrgentNeed]) -> UrgentNeed:
    """Return a need that a sign raised, with the call already made about another need that the same service answers."""
    if not need.raised or need.acted is not ContactResult.NOT_YET:
        return need
    calls = (other for other in own if need.services[0] == other.services[0])
    call = next((other for other in calls if other.known or other.acted is ContactResult.TRIED), need)
    return replace(need, acted=call.acted, who_answers=call.who_answers)


def requires_call_first(answers: Answers, *, raised: bool = False) -> bool:
    """Return True if a need that cannot wait has no call yet, made or tried; the talk pauses until then.

    A need that a sign raised is asked about on the page of the sign, so nothing before it is asked again. Writing up
    a talk of another day does not wait for a call.

    Source: WHO 2003, principle 9; docs/decisions/talk.md.
    """
    if written_later(answers) and answers.choices.get(WHEN) in OTHER_DAYS:
        return False
    needs = (need for need in urgent_needs(answers) if need.raised is raised)
    return any(need.cannot_wait and need.acted is ContactResult.NOT_YET for need in needs)


def waiting_needs(answers: Answers) -> list[UrgentNeed]:
    """Return the needs that cannot wait and that no helper knows of yet.

    Source: WHO 2003, principle 9; docs/decisions/talk.md.
    """
    return [need for need in urgent_needs(answers) if need.cannot_wait and not need.settled]


def needs_were_asked(answers: Answers) -> bool:
    """Return True if at least one need was answered, also with no.

    Source: own design, docs/decisions/talk.md.
    """
    return any(need.answer is not Answer.NOT_ASKED for need in answers.needs.values())


def requires_call(stop: Stop | None) -> bool:
    """Return True if a talk that ends by this rule must record a call.

    Source: WHO 2003, principle 9; UNICEF guidelines 2006; docs/decisions/talk.md.
    """
    return stop is not None and stop.level in CANNOT_WAIT


def need_of_stop(needs: Sequence[UrgentNeed], stop: Stop) -> UrgentNeed | None:
    """Return the reported need that triggers a stop rule, preferably one that is not settled.

    Source: own design, docs/decisions/talk.md.
    """
    codes = {trigger.need for trigger in stop.triggers}
    return min((need for need in needs if need.need in codes), key=lambda need: need.settled, default=None)


def needs_at_end(answers: Answers, stop: Stop | None, call: Call | None) -> tuple[UrgentNeed, ...]:
    """Return the reported needs with the call at the end, and the need that the stop rule implies.

    A call that reached help counts for each need that cannot wait and about which nobody was called before; for a
    need of somebody else only if it was about one of theirs, which the same service answers first.

    Source: own design, docs/decisions/talk.md.
    """
    needs = urgent_needs(answers)
    about = need_of_stop(needs, stop) if stop else None
    if call:
        has_reached = call.acted in REACHED
        needs = tuple(
            replace(need, acted=call.acted, who_answers=call.whom)
            if need is about or (has_reached and _is_helped(need, about or stop, answers))
            else need
            for need in needs
        )
    if about or stop is None or stop.level is None:
        return needs
    call = call or Call(ContactResult.NOT_YET)
    is_child = path_of(answers) is Path.CHILD
    return (*needs, UrgentNeed(stop.code, stop.level, stop.services, call.acted, call.whom, of_child=is_child))


def _is_helped(need: UrgentNeed, about: UrgentNeed | Stop | None, answers: Answers) -> bool:
    """Return True if a call about another need, or about a stop, counts for this one, about which nobody was called."""
    if not need.cannot_wait or need.acted is not ContactResult.NOT_YET:
        return False
    rows = instrument_of(answers).needs
    other = rows[need.need].whom
    whom = rows[about.need].whom if isinstance(about, UrgentNeed) else about.whom if about else ""
    services = about.services if about else ()
    return other not in SOMEBODY_ELSE or (other == whom and need.services[:1] == services[:1])


def has_unreached_need(needs: Sequence[UrgentNeed], stop: Stop | None, acted: ContactResult | None) -> bool:
    """Return True if a need that cannot wait is not settled.

    Source: WHO 2003, principle 9; docs/decisions/talk.md.
    """
    still_open = any(need.cannot_wait and not need.settled for need in needs)
    return still_open or (requires_call(stop) and not is_settled_by(acted, of_child=any(n.of_child for n in needs)))


def is_settled_by(acted: ContactResult | None, *, of_child: bool) -> bool:
    """Return True if this result of a call leaves nothing open; that an adult wants no help settles it too.

    Source: WHO 2003, principles 5 and 9; UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    return acted in (REACHED if of_child else REACHED | {ContactResult.NOT_WANTED})
