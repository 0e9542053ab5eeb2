"""One style sheet a door, put together from small files in a fixed order."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "website" / "css"
ALWAYS = ["tokens", "reset", "base", "layout"]
BOTH = [
    "bar",
    "leave",
    "act",
    "sheet",
    "tag",
    "note",
    "field",
    "taps",
    "problems",
    "answers",
    "entry",
    "code",
    "things",
    "paging",
    "facts",
    "empty",
    "steps",
    "more",
]
PUBLIC_ONLY = ["needs", "reading", "check", "tongues", "faces"]
STAFF_ONLY = ["list", "line", "theme", "table", "lock", "spoken", "closing", "paper"]
SHEETS = {
    "public.css": [*BOTH, *PUBLIC_ONLY],
    "staff.css": [*BOTH, *STAFF_ONLY],
}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
BLANKS = re.compile(r"\s*\n\s*")


def sheet(name: str) -> bytes:
    """Put the parts of one sheet together; KeyError when there is no such sheet."""
    parts = [f"parts/{part}" for part in SHEETS[name]]
    files = [f"{part}.css" for part in [*ALWAYS, *parts, "print"]]
    text = "\n".join((FOLDER / file).read_text("utf-8") for file in files)
    return BLANKS.sub("\n", COMMENT.sub("", text)).strip().encode()
