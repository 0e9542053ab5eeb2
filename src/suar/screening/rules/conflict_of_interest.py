"""Conflicts of interest on the safety step: the worker's own ties, the language and the interpreter."""

from dataclasses import dataclass

from suar.core.decisions import Decision
from suar.screening.codes import Answer, Step
from suar.screening.rules.answers import Answers
from suar.screening.rules.instrument import instrument_of

TIED, OUTSIDE = "TI_KNOWS", "TI_OUTSIDE"
UNDERSTAND, INTERPRETER = "LG_UNDERSTAND", "LG_INTERPRETER"
TIES = {
    "ME": "TIE_ME",
    "FAMILY": "TIE_FAMILY",
    "OFFICE": "TIE_OFFICE",
    "OUTSIDE": "TIE_OUTSIDE",
}
INTERPRETERS = {
    "NONE_NEEDED": Decision.yes("NO_INTERPRETER_NEEDED"),
    "TRUSTED": Decision.yes("INTERPRETER_FITS"),
    "PHONE": Decision.yes("INTERPRETER_FITS"),
    "KNOWN": Decision.no("INTERPRETER_TIED"),
    "RELATIVE": Decision.no("INTERPRETER_RELATIVE"),
    "CHILD": Decision.no("INTERPRETER_RELATIVE"),
}


@dataclass(frozen=True, slots=True)
class Next:
    """Where the talk goes: a step, or None at the end; `stop` is the rule that ended it."""

    step: Step | None
    because: str
    stop: str | None = None


def ties(answers: Answers) -> tuple[str, ...]:
    """Name the ties to the one who arranged it, and a wish for someone from outside.

    Worker, family and office count alike. Empty: no tie was said; see `tie_words` for why.

    Source: own design, docs/decisions/talk.md; knowledge texts, stop rule on ties.
    """
    found = [TIES[code] for code in (answers.choices.get(TIED),) if code in TIES]
    if answers.choices.get(OUTSIDE) == Answer.YES:
        found.append("TIE_OUTSIDE")
    return tuple(found)


def tie_words(answers: Answers) -> str:
    """Say how it stands with ties: open, one of them, not known yet, or none.

    Source: own design, docs/decisions/talk.md.
    """
    asked = instrument_of(answers).questions
    if any(code in asked and code not in answers.choices for code in (TIED, OUTSIDE)):
        return ties(answers)[0] if ties(answers) else "TIE_OPEN"
    if ties(answers):
        return ties(answers)[0]
    unknown = Answer.UNKNOWN in (answers.choices.get(TIED), answers.choices.get(OUTSIDE))
    return "TIE_NOT_KNOWN" if unknown else "TIE_NONE"


def interpreter(answers: Answers) -> Decision:
    """Say whether the language and the interpreter are fit for this talk.

    Never a child or a relative, nobody tied to the person, the work or the way there; and the two
    must understand each other. An instrument that does not ask leaves it to its stop rule.

    Source: WHO 2003, principle 4; docs/decisions/talk.md.
    """
    if INTERPRETER not in instrument_of(answers).questions:
        return Decision.yes()
    who, understand = (answers.choices.get(code) for code in (INTERPRETER, UNDERSTAND))
    if who is None or understand is None:
        return Decision.no("LANGUAGE_OPEN")
    if understand != Answer.YES:
        return Decision.first_refusal(INTERPRETERS[who], Decision.no("NOT_UNDERSTANDING"))
    return INTERPRETERS[who]


def tie_ends(answers: Answers) -> Next | None:
    """End a talk whose worker is tied, also where nobody tapped the rule.

    Source: own design, docs/decisions/talk.md.
    """
    return Next(None, "ENDS_HERE", "STOP_TIE") if ties(answers) else None


def meeting_open(answers: Answers) -> Next | None:
    """Say what about the meeting itself is still open on the safety step, or None.

    Source: WHO 2003, principles 2 and 4; docs/decisions/talk.md.
    """
    if tie_words(answers) == "TIE_OPEN":
        return Next(Step.SAFE, "TIE_OPEN")
    fit = interpreter(answers)
    if fit:
        return None
    still = fit.because == "LANGUAGE_OPEN"
    return Next(Step.SAFE, "LANGUAGE_OPEN" if still else "INTERPRETER_NOT_FIT")
