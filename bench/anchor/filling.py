"""Fill the yardstick: `python -m bench.anchor.filling SERVICES CASES [SEED]`."""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.anchor.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - settings first
from django.db import connection, transaction  # noqa: E402 - settings first

from bench import people, synthetic  # noqa: E402 - settings first
from bench.anchor.models import Case, Service, Worker  # noqa: E402 - settings first
from bench.anchor.sealing import seal  # noqa: E402 - settings first

BATCH = 1000
WORKERS = 60
ON_SQLITE = (
    "CREATE VIRTUAL TABLE anchor_words USING fts5(text, content='anchor_service', "
    "content_rowid='rowid', tokenize='unicode61 remove_diacritics 2')",
    "INSERT INTO anchor_words(anchor_words) VALUES('rebuild')",
    "ANALYZE",
)
ON_POSTGRES = (
    "ALTER TABLE anchor_service ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', text)) STORED",
    "CREATE INDEX ON anchor_service USING gin(words)",
    "ANALYZE",
)


def main(services: int, cases: int, seed: int = 1) -> None:
    """Make the tables, fill them, build the index of words."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    with transaction.atomic():
        Service.objects.bulk_create(_services(services, seed), batch_size=BATCH)
        names = [f"cw{number:03}" for number in range(WORKERS)]
        made = Worker.objects.bulk_create(Worker(code=name, name=name) for name in names)
        Case.objects.bulk_create(_cases(cases, seed, made), batch_size=BATCH)
    with connection.cursor() as cursor:
        for each in ON_POSTGRES if connection.vendor == "postgresql" else ON_SQLITE:
            cursor.execute(each)


def _services(number: int, seed: int) -> Iterator[Service]:
    for provider in synthetic.services(number, seed=seed):
        one, told = provider["services"][0], provider["services"][0]["suar"]
        yield Service(
            id=one["id"],
            name=one["name"],
            provider=provider["name"],
            district=told["areas"][0],
            kind=told["types"][0],
            sex=",".join(told["sex"]),
            languages=f",{','.join(told['languages'])},",
            active=one["status"] == "active",
            confirmed=one["assured_date"],
            text=" ".join(f"{each['name']} {each['description']}" for each in _told(told)),
            document=json.dumps({**one, "provider": provider["name"], "description": _first(told)}),
        )


def _told(told: dict[str, Any]) -> list[dict[str, str]]:
    return list(told["translations"].values())


def _first(told: dict[str, Any]) -> str:
    return _told(told)[0]["description"]


def _cases(number: int, seed: int, workers: list[Worker]) -> Iterator[Case]:
    for count, person in enumerate(people.people(number, seed=seed)):
        yield Case(
            id=person["id"],
            opened=person["opened"],
            status=person["status"],
            nationality=person["nationality"],
            sex=person["sex"],
            born=person["born"] or None,
            worker=workers[count % len(workers)],
            district=person["district"],
            names_sealed=seal(json.dumps([person["first"], person["last"]]).encode()),
            body_sealed=seal(json.dumps(person).encode()),
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
