"""A person's whole file as an encrypted archive: everything that this worker may read, as JSON and as a page.

Data that another organisation shared is included for the person only. Keys, drafts and reporters are left out.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.translation import override

from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import duplicates, export_limits, persons_copy, policy, timeline
from suar.cases.attachments import list_attachments
from suar.cases.codes import ARCHIVE_PURPOSES
from suar.cases.contact_status import notify_team
from suar.cases.documents.papers import Attachment, SavedArchive
from suar.cases.fields_in_words import FIELD_LABELS, GROUPS, Row, rows_of, stored_fields
from suar.cases.rules import attachments as rules
from suar.consent import queries as consents
from suar.consent.documents import Person
from suar.core import clock
from suar.core.files.kinds import recognise
from suar.core.i18n import active_language, localize
from suar.core.refusals import NotYours, Refused
from suar.crypto.kdf import digest
from suar.records import documents, files
from suar.records import queries as lists
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment
from suar.referrals import exclusions, messages
from suar.referrals import queries as referrals
from suar.referrals.codes import FIELDS
from suar.screening import team_opinions

LEFT_OUT = frozenset({"FormDraft", "OtherPeople", "Reporter", "ReferralThread", "TalkAnswers", "TalkClock"})
"""Documents that stay out: drafts, the reporter, similar people, and keys to other things."""
FORMAT = "suar-record-1"
IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Files = dict[str, bytes]


@act("save_archive", needs=Permission.SEE_RECORD, once=False)
def record_archive(record: OpenRecord, archive: SavedArchive, content: bytes, *, by: Acting) -> None:
    """Record the export of the whole file, and notify the worker and the leads of the team.

    The audit entry has the SHA-256 of the encrypted `content`. Raises NotYours, and Refused beyond the daily limit of
    people.
    """
    if not policy.may_hand_over(by.viewer, record.facts):
        raise NotYours
    export_limits.enforce_limit([record.id], export_limits.agreement_code(archive.purpose, person=record.id), by=by)
    by.entry.because = digest(content).hex()
    record.add(archive, by=by.worker, at=by.at)
    notify_team(record, also=lists.leads_who_know(record.facts), by=by)


def list_archives(record: OpenRecord) -> list[SavedArchive]:
    """Return the archives that were saved, newest first."""
    return sorted(record.get_all(SavedArchive).values(), key=lambda archive: archive.at, reverse=True)


def excluded_names(record: OpenRecord) -> list[str]:
    """Return the names on the exclusion list."""
    lines = [line for line in exclusions.exclusion_lines(record) if line["entry"].active]
    return [line["who"] or line["entry"].words for line in lines]


def collect_files(
    record: OpenRecord, archive: SavedArchive, *, language: str, received: Mapping[str, str], by: Acting
) -> Files:
    """Return the files of the archive by name: the record for machines, for people, and its documents.

    Records that were merged into this one are part of it. Raises NotYours and Refused.
    """
    if not policy.may_hand_over(by.viewer, record.facts):
        raise NotYours
    records = [record, *duplicates.iter_merged(record, keys=by.keys)]
    purpose = ARCHIVE_PURPOSES[archive.purpose]
    received = {name: value for name, value in received.items() if value and purpose.get("with_received")}
    attached, names = {}, {}
    for number, (key, opened, attachment) in enumerate(_stored_attachments(records), 1):
        for suffix, content in _contents(opened, key, attachment, with_original=bool(purpose.get("with_originals"))):
            name = f"files/{number:03}{suffix}.{recognise(content)[1]}"
            attached[name], names[name] = content, attachment
            if not rules.may_be_built(sum(map(len, attached.values()))):
                raise Refused("archive_too_large")
    with override(language):
        page = _as_page(records, archive, names=names, received=received, by=by)
        data = _as_data(records, archive, names=names, received=received)
    return {"record.html": page, "record.json": json.dumps(data, ensure_ascii=False, indent=1).encode(), **attached}


def _stored_attachments(records: list[OpenRecord]) -> Iterator[tuple[str, OpenRecord, Attachment]]:
    """Yield the documents whose files are stored and that nobody struck out, if the worker may read files."""
    for record in records:
        stored = files.stored_files(record.id)
        for key, attachment in list_attachments(record).items() if record.may(Compartment.FILES) else ():
            if UUID(key) in stored and not attachment.struck and attachment.keep_until >= clock.today():
                yield key, record, attachment


def _contents(
    record: OpenRecord, key: str, attachment: Attachment, *, with_original: bool
) -> Iterator[tuple[str, bytes]]:
    """Yield the cleaned file of a document, and its original if that is wanted, each with the end of its name."""
    wanted = [("", UUID(key))]
    wanted += [("-original", attachment.original)] if with_original and attachment.original else []
    for suffix, file in wanted:
        yield suffix, files.open_file(file, files.open_file_key(record, file))


# For machines


def _as_data(
    records: list[OpenRecord], archive: SavedArchive, *, names: Mapping[str, Attachment], received: Mapping[str, str]
) -> dict[str, Any]:
    """Return all stored values by the names of their documents and fields, with the meaning of each."""
    return {
        "format": FORMAT,
        "made_at": archive.at.isoformat(),
        "purpose": ARCHIVE_PURPOSES.label(archive.purpose),
        "records": [
            {
                "id": str(record.id),
                "kind": record.facts.kind.value,
                "documents": list(_documents(record)),
                "referrals": [_referral(sent) for sent in referrals.sent_for(record)],
            }
            for record in records
        ],
        "received": dict(received),
        "files": {name: attachment.name for name, attachment in names.items()},
        "field_names": {name: localize(known["label"]) for name, known in FIELD_LABELS.items()},
    }


def _documents(record: OpenRecord) -> Iterator[dict[str, Any]]:
    for kind, entries in _stored(record).items():
        values = {key: entry.model_dump(mode="json", include=stored_fields(kind)) for key, entry in entries.items()}
        yield {"name": kind.__name__, "purpose": documents.purpose_of(kind), "entries": values}


def _stored(record: OpenRecord) -> dict[type[documents.Document], dict[str, documents.Document]]:
    """Return the documents of a record by kind and key, as far as the worker may read them."""
    stored = {}
    for kind in documents.document_classes().values():
        if kind.__name__ not in LEFT_OUT and record.may(kind.storage.compartment):
            single = None if kind.storage.keyed else record.get(kind)
            entries = record.get_all(kind) if kind.storage.keyed else {"": single} if single else {}
            stored.update({kind: entries} if entries else {})
    return stored


def _referral(sent: Any) -> dict[str, Any]:
    acts = [{"verb": act.verb, "at": act.at.isoformat(), "reason": act.reason} for act in sent.history]
    return {"service": sent.document.service_name, "state": str(sent.state), "acts": acts}


# For people


def _as_page(
    records: list[OpenRecord],
    archive: SavedArchive,
    *,
    names: Mapping[str, Attachment],
    received: Mapping[str, str],
    by: Acting,
) -> bytes:
    """Return the record as a page without scripts: a summary, the timeline, and everything in detail."""
    record, language = records[0], active_language()
    with_readers = by.viewer.may(Permission.SEE_READERS)
    events = timeline.newest_first(event for opened in records for event in _events(opened, by=by))
    workers = accounts.display_names({*timeline.workers_in(events), *_workers(records), by.worker})
    context = {
        "language": language,
        "archive": archive,
        "purpose": ARCHIVE_PURPOSES.label(archive.purpose),
        "name": next(iter(record.get_or_empty(Person).names), ""),
        "sections": persons_copy.compose(record, language=language, with_readers=with_readers),
        "received": [Row(FIELDS.label(field), messages.field_value(field, text)) for field, text in received.items()],
        "events": events,
        "workers": workers,
        "files": names,
        "groups": [(title, rows) for title, rows in _groups(records, workers) if rows],
    }
    return render_to_string("cases/archive_record.html", context).encode()


def _events(record: OpenRecord, *, by: Acting) -> list[timeline.Event]:
    given_consents = [
        {"consent": consent, "recipient": referrals.name_of_recipient(record, consent.id)}
        for consent in consents.list_consents(record)
    ]
    findings = team_opinions.finding_lines(record, keys=by.keys)
    return timeline.list_events(record, sent=referrals.sent_for(record), consents=given_consents, findings=findings)


def _groups(records: list[OpenRecord], names: Mapping[UUID, str]) -> Iterator[tuple[str, list[Row]]]:
    """Yield the documents in detail, by subject."""
    stored = list(_entries(records))
    for group in GROUPS:
        rows = [rows_of(entry, names) for entry in stored if type(entry).__name__ in group["documents"]]
        yield localize(group["title"]), [Row("", rows=filled) for filled in rows if filled]


def _workers(records: list[OpenRecord]) -> set[UUID]:
    """Return all ids in the documents, to find the names of workers."""
    return {UUID(text) for entry in _entries(records) for text in IDS.findall(entry.model_dump_json())}


def _entries(records: list[OpenRecord]) -> Iterator[documents.Document]:
    """Yield all documents of the records."""
    for record in records:
        for entries in _stored(record).values():
            yield from entries.values()
