"""The text by which a safe contact is shared: the number, always with its hours and conditions.

Ways that are not safe stand as codes in brackets; `messages.field_value` prints them in the reader's language.
"""

import re
from typing import Any

from suar.consent.codes import ContactRule
from suar.consent.documents import SafeContact

RULES = "|".join(ContactRule)
CONDITIONS = re.compile(rf" \[((?:{RULES})(?: (?:{RULES}))*)\]")
HOURS = re.compile(r"(?P<phone>.*) \((?P<hours>[^()]+)\)", re.DOTALL)
ANSWERED = " · "
NO_VISITS = f" [{ContactRule.NO_VISITS}]"


def contact_text(contact: SafeContact) -> str:
    """Return the number with its hours and its conditions."""
    hours, rules = f"({contact.hours})", f"[{' '.join(contact.rules)}]"
    answered = f"· {contact.if_answered}"
    texts = (contact.phone, contact.hours and hours, contact.rules and rules, contact.if_answered and answered)
    return " ".join(text for text in texts if text)


def place_text(contact: SafeContact) -> str:
    """Return the place, with its condition."""
    return contact.place + (NO_VISITS if contact.no_visits else "")


def read_contact(text: str) -> dict[str, Any]:
    """Return the fields of a safe contact that was received, so that its conditions bind here too.

    `contact_text` of these fields is the text again, whatever the number contains.
    """
    number, _, answered = text.partition(ANSWERED)
    rules: list[str] = []
    if match := CONDITIONS.search(text):
        number, answered, rules = text[: match.start()], text[match.end() :].removeprefix(ANSWERED), match[1].split()
    hours = HOURS.fullmatch(number)
    named = hours.groupdict() if hours else {"phone": number}
    return {**named, "if_answered": answered, **{rule.lower(): True for rule in rules}}


def read_place(text: str) -> dict[str, Any]:
    """Return the fields of a place that was received."""
    place = text.removesuffix(NO_VISITS)
    return {"place": place} | ({"no_visits": True} if place != text else {})
