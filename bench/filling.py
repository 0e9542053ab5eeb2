"""Fills a served folder with synthetic records; run by `bench.inside`."""

import json
import time
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import QueryDict

from bench import people, synthetic, talk
from bench.acting import Acting, acting, cookies_for
from bench.sealed_rows import write_people
from suar.accounts import factors, passwords, throttle
from suar.accounts.actions import invite
from suar.accounts.keys import UserPairs, add_public
from suar.accounts.models import Organisation, Worker
from suar.accounts.terms import KeyKind, Role, Way
from suar.accounts.wrapping import rewrap
from suar.core import clock
from suar.crypto import totp
from suar.demo.cast import PASSWORD
from suar.directory import actions, freshness
from suar.directory.documents import ParsedDirectory
from suar.directory.models import Service
from suar.hsds.hsds import parse
from suar.records.keyring import OpenRecord
from suar.records.models import Record
from suar.records.terms import Compartment, Kind, Status
from suar.screening import actions as talks
from suar.screening import posting, rules
from suar.screening.models import Talk
from suar.screening.terms import Opens, Step

TALKS_AT_ONCE = 50
A_FILE = 5_000


def fill_services(start: int, end: int) -> dict[str, Any]:
    """Take a directory over, as an editor would: the services from `start` to `end`."""
    every, parts = islice(synthetic.services(end), start, None), []
    while contents := list(islice(every, A_FILE)):
        file = json.dumps({"version": "3.1", "as_of": synthetic.AS_OF, "contents": contents})
        parts.append(parse(file.encode()))
    whole = ParsedDirectory(
        tuple(each for part in parts for each in part.providers),
        tuple(each for part in parts for each in part.sites),
        tuple(each for part in parts for each in part.services),
        tuple(each for part in parts for each in part.refused),
    )
    by, began = _editor(), time.perf_counter()
    report = actions.apply_import(whole, by=by, at=clock.now(), dry_run=False)
    seconds = time.perf_counter() - began
    _settled()
    assert report.applied, report
    return {"created": report.created.services, "seconds": seconds}


def confirm_one() -> dict[str, float]:
    """Let an editor note that one entry is right today."""
    one, by, began = Service.objects.values_list("id", flat=True)[0], _editor(), time.perf_counter()
    freshness.confirm_service(one, by=by, at=clock.now())
    return {"seconds": time.perf_counter() - began, "services": Service.objects.count()}


def fill_people(name: str, start: int, end: int) -> dict[str, Any]:
    """Make people of a worker's team, from the `start`-th to the `end`-th."""
    who = acting(name)
    made = write_people(people.people(end - start, start=start), who, at=clock.now())
    _settled()
    return {"made": len(made)}


def fill_talks(names: str, number: int, form: str = "short") -> dict[str, Any]:
    """Make talks of a form with every answer given, shared out among workers, and not yet ended.

    Each has a session of its own that stands in it, as the page before has left it.
    """
    players = [acting(name) for name in names.split(",")]
    found: list[dict[str, Any]] = []
    for start in range(0, number, TALKS_AT_ONCE):
        with transaction.atomic():
            for count in range(start, min(number, start + TALKS_AT_ONCE)):
                who = players[count % len(players)]
                record = _talk(who, form)
                version = record.version(Compartment.CODED, talks.ANSWERS)
                told = {"id": str(record.id), "by": who.name, "version": version, "form": form}
                found.append({**told, "cookies": cookies_for(who, in_talk=True)})
    return {"talks": found}


def let_in(*names: str) -> dict[str, str]:
    """Give the cookies of a signed-in session for each worker."""
    return {name: cookies_for(acting(name)) for name in names}


def hire(number: int) -> list[dict[str, str]]:
    """Make workers who share a password, each with a secret for codes and a browser known here."""
    house, found = Organisation.objects.get(name__startswith="Tim Desa"), []
    model = Worker(name="model")
    derived = passwords.set_password(model, PASSWORD)
    with transaction.atomic():
        for count in range(number):
            name, at = f"syn{count}", clock.now()
            worker, _ = invite(name, shown_name="SYN", role=Role.ADMINISTRATOR, organisation=house, by=None, at=at)
            worker.salt, worker.kdf, worker.verifier = model.salt, model.kdf, model.verifier
            worker.save()
            pairs, secret = UserPairs.new(), totp.new_secret()
            read = add_public(KeyKind.USER_READ, worker.id, pairs.read.public, at=at)
            add_public(KeyKind.USER_SIGN, worker.id, pairs.sign.public, at=at)
            rewrap(read, pairs, way=Way.PASSWORD, key=derived.wrapping, at=at)
            factors.keep_app(worker, secret, derived=derived, at=at)
            found.append(
                {"name": name, "password": PASSWORD, "totp": secret.hex(), "known": throttle.known_browser(name)}
            )
    return found


def known(name: str, number: int) -> list[str]:
    """Give what browsers keep that have signed in under this name before."""
    return [throttle.known_browser(name) for _ in range(number)]


def ended(path: str) -> dict[str, int]:
    """Count what the talks of a file (ids, one a line) have left behind, and how often."""
    wanted = [UUID(line) for line in Path(path).read_text("ascii").split()]
    rows = Talk.objects.filter(record__in=wanted)
    left = [each for each in rows.values_list("left", flat=True) if each]
    persons = Record.objects.filter(kind=Kind.PERSON).exclude(status=Status.GONE)
    return {
        "ended": len(left),
        "distinct": len(set(left)),
        "still_there": persons.filter(id__in=left).count(),
        "persons": persons.count(),
    }


def _talk(who: Acting, form: str) -> OpenRecord:
    opens = Opens(form)
    record = talks.begin(team=who.team, viewer=who.viewer, at=clock.now(), opens=opens)
    answers = rules.read_draft(record.read(Compartment.CODED, talks.ANSWERS) or {})
    for step, taps in talk.STEPS_OF[form].items():
        answers = posting.with_step(answers, Step(step), _posted(taps))
    talks.save(record, answers, by=who.viewer.worker, at=clock.now())
    return record


def _editor() -> UUID:
    found: UUID = Worker.objects.get(name="hadi").id
    return found


def _posted(taps: talk.Taps) -> QueryDict:
    return QueryDict(talk.body(taps))


def _settled() -> None:
    """Let PostgreSQL count its rows, as it would by itself within a minute."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


ACTS = {
    "services": fill_services,
    "confirm_one": confirm_one,
    "people": fill_people,
    "talks": fill_talks,
    "let_in": let_in,
    "hire": hire,
    "known": known,
    "ended": ended,
}
