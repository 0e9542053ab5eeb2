"""A talk as a browser holds it: pages are fetched, taps are posted, redirects are followed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from suar.demo.cast import Player
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.screening import queries
from suar.screening.rules.answers import Answers
from tests.people import client_of

START = {"place": "VILLAGE_OFFICE", "form": "short"}
SAFE = {
    "q-SF_HEARD": "NO",
    "q-SF_NEAR": "NO",
    "q-SF_PHONE": "YES",
    "q-TI_KNOWS": "NONE",
    "q-LG_INTERPRETER": "NONE_NEEDED",
    "q-CU_HELD": "NO",
}
NEAR = {**SAFE, "q-SF_NEAR": "YES"}
NOTHING_NEEDED = {"needs-all-asked": "yes"}
GROWN = {"age-band": "ADULT", "age-doubt": "NO"}
YOUNG = {"age-band": "FROM_15_TO_17"}
AGREED = {"q-CN_BACK": "YES", "q-CN_ANSWER": "YES"}
STRONG = {
    "q-SG_ARRANGED": "YES",
    "s-SG_ARRANGED": ["I_A_RECRUIT", "I_A_TRANSPORT"],
    "q-SG_DEBT": "YES",
    "s-SG_DEBT": "I_M_DEBT",
    "q-SG_PAID": "YES",
    "s-SG_PAID": "I_P_NO_PAY",
    "q-SG_WORK": "YES",
    "s-SG_WORK": "I_P_HOURS",
}
KEPT = {
    "keep": "on",
    "exclude": "no",
    "name": "Amina Rekaan",
    "contact": "000-0000-7741",
    "hours": "08-10",
}
STRONG_END = {"outcome": "PRESUMED_VICTIM", "reason": "RS_SAME"}
UNABLE = {"outcome": "UNABLE", "reason": "RS_NO_ROOM"}
DECLINED = {"outcome": "DECLINED", "reason": "RS_PERSON_CHOSE"}


@dataclass
class Conversation:
    """One worker's browser on one talk."""

    player: Player
    client: Client
    record: UUID

    @classmethod
    def begun_by(cls, player: Player, **otherwise: str) -> "Conversation":
        """Begin a talk through the page: a short one at a village office, or otherwise."""
        client = client_of(player)
        answer = client.post(reverse("talk_start"), {**START, **otherwise})
        return cls(player, client, UUID(answer["Location"].split("/")[2]))

    def seen_by(self, player: Player) -> "Conversation":
        """Open the same talk in a colleague's browser."""
        return Conversation(player, client_of(player), self.record)

    def page(self, step: str, theme: str = "") -> HttpResponse:
        """Fetch a step, or one of its pages of prompts."""
        return self.client.get(reverse("talk_step", args=[self.record, step]), {"theme": theme} if theme else {})

    def post(self, step: str, **taps: Any) -> HttpResponse:
        """Post a step from its page as it stands now, or from the version that is given."""
        if "version" not in taps:
            taps["version"] = queries.version_of(self.open())
        return self.client.post(reverse("talk_step", args=[self.record, step]), taps)

    def walk(self, **instead: dict[str, Any]) -> "Conversation":
        """Walk through the steps of the short talk with a grown person, some steps otherwise."""
        taps = {"SAFE": SAFE, "NEEDS": NOTHING_NEEDED, "AGE": GROWN, "CONSENT": AGREED}
        for step, usual in {**taps, "SIGNS": STRONG}.items():
            self.post(step, **instead.get(step, usual))
        return self

    def sum_up(self) -> HttpResponse:
        """Fetch the page on which the worker chooses."""
        return self.client.get(reverse("talk_outcome", args=[self.record]))

    def end(self, **typed: Any) -> HttpResponse:
        """Send the outcome."""
        return self.client.post(reverse("talk_outcome", args=[self.record]), typed)

    def ways_to_stop(self, **typed: Any) -> HttpResponse:
        """Fetch the ways to stop, or tap one."""
        address = reverse("talk_stop", args=[self.record])
        return self.client.post(address, typed) if typed else self.client.get(address)

    def open(self, record: UUID | None = None) -> OpenRecord:
        """Open the talk, or what it left behind, with the worker's keys."""
        return keyring.open_record(record or self.record, keys=self.player.keys)

    def answers(self) -> Answers:
        """Read what is sealed now."""
        return queries.answers_of(self.open())


def led_to(answer: HttpResponse) -> str:
    """Return the last part of the address that a post led to."""
    assert answer.status_code == 302, text(answer)
    return answer["Location"].rsplit("/", 1)[1]


def left_at(answer: HttpResponse) -> UUID:
    """Return the record that the end of a talk led to."""
    return UUID(next(part for part in answer["Location"].split("/") if len(part) == 36))


def text(answer: HttpResponse) -> str:
    """Read a page."""
    return answer.content.decode()


def whole_database() -> bytes:
    """Read every row of every table, as a thief of the opened file would."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            found += [
                bytes(v) if isinstance(v, memoryview | bytes) else str(v).encode()
                for row in cursor.fetchall()
                for v in row
            ]
    return b"\n".join(found)
