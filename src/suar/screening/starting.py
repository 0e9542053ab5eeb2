"""What is said before a talk begins: the place with its briefing, and the forms that fit there."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from suar.accounts.terms import POLICE, Role, Viewer
from suar.law.terms import Path
from suar.screening import rules
from suar.screening.rules.beside_shapes import Spoken
from suar.screening.rules.setting import FULL, LATEST, SIGNPOST, WRITTEN, FormOffer, Worker
from suar.screening.speaking import code_words, say


@dataclass(frozen=True, slots=True)
class FormWay:
    """A form that may be held here, longest first; the longest one that fits is the main act."""

    code: str
    words: str
    minutes: int
    main: bool


@dataclass(frozen=True, slots=True)
class Briefing:
    """What to know of a place before a talk there; `written` is the paper to write up."""

    place: str
    label: str
    first: str
    risks: Sequence[str]
    because: Sequence[str]
    says_first: str
    ways: Sequence[FormWay]
    later: Sequence[FormWay]
    asks_lawyer: bool
    written: FormWay | None


def places() -> list[tuple[str, str]]:
    """List the settings of a first contact in words."""
    return [(each.code, say(each.label)) for each in rules.settings().settings.values()]


def titled(form: str) -> str:
    """Name a form in words; empty for no form."""
    return say(rules.instrument(form, LATEST[form]).title) if form in LATEST else ""


def forms_here(place: str, viewer: Viewer, *, lawyer: bool) -> Sequence[str]:
    """Name the forms that this worker may hold at this place, longest first."""
    offer = _offer(place, viewer, lawyer=lawyer)
    return (offer.form, *offer.shorter)


def briefing(place: str, viewer: Viewer, *, lawyer: bool, written: str = "") -> Briefing:
    """Put together what is said before a talk at this place, or before one is `written` up."""
    found, offer = rules.settings().settings[place], _offer(place, viewer, lawyer=lawyer)
    talk = rules.instrument(FULL, LATEST[FULL])
    ways = [_way(code, main=code == offer.form) for code in (offer.form, *offer.shorter)]
    later = [each for each in ways if each.code in WRITTEN]
    return Briefing(
        place=place,
        label=say(found.label),
        first=say(found.first),
        risks=[say(each) for each in found.risks],
        because=[code_words(talk, each) for each in offer.because],
        says_first=spoken(offer.says_first),
        ways=ways,
        later=later,
        asks_lawyer=found.lawyer_first and not lawyer,
        written=next((each for each in later if each.code == written), None),
    )


def police_say(viewer: Viewer, form: str) -> str:
    """Say what police tell somebody before anything else; empty for everybody else."""
    if viewer.role not in POLICE:
        return ""
    table = rules.settings()
    return spoken(table.police_first if form == SIGNPOST else table.police_widened)


def spoken(sentence: Spoken | None, path: Path = Path.ADULT) -> str:
    """Give a sentence to say in the language of the page."""
    if sentence is None:
        return ""
    return say(sentence.child if sentence.child and path is Path.CHILD else sentence.text)


def _offer(place: str, viewer: Viewer, *, lawyer: bool) -> FormOffer:
    worker = Worker(
        viewer.role,
        trained_for_children=viewer.role is Role.CHILD_PROTECTION,
        widened=settings.SUAR_POLICE_TALKS,
        lawyer_seen=lawyer,
    )
    return rules.form_offered(place, worker)


def _way(code: str, *, main: bool) -> FormWay:
    talk = rules.instrument(code, LATEST[code])
    return FormWay(code, say(talk.title), talk.minutes, main)
