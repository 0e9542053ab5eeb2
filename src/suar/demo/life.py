"""An invented person on their path, and the data of all of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from suar.accounts.acting import Acting
from suar.demo.cast import Cast, Player
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.referrals.sending import SentReferral

Made = TypeVar("Made")
Step = Mapping[str, Any]
DATA: Mapping[str, Any] = json.loads((Path(__file__).parent / "data" / "people.json").read_text("utf-8"))


@dataclass
class Life:
    """A person on their path: the facts of the data, and the records that the acts made."""

    cast: Cast
    facts: Mapping[str, Any]
    record: UUID | None = None
    case: UUID | None = None
    sent: list[SentReferral] = field(default_factory=list)

    def player(self, name: str = "") -> Player:
        """Return the worker with this name, or the one who met the person."""
        return self.cast.players[name or self.facts["by"]]

    def service_of(self, step: Step) -> UUID:
        """Return the service of a step."""
        return UUID(DATA["services"][step.get("service") or self.facts["service"]])

    def open(self, by: Acting, *, case: bool = False) -> OpenRecord:
        """Open the person's record, or the case."""
        return keyring.open_record(made(self.case if case else self.record), keys=by.keys)


def made(value: Made | None) -> Made:
    """Return what an act made; acts return None only for a form that was sent before."""
    if value is None:
        raise LookupError("no earlier act of this path made it")
    return value
