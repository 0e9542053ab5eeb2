"""Text that was copied out of a messenger. Pure."""

import re

INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Signs without width that messengers add around names and numbers; joiners that scripts need stay."""
BLANK_LINES = re.compile(r"\n{3,}")


def clean_chat(text: str) -> str:
    """Return copied text without invisible signs and runs of empty lines; every word stays.

    Source: own design; a mark that turns the direction hides what a number really is.
    """
    lines = INVISIBLE.sub("", text).replace("\r\n", "\n").split("\n")
    return BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()
