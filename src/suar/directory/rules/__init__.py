"""Rules of the directory: which service fits whom, what may be old, and what is never said."""

from suar.directory.rules.addresses import named_districts, named_streets
from suar.directory.rules.ageing import (
    Clock,
    age_of,
    clock_of,
    kinds_of,
    lines_of,
    shown_until,
)
from suar.directory.rules.alike import names_alike, share_a_place
from suar.directory.rules.asking import may_ask, turn_of, unanswered
from suar.directory.rules.drafts import (
    Joined,
    join,
    may_check,
    may_publish,
    may_publish_recording,
)
from suar.directory.rules.fitting import admits, fit, freshness, nearness, order
from suar.directory.rules.hidden import provinces_only, stand_in
from suar.directory.rules.plain import dialled, is_invented, is_telephone, why_not_plain
from suar.directory.rules.saying import said, stated

__all__ = [
    "Clock",
    "Joined",
    "admits",
    "age_of",
    "clock_of",
    "dialled",
    "fit",
    "freshness",
    "is_invented",
    "is_telephone",
    "join",
    "kinds_of",
    "lines_of",
    "may_ask",
    "may_check",
    "may_publish",
    "may_publish_recording",
    "named_districts",
    "named_streets",
    "names_alike",
    "nearness",
    "order",
    "provinces_only",
    "said",
    "share_a_place",
    "shown_until",
    "stand_in",
    "stated",
    "turn_of",
    "unanswered",
    "why_not_plain",
]
