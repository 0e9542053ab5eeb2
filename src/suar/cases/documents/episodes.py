"""Times of exploitation, with vulnerabilities and strengths at each stage of life."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import Field

from suar.cases.documents.dates import StoredPartialDate
from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment


class EpisodeFacts(Part):
    """One time of exploitation, by code where there is one; nothing of it is required."""

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


class EpisodeVersion(Part):
    """An earlier version of an episode; who replaced it, and when."""

    facts: EpisodeFacts
    by: UUID
    at: datetime


class Episode(Document):
    """One time of exploitation with its earlier versions; a struck one keeps its facts beside the reason."""

    storage = Storage(
        Compartment.NARRATIVE,
        "episode",
        keyed=True,
        purpose="one time of exploitation: when, where, form, kind of work, who by relation, means, how it ended; so"
        " that services and claims fit and nobody asks again; earlier versions stay",
    )
    facts: EpisodeFacts
    by: UUID
    at: datetime
    former: tuple[EpisodeVersion, ...] = ()
    struck: str = ""
    struck_by: UUID | None = None
    struck_at: datetime | None = None
    undone: bool = False


class StageVersion(Part):
    """An earlier version of a stage of life, with who replaced it and when."""

    factors: tuple[str, ...]
    words: str
    by: UUID
    at: datetime


class LifeStage(Part):
    """Strengths and vulnerabilities at one stage of life, by code and in words."""

    factors: tuple[str, ...] = ()
    words: str = ""
    by: UUID
    at: datetime
    former: tuple[StageVersion, ...] = ()


class LifeStages(Document):
    """The stages of the person's life by code: before, during and after exploitation."""

    storage = Storage(
        Compartment.NARRATIVE,
        "life_stages",
        purpose="what weakened and what strengthened the person before, during and after exploitation, with what was"
        " known earlier; so that help builds on strengths",
    )
    stages: Mapping[str, LifeStage] = Field(default_factory=dict)
