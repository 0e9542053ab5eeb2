"""Times of exploitation and stages of life: what is known of them, changed with its history, struck and undone."""

from itertools import chain

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases.codes import EPISODE_FORMS, EPISODE_MEANS, LIFE_STAGES
from suar.cases.documents.history import Episode, EpisodeFacts, EpisodeVersion, LifeStage, LifeStages, StageVersion
from suar.cases.queries import get_document
from suar.cases.rules.dates import time_order
from suar.cases.rules.history import DateConflict, Span, codes_of_signs, date_conflicts, may_save_span
from suar.consent.documents import Person, Profile
from suar.core.ids import new_id
from suar.core.refusals import NotYours
from suar.records.keyring import OpenRecord
from suar.screening.codes import Outcome
from suar.screening.queries import findings


def list_episodes(record: OpenRecord, *, struck: bool = False) -> dict[str, Episode]:
    """Return the episodes by key in order of time, or those that were struck out."""
    stored = {key: episode for key, episode in record.get_all(Episode).items() if not episode.undone}
    chosen = [item for item in stored.items() if bool(item[1].struck) is struck]
    return dict(sorted(chosen, key=lambda item: time_order(item[1].facts.start, item[1].facts.end)))


def get_episode(record: OpenRecord, key: str) -> Episode:
    """Return an episode; raises NotYours if there is none, it was struck out, or its author took it back."""
    episode = get_document(record, Episode, key)
    if episode.struck:
        raise NotYours
    return episode


def list_conflicts(record: OpenRecord) -> list[DateConflict]:
    """Return the dates of the episodes that contradict each other or the date of birth."""
    spans = [_span(key, episode.facts) for key, episode in list_episodes(record).items()]
    return date_conflicts(spans, born=record.known_or_empty(Person).born)


def initial_facts(record: OpenRecord) -> EpisodeFacts:
    """Return the initial facts of the first episode, from the profile and from talks that found signs of one."""
    with_signs = (finding for finding in findings(record) if finding.outcome is not Outcome.NOT_INDICATED)
    by_question = chain.from_iterable((finding.signs or {}).values() for finding in with_signs)
    signs = set(chain.from_iterable(by_question))
    form = record.known_or_empty(Profile).form
    forms = dict.fromkeys([*([form] if form else []), *codes_of_signs(EPISODE_FORMS, signs)])
    return EpisodeFacts(forms=tuple(forms), means=codes_of_signs(EPISODE_MEANS, signs))


@act("save_episode", needs=Permission.SEE_RECORD)
def save_episode(
    record: OpenRecord, facts: EpisodeFacts, *, by: Acting, key: str = "", expected: int | None = None
) -> None:
    """Store a new episode, or another version of one; the earlier version stays beside it.

    Raises Refused for impossible dates, Conflict when somebody changed it since `expected`, and NotYours if there is
    none with this key.
    """
    may_save_span(_span(key, facts), today=by.today).enforce()
    former: tuple[EpisodeVersion, ...] = ()
    if key:
        before = get_episode(record, key)
        by.entry.skip = before.facts == facts
        if by.entry.skip:
            return
        former = (*before.former, EpisodeVersion(facts=before.facts, by=before.by, at=before.at))
    episode = Episode(facts=facts, by=by.worker, at=by.at, former=former)
    record.put(episode, key=key or str(new_id()), by=by.worker, at=by.at, expected=expected if key else None)


@act("strike_episode", needs=Permission.SEE_RECORD)
def strike_episode(record: OpenRecord, key: str, reason: str, *, by: Acting) -> None:
    """Strike out an episode with a reason; it stays readable."""
    struck = {"struck": reason, "struck_by": by.worker, "struck_at": by.at}
    record.put(get_episode(record, key).model_copy(update=struck), key=key, by=by.worker, at=by.at)


def undo_episode(record: OpenRecord, key: str, *, by: Acting) -> None:
    """Take back the newest version of an episode in the caller's act; a new episode is removed with its facts."""
    episode = get_episode(record, key)
    if episode.former:
        *former, last = episode.former
        before = {"facts": last.facts, "by": last.by, "at": last.at, "former": tuple(former)}
    else:
        before = {"facts": EpisodeFacts(), "undone": True}
    record.put(episode.model_copy(update=before), key=key, by=by.worker, at=by.at)


# Stages of life


def read_stages(record: OpenRecord) -> dict[str, LifeStage | None]:
    """Return each stage of life by its code, in order; None for a stage that nobody asked about."""
    stored = record.get_or_empty(LifeStages).stages
    return {code: stored.get(code) for code in LIFE_STAGES}


@act("save_life_stage", needs=Permission.SEE_RECORD)
def save_stage(
    record: OpenRecord, stage: str, *, factors: tuple[str, ...], words: str, expected: int, by: Acting
) -> None:
    """Store what strengthened and weakened the person at a stage of life; what was known before stays.

    Raises Conflict when somebody changed a stage since `expected`.
    """
    stored = record.get_or_empty(LifeStages)
    before = stored.stages.get(stage)
    by.entry.skip = before is not None and (set(before.factors), before.words) == (set(factors), words)
    if by.entry.skip:
        return
    former: tuple[StageVersion, ...] = ()
    if before:
        version = StageVersion(factors=before.factors, words=before.words, by=before.by, at=before.at)
        former = (*before.former, version)
    changed = LifeStage(factors=factors, words=words, by=by.worker, at=by.at, former=former)
    stages = {**stored.stages, stage: changed}
    record.put(LifeStages(stages=stages), by=by.worker, at=by.at, expected=expected)


def _span(key: str, facts: EpisodeFacts) -> Span:
    return Span(key, facts.start, facts.end, facts.ended)
