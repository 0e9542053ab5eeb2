"""Earlier encounters of a person: record them at any time, correct them, and join two accounts of the same one."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases.documents.history import Encounter, EncounterWords
from suar.cases.queries import get_document
from suar.cases.rules.dates import time_order
from suar.cases.rules.history import current_versions, may_be_same, may_record_encounter
from suar.core.i18n import localize
from suar.core.ids import new_id
from suar.core.refusals import Conflict
from suar.records.keyring import OpenRecord
from suar.screening import queries as talks
from suar.screening.rules.reference import EndCode, end_groups, settings

METADATA = {"by", "at", "replaces", "undone"}


@act("record_encounter", needs=Permission.SEE_RECORD)
def record_encounter(record: OpenRecord, encounter: Encounter, words: EncounterWords, *, by: Acting) -> None:
    """Record an earlier encounter, also after the record was closed; raises Refused for a day to come."""
    _store(record, encounter, words, by=by)


@act("correct_encounter", needs=Permission.SEE_RECORD)
def correct_encounter(record: OpenRecord, key: str, encounter: Encounter, words: EncounterWords, *, by: Acting) -> None:
    """Store another version of an encounter; the earlier one stays readable.

    Raises Conflict if somebody corrected this version before, and Refused for a day to come.
    """
    former, former_words = get_encounter(record, key)
    if key not in list_encounters(record):
        raise Conflict
    metadata = {name: getattr(encounter, name) for name in METADATA}
    by.entry.skip = (former.model_copy(update=metadata), former_words) == (encounter, words)
    if not by.entry.skip:
        _store(record, encounter.model_copy(update={"replaces": UUID(key)}), words, by=by)


@act("correct_encounter", needs=Permission.SEE_RECORD)
def join_account(record: OpenRecord, key: str, encounter: Encounter, words: EncounterWords, *, by: Acting) -> None:
    """Add another account to an encounter: it fills in what was not known, and is counted once."""
    former, former_words = get_encounter(record, key)
    joined = {name: value or getattr(encounter, name) for name, value in former if name not in METADATA}
    for name in ("barriers", "harms", "sources"):
        joined[name] = tuple(dict.fromkeys((*getattr(former, name), *getattr(encounter, name))))
    texts = {name: "\n".join(dict.fromkeys(filter(None, (text, getattr(words, name))))) for name, text in former_words}
    correct_encounter(record, key, encounter.model_copy(update=joined), EncounterWords(**texts), by=by)


def list_encounters(record: OpenRecord) -> dict[str, Encounter]:
    """Return the encounters of a person in order of time, by key."""
    stored = current_versions(record.get_all(Encounter))
    return dict(sorted(stored.items(), key=lambda item: time_order(item[1].when)))


def get_encounter(record: OpenRecord, key: str) -> tuple[Encounter, EncounterWords]:
    """Return a version of an encounter with its words; raises NotYours if there is none or it was taken back."""
    return get_document(record, Encounter, key), record.get_or_empty(EncounterWords, key)


def find_alike(record: OpenRecord, encounter: Encounter) -> dict[str, Encounter]:
    """Return the encounters that may be the same as one that is about to be recorded."""
    return {key: other for key, other in list_encounters(record).items() if may_be_same(other, encounter)}


def list_mentions(record: OpenRecord) -> Iterator[tuple[str, datetime]]:
    """Yield the kinds of encounters that talks mention, each once with its time, unless it is recorded already."""
    events = {encounter.event for encounter in list_encounters(record).values()}
    for finding in talks.findings(record):
        for event in finding.missed or ():
            if event not in events:
                events.add(event)
                yield event, finding.at


def undo_encounter(record: OpenRecord, key: str, *, by: Acting) -> None:
    """Take back an encounter, or its last correction, within the caller's act."""
    encounter, _words = get_encounter(record, key)
    taken_back = {name: getattr(encounter, name) for name in ("event", "by", "at", "replaces")}
    record.put(Encounter(**taken_back, undone=True), key=key, by=by.worker, at=by.at)
    record.put(EncounterWords(), key=key, by=by.worker, at=by.at)


def codes_of(name: str) -> Mapping[str, EndCode]:
    """Return the kinds of encounters ("missed") or what stood in the way ("barriers"), as talks name them."""
    return {code.code: code for group in end_groups(name) for code in group.codes}


def label_of(name: str, code: str) -> str:
    """Return the label of such a code; an unknown one is its own label."""
    listed = codes_of(name).get(code)
    return localize(listed.text) if listed else code


def event_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the kinds of encounters by group, for a form."""
    groups = end_groups("missed")
    return [(localize(group.label), [(code.code, localize(code.text)) for code in group.codes]) for group in groups]


def setting_choices() -> list[tuple[str, str]]:
    """Return the settings of first contact with their labels."""
    return [(code, localize(setting.label)) for code, setting in settings().settings.items()]


def _store(record: OpenRecord, encounter: Encounter, words: EncounterWords, *, by: Acting) -> None:
    may_record_encounter(encounter.when, today=by.today).enforce()
    key = f"{new_id()}"
    version = encounter.model_copy(update={"by": by.worker, "at": by.at})
    record.put(version, key=key, by=by.worker, at=by.at)
    if words != EncounterWords():
        record.put(words, key=key, by=by.worker, at=by.at)
