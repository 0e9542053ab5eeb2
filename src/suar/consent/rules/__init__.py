"""The rules of consent: what may be asked, what a yes covers, and the words it is asked in."""

from suar.consent.rules.cover import (
    covered_fields,
    covers,
    duty_covers,
    is_open,
    may_be_taken_back,
    narrow,
    narrowed,
    still_to_come,
    supervisor_told,
)
from suar.consent.rules.giving import may_contact_guardian, may_give, missing, on_child_path
from suar.consent.rules.limits import (
    allowed_fields,
    allowed_purposes,
    group_of,
    latest_end,
    smallest,
)
from suar.consent.rules.never_tell import (
    blocked_by,
    may_learn,
    may_put_on,
    may_take_off,
    same_line,
)
from suar.consent.rules.spoken import LANGUAGES, date_in_words, sentence
from suar.consent.rules.texts import LATEST, before, text, withdrawal
from suar.consent.rules.words import words

__all__ = [
    "LANGUAGES",
    "LATEST",
    "allowed_fields",
    "allowed_purposes",
    "before",
    "blocked_by",
    "covered_fields",
    "covers",
    "date_in_words",
    "duty_covers",
    "group_of",
    "is_open",
    "latest_end",
    "may_be_taken_back",
    "may_contact_guardian",
    "may_give",
    "may_learn",
    "may_put_on",
    "may_take_off",
    "missing",
    "narrow",
    "narrowed",
    "on_child_path",
    "same_line",
    "sentence",
    "smallest",
    "still_to_come",
    "supervisor_told",
    "text",
    "withdrawal",
    "words",
]
