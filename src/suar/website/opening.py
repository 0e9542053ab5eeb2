"""Whether somebody is there now, in words: by the hours told and by the clock of the place."""

from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from suar.core import clock
from suar.directory import catalogue
from suar.directory.cards import ServiceCard
from suar.website.rules import opening_at

DAY_AND_NIGHT = "24_7"


def words(card: ServiceCard) -> str:
    """Say whether a service is open now, until when, or when again.

    Empty where that is not known, and for a service of the day and the night, which says so itself.
    """
    zone = _zone(card)
    if zone is None or card.facts.opening == DAY_AND_NIGHT:
        return ""
    local = clock.now().astimezone(zone)
    found = opening_at(card.hours, local)
    if found is None:
        return ""
    if found.is_open:
        return _("Open now, until %(time)s.") % {"time": found.time}
    if found.day == local.weekday() and found.time > f"{local:%H:%M}":
        return _("Closed now. Opens today at %(time)s.") % {"time": found.time}
    day = str(WEEKDAYS[found.day])
    return _("Closed now. Opens on %(day)s at %(time)s.") % {"day": day, "time": found.time}


def _zone(card: ServiceCard) -> ZoneInfo | None:
    """Give the zone of the places of a service; None when they lie in more than one."""
    provinces = map(catalogue.province_of, card.districts or card.areas)
    zones = {zone for each in provinces if (zone := catalogue.zones().get(each))}
    if len(zones) > 1:
        return None
    return ZoneInfo(zones.pop()) if zones else clock.LOCAL
