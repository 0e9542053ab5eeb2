"""Periods of exploitation, stages of life, earlier encounters, and the people around the person."""

from collections.abc import Mapping
from uuid import UUID

from pydantic import Field

from suar.cases.codes import Stance
from suar.cases.documents.parts import Recorded, StoredPartialDate, Strikable
from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment


class EpisodeFacts(Part):
    """One period of exploitation, coded where a code exists. Every field is optional."""

    start: StoredPartialDate | None = None
    end: StoredPartialDate | None = None
    country: str = ""
    place: str = ""
    forms: tuple[str, ...] = ()
    sector: str = ""
    recruiters: tuple[str, ...] = ()
    exploiters: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    ended: str = ""
    words: str = ""


class EpisodeVersion(Recorded):
    """An earlier version of an episode; who replaced it, and when."""

    facts: EpisodeFacts


class Episode(Strikable, Document):
    """One period of exploitation: when, where, in which form and work, by whom by relation, by which means and how it
    ended, recorded for matching services and claims, so that nobody asks again.

    Earlier versions stay. A struck episode keeps its facts beside the reason.
    """

    storage = Storage(Compartment.NARRATIVE, "episode", keyed=True)
    facts: EpisodeFacts
    former: tuple[EpisodeVersion, ...] = ()


class StageVersion(Recorded):
    """An earlier version of a stage of life, with who replaced it and when."""

    factors: tuple[str, ...]
    words: str


class LifeStage(Recorded):
    """Strengths and vulnerabilities at one stage of life, by code and in words."""

    factors: tuple[str, ...] = ()
    words: str = ""
    former: tuple[StageVersion, ...] = ()


class LifeStages(Document):
    """Strengths and vulnerabilities before, during and after exploitation, with what was known earlier; so that help
    builds on strengths.

    The stages are by code.
    """

    storage = Storage(Compartment.NARRATIVE, "life_stages")
    stages: Mapping[str, LifeStage] = Field(default_factory=dict)


class Encounter(Recorded, Document):
    """An earlier contact at which nobody recognised what happened: when, where, with which role, what stood in the way
    and what followed, all by code; so that it is counted once and agencies learn without the person.

    This is one version of it; a correction is another version that `replaces` this one. No consent shares it: the
    agency concerned never gets it together with the person.
    """

    storage = Storage(Compartment.CODED, "encounter", keyed=True)
    event: str
    when: StoredPartialDate | None = None
    setting: str = ""
    role: str = ""
    country: str = ""
    district: str = ""
    barriers: tuple[str, ...] = ()
    harms: tuple[str, ...] = ()
    months: int | None = None
    sources: tuple[str, ...] = ()
    replaces: UUID | None = None
    undone: bool = False


class EncounterWords(Document):
    """Words about an earlier encounter: what the person did or showed, the lesson of it and who sees to that; so that
    the person need not repeat it.

    They are never counted or exported.
    """

    storage = Storage(Compartment.NARRATIVE, "encounter", keyed=True)
    behaviour: str = ""
    lesson: str = ""
    lesson_owner: str = ""


class TieState(Recorded):
    """The stance of somebody towards the person since a day; `who` is a role in the person's words, never a record."""

    on: StoredPartialDate
    who: str
    relation: str = ""
    ring: str = ""
    stance: str = Stance.UNKNOWN.value
    actions: tuple[str, ...] = ()
    owed: bool = False
    answers: Mapping[str, str] = {}
    note: str = ""


class Tie(Document):
    """Somebody around the person, by role: what they do that helps or hurts and since when, every change; to know who
    can help and who must not know.

    Every state stays as it was recorded, none is replaced. Without states it was undone.
    """

    storage = Storage(Compartment.NARRATIVE, "tie", keyed=True)
    states: tuple[TieState, ...] = ()
