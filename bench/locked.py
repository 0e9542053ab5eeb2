"""What cryptography and the audit cost by themselves, without a web server; run by `bench.inside`.

Times are CPU of this process in milliseconds, so that a busy machine hardly moves them.
"""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import QueryDict

from bench import talk
from bench.acting import Acting, acting
from bench.figures import percentile
from suar.accounts.keys import Keys, UserPairs
from suar.audit import actions as audit
from suar.audit import queries as chain
from suar.audit.models import Entry, Mention
from suar.audit.rules import Line, digest_of
from suar.core import clock
from suar.core.ids import new_id
from suar.screening import posting, rules
from suar.screening.terms import Opens, Step
from suar.crypto import kdf, values
from suar.crypto.values import Place
from suar.records import actions as vault
from suar.records import keyring, queries
from suar.records.models import Grant, Value
from suar.records.terms import ALL, Kind

FIELDS = 50
TEXT = "SYN what was told, in the person's own words. "
AT_ONCE = 5000


def opening(name: str, times: int) -> dict[str, Any]:
    """Open a record of 50 fields: with its queries, and its cryptography alone."""
    who = acting(name)
    record = _record_of_50(who)
    session = kdf.random_key()
    kept = values.wrap(session, who.pairs.together(), label="bench")
    whole = _cpu_ms(times, lambda: _open(record, who))
    grant = Grant.objects.get(record=record, key=_team_key(who.keys))
    rows = list(Value.objects.filter(record=record))
    sealed_team = next(key.wrapped for key in who.keys.held() if key.id == grant.key)

    def bare() -> None:
        pairs = UserPairs.apart(values.unwrap(session, kept, label="bench"))
        team = pairs.read.open(sealed_team or b"")
        parts = type(pairs.read).from_private(team[:32]).open(bytes(grant.sealed))
        keys = {each: parts[32 * at : 32 * at + 32] for at, each in enumerate(ALL)}
        for row in rows:
            place = Place(str(who.viewer.organisation), str(record), row.compartment, row.field, 1)
            json.loads(values.unseal(keys[row.compartment], bytes(row.sealed), place))

    return {"whole": whole, "bare": _cpu_ms(times, bare), "fields": len(rows)}


def sheets(name: str, number: int, times: int) -> dict[str, Any]:
    """Open the sheets of a page of a list, with their two queries."""
    who = acting(name)
    rows = queries.visible(who.viewer, Kind.PERSON).values_list("id", flat=True)[:number]
    ids = list(rows)
    return _cpu_ms(times, lambda: queries.sheets(ids, keys=_fresh(who)))


def noting(number: int) -> dict[str, float]:
    """Add entries to the audit, each in a transaction of its own."""
    about, by = [new_id()], new_id()
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(number):
        audit.record("bench", by=by, at=clock.now(), about=about)
    return {
        "seconds": time.perf_counter() - start,
        "cpu_ms": (time.process_time() - cpu) * 1000 / number,
    }


def lengthen(number: int) -> dict[str, int]:
    """Add entries to the chain many at a time, digested as `record` digests them."""
    head, by = chain.head(), new_id()
    seq, previous = (head.seq, head.digest) if head else (0, bytes(32))
    for start in range(0, number, AT_ONCE):
        made: list[Entry] = []
        for _ in range(min(AT_ONCE, number - start)):
            seq, about, at = seq + 1, str(new_id()), clock.now()
            line = Line(seq, at, by, "bench", (about,), "", 0, previous)
            digest = digest_of(line)
            made.append(Entry(seq=seq, at=at, by=by, verb="bench", about=[about], previous=previous, digest=digest))
            previous = digest
        with transaction.atomic():
            Entry.objects.bulk_create(made)
            Mention.objects.bulk_create(Mention(entry=e, about=UUID(e.about[0])) for e in made)
    return {"number": number}


def verifying() -> dict[str, float]:
    """Walk the whole chain and its index."""
    start, cpu = time.perf_counter(), time.process_time()
    faults = chain.chain_faults()
    assert not faults, faults[:3]
    return {
        "seconds": time.perf_counter() - start,
        "cpu_s": time.process_time() - cpu,
        "number": chain.count(),
    }


def _record_of_50(who: Acting) -> UUID:
    at, by = clock.now(), who.worker.id
    with transaction.atomic():
        record = vault.new_record(Kind.PERSON, organisation=who.viewer.organisation, team=who.team, by=by, at=at)
        for place in range(FIELDS):
            value = {"text": TEXT * (place % 4 + 1), "synthetic": True}
            record.write(ALL[place % len(ALL)], f"field{place}", value, by=by, at=at)
    return record.id


def _open(record: UUID, who: Acting) -> None:
    opened = keyring.open_record(record, keys=_fresh(who))
    for compartment in ALL:
        for name in opened.names(compartment):
            opened.read(compartment, name)


def _fresh(who: Acting) -> Keys:
    """Give the worker's keys as a request begins: nothing looked up or opened yet."""
    return Keys(who.worker.id, read=who.pairs.read, sign=who.pairs.sign)


def _team_key(keys: Keys) -> UUID:
    return next(key.id for key in keys.held() if key.kind == "team")


def _cpu_ms(times: int, act: Callable[[], object]) -> dict[str, float]:
    act()
    found = []
    for _ in range(times):
        start = time.process_time()
        act()
        found.append((time.process_time() - start) * 1000)
    return {"p50": percentile(found, 0.5), "p95": percentile(found, 0.95)}


def summing(times: int) -> dict[str, float]:
    """Sum up a full talk in which half was asked, and what would change it was not yet."""
    answers = rules.begun(Opens("full"))
    for step, taps in talk.FULL_STEPS.items():
        answers = posting.with_step(answers, Step(step), QueryDict(talk.body(taps)))
    return _cpu_ms(times, lambda: rules.sum_up(answers))


ACTS = {
    "summing": summing,
    "opening": opening,
    "sheets": sheets,
    "noting": noting,
    "lengthen": lengthen,
    "verifying": verifying,
}
