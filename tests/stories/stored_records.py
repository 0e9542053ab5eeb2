"""What a demonstration stores after a story: its records, what they hold, and for whom.

Run by the story as a process of that demonstration; a worker's password opens what their keys open, and
nothing else. Nothing is shown of a name: only whether a text that must not be there is.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from tests.standing import Demonstration
from tools.places import PYTHON, ROOT


@dataclass(frozen=True)
class Stored:
    """One record: its kind, what is sealed in it, whose keys open it, and what they read."""

    id: str
    kind: str
    status: str
    values: frozenset[str]
    holders: dict[str, list[str]]
    opened: dict[str, dict[str, Any]] = field(default_factory=dict)

    def finding(self, name: str) -> dict[str, Any]:
        """Return the newest finding as this worker's keys open it."""
        found: dict[str, Any] = self.opened[name]["coded/findings"]["list"][0]
        return found


def stored(demonstration: Demonstration, *workers: str) -> dict[str, Stored]:
    """Return every record of a demonstration by id, opened with the keys of these workers."""
    passwords = json.dumps({name: demonstration.worker(name)["password"] for name in workers})
    printed = subprocess.run(
        [str(PYTHON), "-m", "tests.stories.stored_records"],
        input=passwords,
        cwd=ROOT,
        env=demonstration.folder.variables(),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    rows = json.loads(printed)
    return {row["id"]: Stored(**{**row, "values": frozenset(row["values"])}) for row in rows}


def _main() -> None:
    import django

    django.setup()
    sys.stdout.write(json.dumps(_rows(json.loads(sys.stdin.read())), default=str))


def _rows(passwords: dict[str, str]) -> list[dict[str, Any]]:
    from suar.records.models import Grant, Record, Value

    keys = {name: _keys(name, password) for name, password in passwords.items()}
    owners = _owners()
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "status": row.status,
            "values": [f"{v.compartment}/{v.field}" for v in Value.objects.filter(record=row.id)],
            "holders": {
                owners[grant.key]: sorted(_compartments(grant.compartments))
                for grant in Grant.objects.filter(record=row.id)
            },
            "opened": {name: _opened(row.id, held) for name, held in keys.items()},
        }
        for row in Record.objects.all()
    ]


def _owners() -> dict[Any, str]:
    """Name who holds a key: a worker by name, the rest by kind."""
    from suar.accounts.models import PublicKey, Worker

    names = dict(Worker.objects.values_list("id", "name"))
    return {key.id: names.get(key.owner, key.kind) for key in PublicKey.objects.all()}


def _keys(name: str, password: str) -> Any:
    from suar.accounts.codes import Way
    from suar.accounts.keys import Keys, unwrap_pairs
    from suar.accounts.models import Worker
    from suar.accounts.sign_in import derive_keys

    worker = Worker.objects.get(name=name)
    pairs = unwrap_pairs(worker.id, way=Way.PASSWORD, key=derive_keys(worker, password).wrapping)
    return Keys(worker.id, read=pairs.read, sign=pairs.sign)


def _compartments(mask: int) -> list[str]:
    from suar.records.rules import compartments_of

    return [compartment.value for compartment in compartments_of(mask)]


def _opened(record: Any, keys: Any) -> dict[str, Any]:
    """Open what these keys open; a record that is not theirs gives nothing."""
    from suar.core.refusals import NotYours
    from suar.records import keyring
    from suar.records.models import Value
    from suar.records.terms import Compartment

    try:
        opened = keyring.open_record(record, keys=keys)
    except NotYours:
        return {}
    return {
        f"{value.compartment}/{value.field}": opened.read(Compartment(value.compartment), value.field)
        for value in Value.objects.filter(record=record)
        if opened.may(Compartment(value.compartment))
    }


if __name__ == "__main__":
    _main()
