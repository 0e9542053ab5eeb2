"""Opaque identifiers and short codes that can be said aloud."""

import secrets
from uuid import UUID, uuid4

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that are not mistaken for one another on a phone line."""


def new_id() -> UUID:
    """Return a random identifier that says nothing about when or for whom it was made."""
    return uuid4()


def spoken_code(length: int = 8) -> str:
    """Return a random code of `length` characters and one check character, in groups of three."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return group_characters(body + check_character(body))


def short_code(ident: UUID, length: int = 4) -> str:
    """Return the short number of an identifier, to tell two apart by voice; it is no secret."""
    rest, body = ident.int, ""
    for _ in range(length):
        rest, place = divmod(rest, len(ALPHABET))
        body += ALPHABET[place]
    return group_characters(body + check_character(body))


def read_spoken(typed: str) -> str | None:
    """Return the code without its spaces, or None when its check character is wrong."""
    code = "".join(character for character in typed.upper() if character.isalnum())
    if len(code) < 2 or any(character not in ALPHABET for character in code):
        return None
    return code if check_character(code[:-1]) == code[-1] else None


def check_character(body: str) -> str:
    """Return the character that reveals one wrong character or two swapped neighbours.

    Source: own design, docs/decisions/keys-and-sessions.md; Luhn's method in base 30.
    """
    total = 0
    for place, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (2 if place % 2 == 0 else 1)
        total += value // len(ALPHABET) + value % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]


def group_characters(text: str, size: int = 3) -> str:
    """Return a text with a blank after every `size` characters, as people read numbers aloud."""
    return " ".join(text[start : start + size] for start in range(0, len(text), size))
