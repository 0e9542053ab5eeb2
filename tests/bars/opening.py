"""What a worker's pages may open, asked of the ways by which pages open anything."""

from uuid import UUID

from django.urls import reverse

from suar.core.refusals import KeyNotTrusted, NotYours
from suar.demo.cast import Player
from suar.records import keyring, queries
from suar.records.models import IndexEntry, Record
from suar.records.terms import ALL, Kind
from suar.referrals.models import Referral
from suar.referrals.packets import FIELDS, PREVIEW
from tests.bars.thief import Named
from tests.people import client_of, received


def values_of(player: Player) -> set[Named]:
    """Return the values that a worker reads when they open every record they can."""
    found = set()
    for record in Record.objects.values_list("id", flat=True):
        try:
            opened = keyring.open_record(record, keys=player.keys)
        except (NotYours, KeyNotTrusted):
            continue
        for compartment in filter(opened.may, ALL):
            for name in opened.names(compartment):
                assert opened.read(compartment, name) is not None
                found.add((record, compartment.value, name))
    return found


def sheets_of(player: Player) -> set[UUID]:
    """Return the records whose sheets a worker reads in lists."""
    return set(queries.index_entries(IndexEntry.objects.values_list("record_id", flat=True), keys=player.keys))


def packets_of(player: Player) -> set[tuple[UUID, str]]:
    """Return the parts of packets that a worker's inbox shows."""
    found = set()
    for referral in Referral.objects.values_list("id", flat=True):
        try:
            got = received(player, referral)
        except (NotYours, KeyNotTrusted):
            continue
        parts = ((PREVIEW, got.preview), (FIELDS, got.shared))
        found |= {(referral, part) for part, shown in parts if shown}
    return found


def shown_to(player: Player) -> set[UUID]:
    """Return the people and cases whose page a worker gets."""
    client, found = client_of(player), set()
    for record in Record.objects.filter(kind__in=(Kind.PERSON, Kind.CASE)):
        if client.get(reverse("person", args=[record.id])).status_code == 200:
            found.add(record.id)
    return found
