"""How a talk goes with somebody who is or may be under 18, by age band."""

from suar.core.decisions import Decision
from suar.screening.codes import Answer, Step
from suar.screening.rules.answers import Answers, path
from suar.screening.rules.instrument import Band, Question, instrument_of
from suar.screening.rules.law import AgeBand, Path

NEVER, TRAINED = "NEVER", "TRAINED"
YOUNGEST, MIDDLE, GROWN = 12, 15, 18
SUPPORTED = (("CH_SECOND", Answer.YES), ("CH_SUPPORT", "HERE"))
GROWN_BANDS = frozenset({AgeBand.ADULT, AgeBand.UNKNOWN})


def child_band(answers: Answers) -> AgeBand | None:
    """Give the band of somebody on the child path; None on the adult path.

    Years go before a band. Somebody who may be under 18 without a known age is UNKNOWN, also when
    18 or more was said and doubted.

    Source: Palermo Protocol, art. 3(d); UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    if path(answers) is Path.ADULT:
        return None
    years = answers.age.years
    if years is None:
        return AgeBand.UNKNOWN if answers.age.band in GROWN_BANDS else answers.age.band
    if years < YOUNGEST:
        return AgeBand.UNDER_12
    if years < MIDDLE:
        return AgeBand.FROM_12_TO_14
    return AgeBand.FROM_15_TO_17 if years < GROWN else AgeBand.UNKNOWN


def child_way(answers: Answers) -> Band | None:
    """Say how this talk goes with a child; None on the adult path or where an old version asks.

    Source: UNICEF Guidelines 2006; data/children-1.json.
    """
    band = child_band(answers)
    return None if band is None else instrument_of(answers).bands.get(band)


def may_ask_experience(answers: Answers) -> Decision:
    """Say whether anything on experience may be asked, beyond safety and needs.

    A child under 12 is left to a child specialist; from 12 to 14, and where the age is not known,
    only somebody trained asks; where the talk asks for a second adult, one must be there. Grown
    people are asked after their yes.

    Source: UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    way = child_way(answers)
    if way is None:
        return Decision.yes()
    if way.asks_experience == NEVER:
        return Decision.no("GOES_TO_SPECIALIST")
    if way.asks_experience == TRAINED and answers.choices.get("CH_TRAINED") != Answer.YES:
        return Decision.no("TRAINED_ONLY")
    asks_second = SUPPORTED[0][0] in instrument_of(answers).questions
    if asks_second and not any(answers.choices.get(code) == yes for code, yes in SUPPORTED):
        return Decision.no("SECOND_ADULT_OPEN")
    return Decision.yes(way.because)


def prompts_for(answers: Answers, opened: frozenset[str] = frozenset()) -> tuple[Question, ...]:
    """Give the prompts of the step on experience that fit this person, with the opened sets.

    A prompt of the short talk stands for those of the full one that it names.

    Source: data/instrument-full-1.json, set; data/children-1.json, prompts.
    """
    if not may_ask_experience(answers):
        return ()
    talk, way = instrument_of(answers), child_way(answers)
    allowed = frozenset(way.prompts) if way else frozenset()
    return tuple(
        question
        for step in talk.steps
        if step.code is Step.SIGNS
        for question in step.questions
        if path(answers) in question.paths
        and (question.opened_with is None or question.opened_with in opened)
        and (not allowed or question.to == "worker" or allowed.intersection({question.code, *question.standard}))
    )
