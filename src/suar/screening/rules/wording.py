"""The words for a code that a rule gave back."""

from collections import ChainMap
from functools import lru_cache

from suar.screening.rules.reading import instrument
from suar.screening.rules.shapes import Instrument, Text


def words_of(code: str, *, of: Instrument | None = None) -> Text:
    """Give the words for a `because`, note, reason, value, stop rule, sign, need or level.

    Raises KeyError for a code that has no words.

    Source: the data files of the instrument; docs/decisions/0004.
    """
    talk = of or instrument()
    return _all_words(talk.code, talk.version)[code]


@lru_cache(maxsize=32)
def _all_words(code: str, version: int) -> ChainMap[str, Text]:
    talk = instrument(code, version)
    tables = talk.tables
    return ChainMap(
        dict(talk.words),
        {row.code: row.because for rows in tables.rows.values() for row in rows},
        {lift.code: lift.because for lift in tables.lifts},
        {gate.code: gate.text for gate in tables.gates},
        {row.code: row.because for row in talk.keeping},
        dict(tables.notes),
        {reason.code: reason.text for reason in tables.reasons.values()},
        {outcome: words.label for outcome, words in tables.outcomes.items()},
        {stop.code: stop.label for stop in talk.stops.values()},
        {sign.code: sign.text for sign in talk.signs.values()},
        {need.code: need.text for need in talk.needs.values()},
        {level.code: level.label for level in talk.levels.values()},
        {theme.code: theme.label for theme in talk.themes},
    )
