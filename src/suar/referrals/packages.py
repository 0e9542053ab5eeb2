"""Searches for help: one for each need, and the package of the outcome of a talk. Pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from suar.consent.codes import AgeStatus
from suar.consent.documents import Need
from suar.core.codes import code_list
from suar.core.urgency import Urgency
from suar.directory.facts import PersonFacts
from suar.directory.labels import service_type_name
from suar.screening.codes import Outcome
from suar.screening.rules.answers import Path
from suar.screening.rules.instrument import Help, instrument
from suar.screening.wording import code_words

PACKAGES = code_list("referrals", "packages")
TALK_PREFIX = "urgent-"
CHILD, OTHER, FOREIGNER, WITH_CHILDREN, ABROAD = "CHILD", "OTHER", "FOREIGNER", "WITH_CHILDREN", "ABROAD"
"""Groups of people for whom a row is. In a need, CHILD and OTHER name who is helped instead of the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedHelp:
    """A kind of help to look for, with its types of service, the best first.

    `urgency` is None for a part of a package. `whom`: who is to be helped, if that is not the person.
    `without_testimony`: what asks for testimony is offered only if nothing else is.
    """

    code: str
    label: str
    services: tuple[str, ...]
    urgency: Urgency | None = None
    whom: str = ""
    without_testimony: bool = False


def wanted_for(need: Need, *, path: Path) -> WantedHelp:
    """Return the help that meets a need; one that a talk recorded stands for all the types that its question lists.

    Source: data/needs-2.json; docs/decisions/referrals.md.
    """
    of_talk = wanted_in_talk(need.id.removeprefix(TALK_PREFIX), path=path, urgency=need.urgency)
    if of_talk is None:
        name = service_type_name(need.service_type)
        return WantedHelp(code=need.id, label=name, services=(need.service_type,), urgency=need.urgency)
    return replace(of_talk, code=need.id, services=tuple(dict.fromkeys((*of_talk.services, need.service_type))))


def wanted_in_talk(code: str, *, path: Path, urgency: Urgency) -> WantedHelp | None:
    """Return the help that meets a need of a talk, or that a stop rule calls for; None for another code.

    Source: data/needs-2.json; docs/decisions/referrals.md.
    """
    talk = instrument()
    row = talk.needs.get(code) or talk.stops.get(code)
    return _to_wanted(code, code_words(talk, code), row, path=path, urgency=urgency) if row else None


def package_after(outcome: Outcome, *, path: Path, with_children: bool) -> list[WantedHelp]:
    """Return the parts of the package that an outcome calls for.

    Source: Palermo Protocol, art. 6; CETS 197, art. 12; UNICEF Guidelines 2006; codes/packages.json.
    """
    fits = {None: True, CHILD: path is Path.CHILD, WITH_CHILDREN: with_children}
    return [
        _to_wanted(row.code, row.label, Help.model_validate(row.extra), path=path)
        for row in PACKAGES.members
        if outcome in row["after"] and fits[row.get("only")]
    ]


def _to_wanted(code: str, label: str, row: Help, *, path: Path, urgency: Urgency | None = None) -> WantedHelp:
    return WantedHelp(
        code=code,
        label=label,
        services=row.services_for(path),
        urgency=urgency,
        whom=row.whom,
        without_testimony=row.without_testimony,
    )


def not_covered(package: Iterable[WantedHelp], needs: Sequence[WantedHelp]) -> list[WantedHelp]:
    """Return the parts of a package with at least one type of service that no need looks for.

    Source: own design, docs/decisions/referrals.md.
    """
    covered = {service for wanted in needs for service in wanted.services}
    return [part for part in package if not covered.issuperset(part.services)]


def facts_of_helped(person: PersonFacts, whom: str) -> PersonFacts:
    """Return the facts of the one to be helped: the person, a child of unknown sex, or somebody else nearby.

    A need such as a consulate is one of a foreigner, if nothing else is known; that is stored nowhere.

    Source: own design, docs/decisions/referrals.md.
    """
    if whom == FOREIGNER:
        is_known = person.nationality or person.place == ABROAD
        return person if is_known else replace(person, nationality="FOREIGN")
    if not whom or (whom == CHILD and person.age_status == AgeStatus.CHILD):
        return person
    age_status = AgeStatus.CHILD if whom == CHILD else None
    return PersonFacts(age_status=age_status, children=(), place=person.place, languages=person.languages)
