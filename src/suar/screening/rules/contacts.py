"""The call about a need at the end of a talk: when one is required, and what it settles. Pure functions."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from suar.core.urgency import CANNOT_WAIT
from suar.screening.codes import ContactResult
from suar.screening.rules.answers import Answers, Call, Path, path_of
from suar.screening.rules.instrument import Stop, instrument_of
from suar.screening.rules.needs import SOMEBODY_ELSE, UrgentNeed, urgent_needs

REACHED = frozenset({ContactResult.SPOKE, ContactResult.HELPS_HERE})


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
    if call and call.acted in REACHED:
        helped = _helped_by_call(answers, about, stop)
        reached = tuple(_with_call(need, call) if need is about or helped(need) else need for need in needs)
        needs, about = reached, reached[needs.index(about)] if about else None
    if about and call:
        called = replace(about, acted=call.acted, who_answers=call.whom)
        return tuple(called if need is about else need for need in needs)
    if about or stop is None or stop.level is None:
        return needs
    call = call or Call(ContactResult.NOT_YET)
    is_child = path_of(answers) is Path.CHILD
    return (*needs, UrgentNeed(stop.code, stop.level, stop.services, call.acted, call.whom, of_child=is_child))


def _helped_by_call(answers: Answers, about: UrgentNeed | None, stop: Stop | None) -> Callable[[UrgentNeed], bool]:
    """Return the condition under which a call about a need, or else about a stop, counts for another need."""
    all_needs = instrument_of(answers).needs
    whom = all_needs[about.need].whom if about else stop.whom if stop else ""
    services = about.services if about else stop.services if stop else ()

    def is_helped(need: UrgentNeed) -> bool:
        other = all_needs[need.need].whom
        return other not in SOMEBODY_ELSE or (other == whom and need.services[:1] == services[:1])

    return is_helped


def _with_call(need: UrgentNeed, call: Call) -> UrgentNeed:
    is_open = need.cannot_wait and need.acted is ContactResult.NOT_YET
    return replace(need, acted=call.acted, who_answers=call.whom) if is_open else need


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
