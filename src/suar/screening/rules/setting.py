"""Which form is offered where people meet, and what is said first."""

from dataclasses import dataclass

from suar.screening.rules.answers import Answers
from suar.screening.rules.reference import RoleRuns, Setting, Spoken, settings

FULL, SHORT, SIGNPOST = "full", "short", "signpost"
WRITTEN = (FULL, SHORT)
"""Forms that can be written up after a talk."""
LONGEST_FIRST = (FULL, SHORT, SIGNPOST)
LATEST = {FULL: 1, SHORT: 2, SIGNPOST: 1}
PLACE, HOW, LATER = "RD_SETTING", "WR_HOW", "LATER"
OF_SETTING = {
    FULL: "SETTING_FULL",
    SHORT: "SETTING_SHORT",
    SIGNPOST: "SETTING_SIGNPOST",
}


@dataclass(frozen=True, slots=True)
class Opens:
    """How a talk begins: which form, where, and whether it was held before and is written now.

    `version` 0 is the latest that ships; an organisation's own version is named with its form.
    """

    form: str = SHORT
    place: str = ""
    later: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Worker:
    """Who would hold the talk. `widened`: the deployment lets this role do more than by default.

    `lawyer_seen`: a lawyer has already spoken with the person.
    """

    role: str
    trained_for_children: bool = False
    widened: bool = False
    lawyer_seen: bool = False


@dataclass(frozen=True, slots=True)
class FormOffer:
    """The longest form that fits, its version, the shorter ones, why, and what is said first."""

    form: str
    version: int
    shorter: tuple[str, ...]
    because: tuple[str, ...]
    says_first: Spoken | None = None


def form_offered(setting: str, worker: Worker, *, version: int = 1) -> FormOffer:
    """Offer a form: the shortest of what place, role, child and lawyer allow; never longer.

    A shorter form is always offered too. Police and other officials only say where help is unless
    the deployment decides otherwise, and say first what they must do with what they hear. An
    unknown setting raises KeyError; a role without a row is a helper's.

    Source: data/settings-1.json; docs/decisions/talk.md.
    """
    table = settings(version)
    place, role = table.settings[setting], table.roles.get(worker.role)
    limits = [(place.form, OF_SETTING[place.form]), *_of_place(place, worker)]
    if role is not None:
        limits += _of_role(role, widened=worker.widened)
    form = max((form for form, _ in limits), key=LONGEST_FIRST.index)
    police = role is not None and role.police
    first = table.police_first if form == SIGNPOST else table.police_widened
    return FormOffer(
        form=form,
        version=LATEST[form],
        shorter=LONGEST_FIRST[LONGEST_FIRST.index(form) + 1 :],
        because=tuple(because for _, because in limits),
        says_first=first if police else None,
    )


def begun(opens: Opens) -> Answers:
    """Give the answers a talk begins with: the version of its form, the place, and how.

    Source: own design, docs/decisions/talk.md.
    """
    how = {HOW: LATER} if opens.later else {}
    place = {PLACE: opens.place} if opens.place else {}
    version = opens.version or LATEST[opens.form]
    return Answers(instrument=opens.form, version=version, choices={**place, **how})


def place_of(answers: Answers) -> str:
    """Give the setting that was chosen at the start; "" where none was.

    Source: own design, docs/decisions/talk.md.
    """
    return answers.choices.get(PLACE, "")


def written_later(answers: Answers) -> bool:
    """Say whether the talk was held before and is written now.

    Source: own design, docs/decisions/talk.md.
    """
    return answers.choices.get(HOW) == LATER


def _of_place(place: Setting, worker: Worker) -> list[tuple[str, str]]:
    limits = []
    if place.absent:
        limits.append((SIGNPOST, "PERSON_ABSENT"))
    if place.child_worker and not worker.trained_for_children:
        limits.append((SIGNPOST, "CHILD_WORKER_FIRST"))
    if place.lawyer_first and not worker.lawyer_seen:
        limits.append((SIGNPOST, "LAWYER_FIRST"))
    return limits


def _of_role(role: RoleRuns, *, widened: bool) -> list[tuple[str, str]]:
    if widened and role.may_widen_to != role.runs:
        return [(role.may_widen_to, "DEPLOYMENT_WIDENED")]
    if role.runs == SHORT:
        return [(SHORT, "ROLE_SHORT")]
    return [(SIGNPOST, "POLICE_SIGNPOST" if role.police else "ROLE_SIGNPOST")]
