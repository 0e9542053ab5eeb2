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
SEPARATOR = " · "
PLACE_RULES = (ContactRule.NO_VISITS, ContactRule.NO_FAMILY, ContactRule.NO_EMPLOYER, ContactRule.NO_OFFICES)
"""The conditions that bind who gets the place without the number."""


def contact_text(contact: SafeContact) -> str:
    """Return the number with its hours and its conditions."""
    hours, rules = f"({contact.hours})", f"[{' '.join(contact.rules)}]"
    answered = f"· {contact.if_answered}"
    texts = (contact.phone, contact.hours and hours, contact.rules and rules, contact.if_answered and answered)
    return " ".join(text for text in texts if text)


def place_text(contact: SafeContact) -> str:
    """Return the place, with its conditions."""
    rules = [rule for rule in PLACE_RULES if rule in contact.rules]
    return contact.place + (f" [{' '.join(rules)}]" if rules else "")


def read_contact(text: str) -> dict[str, Any]:
    """Return the fields of a safe contact that was received, so that its conditions bind here too.

    `contact_text` of these fields is the text again, whatever the number contains.
    """
    number, _, answered = text.partition(SEPARATOR)
    rules: list[str] = []
    if match := CONDITIONS.search(text):
        number, answered, rules = text[: match.start()], text[match.end() :].removeprefix(SEPARATOR), match[1].split()
    hours = HOURS.fullmatch(number)
    named = hours.groupdict() if hours else {"phone": number}
    return {**named, "if_answered": answered, **{rule.lower(): True for rule in rules}}


def read_place(text: str) -> dict[str, Any]:
    """Return the fields of a place that was received."""
    match = CONDITIONS.search(text)
    if match is None or match.end() != len(text):
        return {"place": text}
    return {"place": text[: match.start()], **{rule.lower(): True for rule in match[1].split()}}
