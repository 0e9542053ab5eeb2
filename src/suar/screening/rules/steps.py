"""Where the talk goes next: back to what is open, on to the next step, or to its end."""

from collections.abc import Callable

from suar.screening.codes import Answer, Step, Way
from suar.screening.rules.answers import Answers, path
from suar.screening.rules.conflict_of_interest import Next, meeting_open, tie_ends
from suar.screening.rules.instrument import instrument_of
from suar.screening.rules.law import AgeBand, Doubt, Path
from suar.screening.rules.needs import act_first, needs_were_asked
from suar.screening.rules.stops import pressing

DONE = "DONE"
SAFETY = ("SF_HEARD", "SF_NEAR", "SF_PHONE")
SAFE_ADULT = frozenset({"HERE", "STAND_IN"})
NO_SAFE_ADULT = frozenset({"NONE", "MAY_BE_INVOLVED"})
LEAVE = frozenset({Way.SIGNPOST, Way.LATER})
REFUSED = frozenset({"NO", "NOT_ABLE"})

Settled = Callable[[Answers], Next | None]


def next_step(step: Step, answers: Answers) -> Next:
    """Say where the talk goes from a step: the first open one up to here, the next, or the end.

    Safety cannot be skipped, needs come before questions, nothing on experience is asked before a
    yes, and a child with no safe adult is asked about safety and needs only.

    Source: WHO 2003, principles 1, 6 and 9; UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    order = [slot.code for slot in instrument_of(answers).steps]
    here = order.index(step)
    for earlier in order[: here + 1]:
        open_still = SETTLED[earlier](answers)
        if open_still is not None:
            return open_still
    last = here + 1 == len(order)
    return Next(None, DONE) if last else Next(order[here + 1], "GO_ON")


def ended_by(answers: Answers) -> str | None:
    """Give the stop rule a talk ended by: the one that was tapped, or the one its answers ask for.

    A child with no safe adult, a no to talking, and leaving an unsafe place end a talk even where
    nobody tapped a rule. None means that the talk goes on or was finished.

    Source: data/stops-1.json; docs/decisions/talk.md.
    """
    if answers.stopped_by is not None:
        return answers.stopped_by
    return next_step(instrument_of(answers).steps[-1].code, answers).stop


def is_safe(answers: Answers) -> bool:
    """Say whether all three safety questions have a good answer; not knowing is not good.

    Source: WHO 2003, principle 2; data/instrument-short-1.json, bad.
    """
    asked = instrument_of(answers).questions
    return all(
        answers.choices.get(code, Answer.NOT_ASKED) not in {*asked[code].bad, Answer.NOT_ASKED} for code in SAFETY
    )


def age_known(answers: Answers) -> bool:
    """Say whether anything was said about the age, also that nobody knows it.

    Source: own design, docs/decisions/talk.md.
    """
    age = answers.age
    return (
        age.years is not None
        or age.settled is not None
        or age.band is not AgeBand.UNKNOWN
        or age.doubt is not Doubt.NOT_ASKED
    )


def _safe(answers: Answers) -> Next | None:
    tied = tie_ends(answers)
    if tied is not None:
        return tied
    if is_safe(answers):
        return meeting_open(answers)
    if answers.choices.get("SF_WAY") in LEAVE:
        return Next(None, "ENDS_HERE", pressing(Step.SAFE, answers))
    answered = all(code in answers.choices for code in SAFETY)
    return Next(Step.SAFE, "NOT_SAFE_YET" if answered else "SAFETY_OPEN")


def _needs(answers: Answers) -> Next | None:
    if not needs_were_asked(answers):
        return Next(Step.NEEDS, "NEEDS_OPEN")
    return Next(Step.NEEDS, "ACT_FIRST") if act_first(answers) else None


def _age(answers: Answers) -> Next | None:
    if not age_known(answers):
        return Next(Step.AGE, "AGE_OPEN")
    adult_here = answers.choices.get("AG_GUARDIAN")
    if path(answers) is Path.ADULT or adult_here in SAFE_ADULT:
        return None
    if adult_here in NO_SAFE_ADULT:
        return Next(None, "ENDS_HERE", "STOP_CHILD_ALONE")
    return Next(Step.AGE, "GUARDIAN_OPEN")


def _consent(answers: Answers) -> Next | None:
    asked = ["CN_ANSWER"] + (["CN_GUARDIAN"] if path(answers) is Path.CHILD else [])
    given = [answers.choices.get(code) for code in asked]
    if REFUSED.intersection(given):
        return Next(None, "ENDS_HERE", pressing(Step.CONSENT, answers))
    if answers.choices.get("CN_BACK") != Answer.YES:
        return Next(Step.CONSENT, "SAY_BACK")
    if given[0] != Answer.YES:
        return Next(Step.CONSENT, "CONSENT_OPEN")
    return None if all(given) else Next(Step.CONSENT, "GUARDIAN_CONSENT_OPEN")


def _signpost(answers: Answers) -> Next | None:
    return Next(Step.SIGNPOST, "ACT_FIRST") if act_first(answers) else None


def _nothing(_answers: Answers) -> Next | None:
    return None


SETTLED: dict[Step, Settled] = {
    Step.SAFE: _safe,
    Step.NEEDS: _needs,
    Step.AGE: _age,
    Step.CONSENT: _consent,
    Step.SIGNS: _nothing,
    Step.WRITE: _nothing,
    Step.SIGNPOST: _signpost,
}
