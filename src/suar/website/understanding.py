"""What a visitor may read and tick, in one language: pages of lines, and the boxes of the check."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings

from suar.settings.environment import Mode
from suar.website.rules import may_be_shown
from suar.website.wordings import (
    AROUND_THE_CHECK,
    Row,
    Wording,
    check_keys,
    page_keys,
    spoken,
    structure,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under a heading; of `questions` every second line is the answer."""

    shape: str
    heading: str
    lines: tuple[str, ...]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Pair each question with its answer."""
        return list(zip(self.lines[::2], self.lines[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class Reading:
    """One page: `language` is the one it is told in, `rules` are the laws that it names."""

    number: int
    picture: str
    short: str
    title: str
    lead: str
    parts: tuple[Part, ...]
    rules: tuple[str, ...]
    language: str
    draft: bool


@dataclass(frozen=True, slots=True)
class Box:
    """One box to tick, and the code of what is told once it is."""

    words: str
    leads: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a tick leads to: a sentence, the needs whose services fit, and who is called first.

    `first` names kinds of help, in the order in which they are looked for.
    """

    code: str
    title: str
    words: str
    needs: tuple[str, ...]
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """The boxes by group and what is told of them; `say` holds the words around."""

    say: Mapping[str, str]
    groups: tuple[tuple[str, tuple[Box, ...]], ...]
    told: tuple[Told, ...]
    language: str
    draft: bool


def readings(kind: str, *, language: str) -> list[Reading]:
    """List the pages of a kind that are offered in a language, or in one that stands in for it."""
    rows = [row for row in structure()["pages"] if row["kind"] == kind]
    return [found for row in rows if (found := _reading(row, language))]


def reading(number: int, *, language: str) -> Reading | None:
    """Give one page, or None where it is not offered."""
    row = next((row for row in structure()["pages"] if row["number"] == number), None)
    return _reading(row, language) if row else None


def check(*, language: str) -> Check | None:
    """Give the boxes, or None where they are not offered."""
    rows, found = structure()["check"], spoken(language, check_keys(), grave=True)
    if found is None:
        return None
    say = found.words
    return Check(
        say={name: say[f"check.{name}"] for name in AROUND_THE_CHECK},
        groups=tuple(
            (say[group["words"]], tuple(Box(say[b["words"]], b["leads"]) for b in group["items"]))
            for group in rows["groups"]
        ),
        told=tuple(
            Told(
                row["code"],
                say[row["title"]],
                say[row["words"]],
                tuple(row["needs"]),
                tuple(row["first"]),
            )
            for row in rows["tells"]
        ),
        language=found.language,
        draft=not found.checked,
    )


def _reading(row: Row, language: str) -> Reading | None:
    found = spoken(language, page_keys(row), grave=row["grave"])
    if found is None:
        return None
    parts = [
        (part, [line for line in part["lines"] if _counts_here(line) and _may_stand(line, found)])
        for part in row["parts"]
    ]
    return Reading(
        number=row["number"],
        picture=row["picture"],
        short=found.words[row["short"]],
        title=found.words[row["title"]],
        lead=found.words[row["lead"]["words"]],
        parts=tuple(_part(part, lines, found.words) for part, lines in parts if lines),
        rules=_rules([row["lead"], *(line for _, lines in parts for line in lines)], found),
        language=found.language,
        draft=not found.checked,
    )


def _part(part: Row, lines: Iterable[Row], words: Mapping[str, str]) -> Part:
    heading = words[part["heading"]] if part["heading"] else ""
    return Part(part["shape"], heading, tuple(words[line["words"]] for line in lines))


def _counts_here(line: Row) -> bool:
    """Say whether a line is about the country that this house works in, or about all."""
    return bool(line.get("country", settings.SUAR_COUNTRY) == settings.SUAR_COUNTRY)


def _may_stand(line: Row, found: Wording) -> bool:
    """Say whether a line may stand in these words: a grave one may lack where real people read."""
    live, checked = settings.SUAR_MODE == Mode.RUN, bool(found.checked)
    return bool(may_be_shown(grave=line.get("grave", False), live=live, checked=checked))


def _rules(lines: Iterable[Row], found: Wording) -> tuple[str, ...]:
    """Name the laws and agreements behind lines, each article once."""
    named = {one["code"]: one["named"] for one in structure()["sources"] if "named" in one}
    told = [
        f"{named[line['source']].get(found.language, named[line['source']]['en'])} {line.get('at', '')}".strip()
        for line in lines
        if line["source"] in named
    ]
    return tuple(dict.fromkeys(told))
