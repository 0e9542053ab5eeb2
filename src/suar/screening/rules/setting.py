"""Rules of settings: the forms of the talk that are offered in one, and the initial answers of a talk."""

from suar.screening.rules.answers import LATEST, Answers
from suar.screening.rules.reference import RoleLimit, Setting, SpokenSentence, settings

FULL, SHORT, SIGNPOST, REPORT = "full", "short", "signpost", "report"
WRITTEN = (FULL, SHORT)
"""Forms that can be written up after a talk."""
LONGEST_FIRST = (FULL, SHORT, SIGNPOST)
PLACE, HOW, LATER = "RD_SETTING", "WR_HOW", "LATER"


def forms_offered(
    setting: str,
    role: str,
    *,
    trained_for_children: bool = False,
    widened: bool = False,
    lawyer_seen: bool = False,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the forms to offer, the longest first, and the codes of the limits to the longest of them.

    Setting, role, training and lawyer limit the longest form; shorter forms are always offered. Police and other
    officials only run the signpost form unless the deployment allows more (`widened`). `lawyer_seen`: a lawyer has
    already spoken with the person. If the person is not there, the report takes the place of the short form. Raise
    KeyError for an unknown setting.

    Source: data/settings-1.json; docs/decisions/talk.md.
    """
    place, limit = settings().settings[setting], settings().roles.get(role)
    limits = [(place.form, f"SETTING_{place.form.upper()}")]
    if place.absent:
        limits = [(SIGNPOST if limit and limit.police else SHORT, "PERSON_ABSENT")]
    if place.child_worker and not trained_for_children:
        limits.append((SIGNPOST, "CHILD_WORKER_FIRST"))
    if place.lawyer_first and not lawyer_seen:
        limits.append((SIGNPOST, "LAWYER_FIRST"))
    if limit is not None:
        limits.append(_limit_of_role(limit, widened=widened))
    longest = max(LONGEST_FIRST.index(form) for form, _ in limits)
    offered = LONGEST_FIRST[longest:]
    if place.absent:
        offered = tuple(REPORT if form == SHORT else form for form in offered)
    return offered, tuple(because for form, because in limits if form == LONGEST_FIRST[longest])


def opening_statement(role: str, form: str) -> SpokenSentence | None:
    """Return the duty that police must state before a talk, or None for other roles.

    Source: data/settings-1.json; docs/decisions/talk.md.
    """
    table = settings()
    if role not in table.roles or not table.roles[role].police:
        return None
    return table.police_first if form == SIGNPOST else table.police_widened


def initial_answers(form: str = SHORT, place: str = "", *, later: bool = False, version: int = 0) -> Answers:
    """Return the initial answers of a talk: its form and version, its place, and whether it is written up later.

    `version` 0 means the latest shipped version.

    Source: own design, docs/decisions/talk.md.
    """
    choices = {PLACE: place} if place else {}
    if later:
        choices[HOW] = LATER
    return Answers(instrument=form, version=version or LATEST[form], choices=choices)


def place_of(answers: Answers) -> str:
    """Return the setting that was chosen at the start, or "".

    Source: own design, docs/decisions/talk.md.
    """
    return answers.choices.get(PLACE, "")


def setting_of(answers: Answers) -> Setting | None:
    """Return the setting that was chosen at the start, if any.

    Source: data/settings-1.json.
    """
    return settings().settings.get(place_of(answers))


def is_report(answers: Answers) -> bool:
    """Return True if somebody else reports about the person, who is not there.

    Source: own design, docs/decisions/talk.md.
    """
    return answers.instrument == REPORT


def written_later(answers: Answers) -> bool:
    """Return True if the talk is written up after it took place.

    Source: own design, docs/decisions/talk.md.
    """
    return answers.choices.get(HOW) == LATER


def _limit_of_role(role: RoleLimit, *, widened: bool) -> tuple[str, str]:
    if widened and role.may_widen_to != role.runs:
        return role.may_widen_to, "DEPLOYMENT_WIDENED"
    if role.runs == SHORT:
        return SHORT, "ROLE_SHORT"
    return SIGNPOST, "POLICE_SIGNPOST" if role.police else "ROLE_SIGNPOST"
