"""Read what stands beside the questions: settings, countries, children, end codes, lint."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from suar.law.terms import AgeBand, Element
from suar.screening.reasons import Because
from suar.screening.rules.beside_shapes import (
    Band,
    Beside,
    Closing,
    CountryLine,
    EndCode,
    EndGroup,
    NeverAsked,
    RoleRuns,
    Setting,
    Settings,
    Spoken,
    ThemeLine,
    Turn,
)
from suar.screening.rules.files import Raw, data_file, raw_set
from suar.screening.rules.reading import maybe_text, text_of
from suar.screening.rules.shapes import Instrument, Text
from suar.screening.terms import Step

ELSEWHERE = "ANY"
LANGUAGES = ("en", "id")
Kind = TypeVar("Kind")


@lru_cache(maxsize=8)
def settings(version: int = 1) -> Settings:
    """Give the settings of first contact, what roles run there, and what police say first.

    Source: data/settings-1.json.
    """
    raw = data_file(f"settings-{version}")
    return Settings(
        settings=MappingProxyType({row["code"]: _setting(row) for row in raw["settings"]}),
        roles=MappingProxyType({row["role"]: _role(row) for row in raw["roles"]}),
        police_first=_spoken(raw["police_first"]),
        police_widened=_spoken(raw["police_widened"]),
    )


@lru_cache(maxsize=32)
def country_lines(country: str, version: int = 1) -> tuple[CountryLine, ...]:
    """Give what can change for travel, asylum, stay, return and police, one sentence each.

    A country without texts of its own gets those that say what is not known.

    Source: data/country-1.json; OSCE guidelines 2019.
    """
    known = {row["code"]: row["lines"] for row in data_file(f"country-{version}")["countries"]}
    return tuple(map(_country_line, known.get(country, known[ELSEWHERE])))


@lru_cache(maxsize=8)
def barrier_groups(setting: str | None = None, version: int = 1) -> tuple[EndGroup, ...]:
    """Give the groups and codes of what stood in the way; those of the setting stand first.

    Source: data/barriers-1.json.
    """
    raw = data_file(f"barriers-{version}")
    groups = _groups(raw["groups"], raw["barriers"])
    return tuple(
        EndGroup(
            group.code,
            group.label,
            tuple(sorted(group.codes, key=lambda each: setting not in each.stands_out_in)),
        )
        for group in groups
    )


@lru_cache(maxsize=4)
def missed_groups(version: int = 1) -> tuple[EndGroup, ...]:
    """Give the groups and codes of earlier contacts at which the person was missed.

    Source: data/missed-1.json.
    """
    raw = data_file(f"missed-{version}")
    return _groups(raw["groups"], raw["missed"])


@lru_cache(maxsize=4)
def never_asked(version: int = 1) -> tuple[NeverAsked, ...]:
    """Give what is never asked, with the patterns of both languages.

    Source: WHO 2003; data/never-ask-1.json.
    """
    return tuple(map(_never, data_file(f"never-ask-{version}")["never"]))


def beside(talk: Instrument) -> Beside:
    """Give what this version of a talk has beside its steps; an older version has less.

    Source: data/instrument-full-1.json and the files it names; docs/decisions/0019.
    """
    return _beside(talk.code, talk.version)


@lru_cache(maxsize=32)
def _beside(code: str, version: int) -> Beside:
    raw = raw_set(code, version)
    files = {kind: data_file(name) for kind, name in raw["uses"].items()}
    mapped = files.get("map", {})
    turns = [_turn(row) for row in files["stops"].get("turns", ())]
    bands = [_band(row) for row in files.get("children", {"bands": ()})["bands"]]
    return Beside(
        opened_sets=_by(raw.get("sets", ()), lambda row: text_of(row["label"])),
        closing=tuple(map(_closing, raw.get("closing", ()))),
        turns=MappingProxyType({turn.code: turn for turn in turns}),
        themes=tuple(map(_theme, mapped.get("themes", ()))),
        unmapped=_by(mapped.get("unmapped", ()), lambda row: text_of(row["because"])),
        bands=MappingProxyType({band.band: band for band in bands}),
    )


def _by(rows: Iterable[Raw], read: Callable[[Raw], Kind]) -> Mapping[str, Kind]:
    return MappingProxyType({row["code"]: read(row) for row in rows})


def _texts(rows: Iterable[Raw]) -> tuple[Text, ...]:
    return tuple(map(text_of, rows))


def _spoken(raw: Raw) -> Spoken:
    return Spoken(raw["code"], text_of(raw["text"]), maybe_text(raw.get("child")))


def _setting(raw: Raw) -> Setting:
    return Setting(
        code=raw["code"],
        label=text_of(raw["label"]),
        form=raw["form"],
        time=raw["time"],
        privacy=raw["privacy"],
        first=text_of(raw["first"]),
        risks=_texts(raw["risks"]),
        lawyer_first=raw.get("lawyer_first", False),
        child_worker=raw.get("child_worker", False),
        absent=raw.get("absent", False),
        source=tuple(raw["source"]),
    )


def _role(raw: Raw) -> RoleRuns:
    return RoleRuns(raw["role"], raw["runs"], raw["may_widen_to"], raw["police"])


def _country_line(raw: Raw) -> CountryLine:
    return CountryLine(
        topic=raw["topic"],
        state=raw["state"],
        text=text_of(raw["text"]),
        child=text_of(raw["child"]),
        basis=text_of(raw["basis"]),
        source=tuple(raw["source"]),
    )


def _groups(groups: Iterable[Raw], rows: Iterable[Raw]) -> tuple[EndGroup, ...]:
    codes = [_end_code(row) for row in rows]
    return tuple(
        EndGroup(
            group["code"],
            text_of(group["label"]),
            tuple(each for each in codes if each.group == group["code"]),
        )
        for group in groups
    )


def _end_code(raw: Raw) -> EndCode:
    return EndCode(
        code=raw["code"],
        group=raw["group"],
        text=text_of(raw["text"]),
        response=maybe_text(raw.get("response")),
        stands_out_in=frozenset(raw.get("stands_out_in", ())),
        source=tuple(raw["source"]),
    )


def _patterns(raw: Raw) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for language in LANGUAGES for pattern in raw[f"patterns_{language}"])


def _never(raw: Raw) -> NeverAsked:
    return NeverAsked(
        code=raw["code"],
        label=text_of(raw["label"]),
        because=text_of(raw["because"]),
        patterns=_patterns(raw),
        examples=MappingProxyType({language: tuple(raw[f"examples_{language}"]) for language in LANGUAGES}),
    )


def _turn(raw: Raw) -> Turn:
    return Turn(
        code=raw["code"],
        offered_at=frozenset(map(Step, raw["offered_at"])),
        when=raw["when"],
        leads_to=Step(raw["leads_to"]),
        label=text_of(raw["label"]),
        what=text_of(raw["what"]),
        now=_texts(raw["now"]),
        say=text_of(raw["say"]),
        child=text_of(raw["child"]),
    )


def _closing(raw: Raw) -> Closing:
    child = maybe_text(raw.get("child"))
    return Closing(raw["code"], raw["to"], raw["standard"], text_of(raw["text"]), child)


def _theme(raw: Raw) -> ThemeLine:
    element, asked_by = Element(raw["element"]), tuple(raw["asked_by"])
    return ThemeLine(raw["theme"], element, asked_by, text_of(raw["because"]))


def _band(raw: Raw) -> Band:
    return Band(
        band=AgeBand(raw["band"]),
        because=Because(raw["because"]),
        minutes=raw["minutes"],
        pause_every=raw["pause_every"],
        asks_experience=raw["asks_experience"],
        prompts=tuple(raw["prompts"]),
        how=_texts(raw["how"]),
        source=tuple(raw["source"]),
    )
