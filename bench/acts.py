"""Acts on the folder that the environment names: `python -m bench.acts ACT WORDS`; the result is JSON."""

import json
import sys
import time
from collections import defaultdict
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - after the set-up
from django.test import Client, override_settings  # noqa: E402 - after the set-up
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402 - after the set-up

from bench import people  # noqa: E402 - after the set-up
from suar.accounts import key_changes as accounts  # noqa: E402 - after the set-up
from suar.accounts import sign_in  # noqa: E402 - after the set-up
from suar.accounts.codes import KeyKind, Way, WorkerState  # noqa: E402 - after the set-up
from suar.accounts.keys import Keys, unwrap_pairs  # noqa: E402 - after the set-up
from suar.accounts.models import Worker  # noqa: E402 - after the set-up
from suar.accounts.sessions import viewer_of  # noqa: E402 - after the set-up
from suar.audit import actions as audit  # noqa: E402 - after the set-up
from suar.audit import queries as chain  # noqa: E402 - after the set-up
from suar.cases.calendars import update_index_entry  # noqa: E402 - after the set-up
from suar.cases.codes import ATTACHMENT_KINDS, CONTACT_KINDS  # noqa: E402 - after the set-up
from suar.cases.documents import Note  # noqa: E402 - after the set-up
from suar.cases.documents.papers import Attachment  # noqa: E402 - after the set-up
from suar.core import clock  # noqa: E402 - after the set-up
from suar.core.files.kinds import FileKind  # noqa: E402 - after the set-up
from suar.core.ids import new_id  # noqa: E402 - after the set-up
from suar.crypto import kdf, values  # noqa: E402 - after the set-up
from suar.crypto.pairs import seal_to  # noqa: E402 - after the set-up
from suar.demo.cast import PASSWORD, Player  # noqa: E402 - after the set-up
from suar.records import actions as records  # noqa: E402 - after the set-up
from suar.records import key_changes  # noqa: E402 - after the set-up
from suar.records.keyring import open_record  # noqa: E402 - after the set-up
from suar.records.models import Grant, IndexEntry, IndexKey, Record, ShownName, Value  # noqa: E402 - after the set-up
from suar.records.rules import mask_of  # noqa: E402 - after the set-up
from suar.records.terms import ALL, HolderKind, Kind, Status  # noqa: E402 - after the set-up
from suar.referrals.exclusions import excluded_organisations  # noqa: E402 - after the set-up
from suar.screening.models import Talk  # noqa: E402 - after the set-up
from tests.people import client_of, person_of, write  # noqa: E402 - after the set-up
from tests.screening.conversing import Conversation  # noqa: E402 - after the set-up

APART = timedelta(seconds=20)
"""A worker who begins two talks within ten seconds is given one."""


def player(name: str) -> Player:
    """Return a worker of the demonstration with opened keys."""
    worker = Worker.objects.get(name=name)
    derived = sign_in.derive_keys(worker, PASSWORD)
    pairs = unwrap_pairs(worker.id, way=Way.PASSWORD, key=derived.wrapping)
    return Player(worker, Keys(worker.id, read=pairs.read, sign=pairs.sign), b"", "")


def _cast_of(worker: Player) -> Any:
    """Return the organisation and team of a worker as the village of the cast."""
    team = SimpleNamespace(id=min(viewer_of(worker.worker, fresh=True).teams))
    return SimpleNamespace(village=SimpleNamespace(organisation=worker.worker.organisation, team=team))


def fill_people(name: str, number: str) -> list[str]:
    """Add synthetic people to a worker's team and return their names."""
    worker, names = player(name), []
    cast = _cast_of(worker)
    for person in people.people(int(number)):
        names.append(people.full_name(person))
        with transaction.atomic():
            person_of(worker, cast, name=names[-1], number=person["number"])
    return names


COPIED: tuple[Any, ...] = (Record, Value, Grant, IndexEntry, IndexKey)


def fill_others(name: str, number: str) -> int:
    """Copy the people of a worker's team to other teams, which nobody can open, until there are `number` copies."""
    team, copied = min(viewer_of(Worker.objects.get(name=name), fresh=True).teams), 0
    originals = Record.objects.filter(kind=Kind.PERSON, team=team)
    while copied < int(number):
        new = {old: new_id() for old in originals.order_by("id").values_list("id", flat=True)[: int(number) - copied]}
        others: dict[UUID, UUID] = defaultdict(new_id)
        for model in COPIED:
            about = "id" if model is Record else "record"
            rows = model.objects.filter(**{f"{about}__in": originals.values("id")}).values().iterator()
            copies = (model(**_copy(row, new, others)) for row in rows if _record_of(row) in new)
            model.objects.bulk_create(copies, batch_size=1000)
        copied += len(new)
    return copied


def _record_of(row: dict[str, Any]) -> UUID:
    ident: UUID = row.get("record_id") or row.get("record") or row["id"]
    return ident


def _copy(row: dict[str, Any], new: dict[UUID, UUID], others: dict[UUID, UUID]) -> dict[str, Any]:
    """Return the columns of a copied row, of another record, team and key."""
    about = next(name for name in ("record_id", "record", "id") if name in row)
    moved = {name: others[row[name]] for name in ("team", "key") if name in row}
    return {name: value for name, value in row.items() if name != "id"} | moved | {about: new[row[about]]}


def fill_audit_log(number: str) -> int:
    """Add so many entries to the audit log, in batches."""
    by, about = new_id(), [new_id()]
    for first in range(0, int(number), 10_000):
        with transaction.atomic(), audit.one_batch():
            for _ in range(min(10_000, int(number) - first)):
                audit.record("bench", by=by, at=clock.now(), about=about)
    return chain.count()


def forget_listed_names() -> int:
    """Let the next searches count as those of another day."""
    return ShownName.objects.all().delete()[0]


def fill_years(name: str, weeks: str, documents: str) -> str:
    """Add a person with a note each week, the last one today, and documents among them; return the id."""
    worker, now = player(name), clock.now()
    ways, every = list(CONTACT_KINDS), int(weeks) // int(documents)
    with transaction.atomic():
        record = person_of(worker, _cast_of(worker), name="SYN Years", number="000-0000-7741")
        for week in range(int(weeks)):
            at, text = now - timedelta(weeks=week), f"SYN {week}: she came by and told how the week had been. " * 4
            note = Note(at=at, by=worker.id, text=text, way=ways[week % len(ways)])
            record.put(note, key=str(new_id()), by=worker.id, at=at)
            if week % every == 0:
                record.put(_paper(week, at, worker.id), key=str(new_id()), by=worker.id, at=at)
    return str(record.id)


def _paper(number: int, at: datetime, by: UUID) -> Attachment:
    until = clock.local_date(at) + timedelta(days=9_999)
    facts: dict[str, Any] = {
        "name": f"SYN paper {number}",
        "kind": next(iter(ATTACHMENT_KINDS)),
        "why": "SYN",
        "keep_until": until,
    }
    return Attachment(content=FileKind.PICTURE, size=90_000, by=by, at=at, **facts)


def begin_talks(names: str, number: str) -> list[dict[str, str]]:
    """Hold talks up to their end, shared out among workers; each with the cookies of its session."""
    workers, talks = [player(name) for name in names.split(",")], []
    for count in range(int(number)):
        worker = workers[count % len(workers)]
        with clock.shifted(-APART * count):
            talk = Conversation.begun_by(worker)
        talk.client = client_of(worker)
        talk.walk()
        cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in talk.client.cookies.items())
        talks.append({"id": str(talk.record), "cookies": cookies})
    return talks


def count_ended(*ids: str) -> dict[str, int]:
    """Count what ended talks have left behind."""
    left = [item for item in Talk.objects.filter(record__in=map(UUID, ids)).values_list("left", flat=True) if item]
    people_there = Record.objects.filter(kind=Kind.PERSON).exclude(status=Status.GONE)
    return {"ended": len(left), "distinct": len(set(left)), "people": people_there.count()}


def count_queries(name: str, *paths: str) -> dict[str, int]:
    """Count the queries of pages; with an empty name those of the public site."""
    public = {"ROOT_URLCONF": "suar.website.public_urls", "MIDDLEWARE": django.conf.settings.MIDDLEWARE_PUBLIC}
    result = {}
    with override_settings(**({} if name else public)):
        client = client_of(player(name)) if name else Client(headers={"host": "localhost"})
        for path in paths:
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            result[path] = len(queries)
    return result


def first_person(name: str) -> str:
    """Return the id of one of a worker's people."""
    teams = viewer_of(Worker.objects.get(name=name), fresh=True).teams
    return str(Record.objects.filter(kind=Kind.PERSON, team__in=teams, status=Status.OPEN)[0].id)


def known_browsers(*names: str) -> list[str]:
    """Return what browsers store that have signed in under these names before."""
    return [sign_in.known_browser(name) for name in names]


def add_entries(number: str) -> dict[str, float]:
    """Add audit entries, each in a transaction of its own, then verify the whole chain."""
    about, by, began = [new_id()], new_id(), time.perf_counter()
    for _ in range(int(number)):
        audit.record("bench", by=by, at=clock.now(), about=about)
    written = time.perf_counter() - began
    began = time.perf_counter()
    assert not chain.chain_faults()
    return {"written_s": written, "verified_s": time.perf_counter() - began, "entries": chain.count()}


def open_fifty_fields(name: str, times: str) -> list[float]:
    """Return the CPU milliseconds of opening a record with 50 sealed fields, each time."""
    worker, at = player(name), clock.now()
    viewer, spent = viewer_of(worker.worker, fresh=True), []
    with transaction.atomic():
        record = records.new_record(
            Kind.PERSON, organisation=viewer.organisation, team=min(viewer.teams), by=worker.id, at=at
        )
        for number in range(50):
            value = {"text": f"SYN {number} " * 20}
            write(record, ALL[number % len(ALL)], f"field-{number}", value, by=worker.id, at=at)
    for _ in range(int(times)):
        keys = Keys(worker.id, read=worker.keys._read, sign=worker.keys._sign)
        began = time.process_time()
        opened = open_record(record.id, keys=keys)
        assert len([opened.read(part, field) for part in ALL for field in opened.names(part)]) == 50
        spent.append((time.process_time() - began) * 1000)
    return spent


def replace_keys(name: str, leaver: str, number: str) -> dict[str, float]:
    """Replace the keys of a worker who left, with this many records more in the team; return the seconds it took."""
    worker = player(name)
    by = worker.acting(at=clock.now())
    [team] = [key for key in worker.keys.list_keys(KeyKind.TEAM) if key.retired_at is None]
    search, facts = worker.keys.search_key(team.id), {"organisation": by.viewer.organisation, "team": team.owner}
    rows = [Record(kind=Kind.PERSON, opened_month=clock.today().replace(day=1), **facts) for _ in range(int(number))]
    Record.objects.bulk_create(rows, batch_size=1000)
    granted = {"key": team.id, "holder": HolderKind.TEAM, "compartments": mask_of(ALL), "at": by.at}
    sealed = (seal_to(bytes(team.public), kdf.random_key() * len(ALL)) for _ in rows)
    grants = (Grant(record=row.id, sealed=seal, **granted) for row, seal in zip(rows, sealed, strict=True))
    Grant.objects.bulk_create(grants, batch_size=1000)
    wraps = (values.wrap(search, kdf.random_key(), label=f"sheet|{row.id}") for row in rows)
    indexed = (
        IndexKey(record=row.id, key=team.id, team_wide=True, sealed=wrap) for row, wrap in zip(rows, wraps, strict=True)
    )
    IndexKey.objects.bulk_create(indexed, batch_size=1000)
    Worker.objects.filter(name=leaver).update(state=WorkerState.DISABLED)
    keys = accounts.keys_of_leaver(Worker.objects.get(name=leaver).id, viewer=by.viewer, keys=worker.keys)
    receivers = {row.id for workers in accounts.receivers_of(keys, viewer=by.viewer).values() for row in workers}
    began = time.perf_counter()
    key_changes.change_keys_of(Worker.objects.get(name=leaver).id, receivers=receivers, by=by)
    for change in accounts.open_changes(by.viewer):
        while key_changes.reseal_some(change.id, by=by, excluded=excluded_organisations, enter=update_index_entry):
            pass
    return {"seconds": time.perf_counter() - began, "records": len(rows)}


if __name__ == "__main__":
    setup_test_environment()
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
