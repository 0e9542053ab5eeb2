"""The ticked signs of a talk: which of them count, and with what strength."""

from collections.abc import Sequence

from suar.screening.codes import Answer, Strength
from suar.screening.rules.answers import Answers, Element, Path
from suar.screening.rules.draft import BY_WHICH, BY_WHO
from suar.screening.rules.instrument import Sign, instrument_of


def ticked_signs(answers: Answers, path: Path) -> tuple[Sign, ...]:
    """Return the ticked signs that count on this path, in table order, without those that somebody else reported.

    Source: own design, docs/decisions/outcomes.md.
    """
    talk = instrument_of(answers)
    ticked = {
        sign.code
        for question, codes in answers.signs.items()
        for sign in talk.signs_of(question, path)
        if sign.code in codes and talk.questions[question].kind != "reported"
    }
    return tuple(sign for code, sign in talk.signs.items() if code in ticked)


def signs_by_whom(ticked: Sequence[Sign], answers: Answers) -> tuple[Sign, ...]:
    """Return the ticked signs without those done by others; signs by an unknown person have one step less strength.

    Source: Palermo Protocol, art. 3(a): the means are those of the people who recruit, move, house or receive; own
    design, docs/decisions/outcomes.md.
    """
    who, which = answers.choices.get(BY_WHO), answers.picked.get(BY_WHICH, frozenset())
    if BY_WHO not in instrument_of(answers).questions or who == "THEM":
        return tuple(ticked)
    if who == "SOME" and which:
        return tuple(sign for sign in ticked if not sign.by or sign.code in which)
    if who in (None, "SOME", Answer.UNKNOWN):
        return tuple(_one_step_weaker(sign) if sign.by else sign for sign in ticked)
    return tuple(sign for sign in ticked if not sign.by)


def _one_step_weaker(sign: Sign) -> Sign:
    weaker = {Strength.STRONG: Strength.MEDIUM, Strength.MEDIUM: Strength.WEAK}
    return sign.model_copy(
        update={"strength": {path: value and weaker.get(value, value) for path, value in sign.strength.items()}}
    )


def counting_signs(signs: Sequence[Sign], ticked: Sequence[Sign], path: Path) -> list[Sign]:
    """Return the signs that count. Poor conditions count with a reported sign that holds the person, and for a child.

    If the person could leave, only a strong sign holds them. Else some conditions weigh more beside a strong one. A
    child's work at home counts like an adult's while nobody took, gave or keeps the child.

    Source: ILO Convention 29, art. 2; ILO and European Commission 2009; docs/decisions/outcomes.md.
    """
    holding = [sign for sign in ticked if sign.holds and not sign.observed]
    strong = [sign for sign in holding if sign.strength[path] is Strength.STRONG]
    at_home = any(sign.at_home for sign in ticked) and not any(sign.element is Element.ACT for sign in ticked)
    could_leave = any(sign.frees for sign in ticked)
    if (path is Path.CHILD and not at_home) or (strong if could_leave else holding):
        return [_beside_strong(sign) for sign in signs] if strong and not could_leave else list(signs)
    return [sign for sign in signs if not sign.conditions]


def _beside_strong(sign: Sign) -> Sign:
    return sign.model_copy(update={"strength": sign.strength | sign.beside_strong})
