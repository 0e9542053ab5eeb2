"""Validate names, texts and telephone numbers, the same for files, forms and links."""

import re

MAX_LENGTH, MIN_DIGITS = 40, 3
SIGNED_NUMBER = re.compile(r"[+-][\d\s().+/-]*")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
EXTENSION = re.compile(r"[ ,;]*\b(?:ext|extension|ekst|ekstensi|pesawat|psw|x)\.?:? *([0-9]{1,6})$", re.IGNORECASE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
WAY_TO_REACH = re.compile(
    r"(?:\d[\s().+/-]*){5}|https?:|www\.|@|\w\.(?:app|com|id|info|link|me|net|org)\b", re.IGNORECASE
)
TELEPHONE = re.compile(r"[0-9+(][0-9+(). -]*")


def text_problem(text: str) -> str:
    """Return a code why a text is not allowed: "control_sign", "formula", or "" if it is.

    A number with a plus or minus in front is no formula.

    Source: own design, docs/decisions/directory (a spreadsheet runs what starts like a formula).
    """
    if CONTROL.search(text):
        return "control_sign"
    harmless = not text.startswith(FORMULA_SIGNS) or SIGNED_NUMBER.fullmatch(text)
    return "" if harmless else "formula"


def is_telephone(text: str) -> bool:
    """Return True if a text is a number to call: digits, + ( ) - . and blanks, perhaps an extension.

    Source: own design, docs/decisions/directory; three digits are the shortest number in use.
    """
    number = EXTENSION.sub("", text.strip())
    digits = sum(character in "0123456789" for character in number)
    short = len(text) <= MAX_LENGTH
    return short and digits >= MIN_DIGITS and TELEPHONE.fullmatch(number) is not None


def is_example_number(text: str) -> bool:
    """Return True if a number is an example that cannot be called: it begins with 000.

    The three digits alone are a number: Australia's for emergencies.

    Source: ITU-T E.164 (no country code begins with 0, and 00 only leads out of a country).
    """
    digits = digits_to_dial(text)
    for code in ("+62", "+"):
        digits = digits.removeprefix(code)
    return digits.startswith("000") and digits != "000"


def digits_to_dial(number: str) -> str:
    """Return the digits that a phone dials, without an extension.

    Source: RFC 3966, section 5.1 (digits, and characters that only separate them).
    """
    head = EXTENSION.sub("", number.strip())
    return "".join(character for character in head if character.isdigit() or character in "+*#")


def names_a_way_to_reach(text: str) -> bool:
    """Return True if a text holds a long number, a web address or a mail address. Years are no numbers.

    Source: security.md T17 (only two editors publish whom people call).
    """
    return WAY_TO_REACH.search(YEAR.sub("", text)) is not None
