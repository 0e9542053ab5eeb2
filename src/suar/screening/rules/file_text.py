"""Read the bytes of a question file strictly, before anything looks at what they mean: pure."""

import json
from enum import StrEnum
from typing import Any

MOST_BYTES = 150_000
"""The full form with every wording at its longest, and twenty questions more, has fewer."""
MOST_SHOWN = 40


class Unusable(StrEnum):
    """Why a file cannot be used at all."""

    TOO_BIG = "FILE_TOO_BIG"
    NOT_TEXT = "FILE_NOT_TEXT"
    NOT_JSON = "FILE_NOT_JSON"
    TOO_DEEP = "FILE_TOO_DEEP"
    REPEATED_KEY = "FILE_REPEATED_KEY"
    NOT_A_SET = "FILE_NOT_A_SET"
    OTHER_FORMAT = "FILE_OTHER_FORMAT"
    OTHER_FORM = "FILE_OTHER_FORM"
    OTHER_SHIPPED = "FILE_OTHER_SHIPPED"
    TOO_MANY_ROWS = "FILE_TOO_MANY_ROWS"
    UNKNOWN_KEY = "FILE_UNKNOWN_KEY"
    MISSING_KEY = "FILE_MISSING_KEY"
    WRONG_KIND = "FILE_WRONG_KIND"
    DOUBLED = "FILE_DOUBLED"
    NO_SUCH_QUESTION = "FILE_NO_SUCH_QUESTION"
    NOT_THERE = "FILE_NOT_THERE"
    PROTECTS = "FILE_PROTECTS"
    OUT_OF_PLACE = "FILE_OUT_OF_PLACE"
    NO_CHILD = "FILE_NO_CHILD"


class Stop(Exception):
    """The file cannot be read any further: why, and at what."""

    def __init__(self, code: Unusable, detail: object = "") -> None:
        """Keep the code and a short detail."""
        super().__init__(code)
        self.code, self.detail = code, shown(detail)


def loaded(content: bytes) -> Any:
    """Read JSON as it came from outside; raises Stop.

    Its size is looked at first, so that neither depth nor number can cost more than a moment. A
    key that stands twice is refused: of two readers each might take another one.

    Source: own design, docs/decisions/0027.
    """
    if len(content) > MOST_BYTES:
        raise Stop(Unusable.TOO_BIG, MOST_BYTES // 1000)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Stop(Unusable.NOT_TEXT) from None
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise Stop(Unusable.TOO_DEEP) from None
    except ValueError as error:
        raise Stop(Unusable.NOT_JSON, getattr(error, "lineno", "")) from None


def shown(detail: object) -> str:
    """Make a detail of a file short and plain, so that no sign in it can mislead a reader.

    Source: own design, docs/decisions/0027.
    """
    return str(detail)[:MOST_SHOWN].encode("ascii", "backslashreplace").decode()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise Stop(Unusable.REPEATED_KEY, key)
        made[key] = value
    return made


def _no_constant(name: str) -> Any:
    raise Stop(Unusable.NOT_JSON, name)
