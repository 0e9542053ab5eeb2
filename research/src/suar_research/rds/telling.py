"""A study in words and as JSON: always the whole panel, never one number alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from suar_research.answers import Answer
from suar_research.rds.diagnostics import Mixing
from suar_research.rds.groups import Part, Parted
from suar_research.rds.notices import ASSUMPTIONS
from suar_research.rds.panel import Panel
from suar_research.rds.study import Study
from suar_research.telling import answer_json, finite, wrapped

# Of a share: more than anybody needs to read, and enough to compare two programs.
DIGITS = 8
METHODS = {
    "mean": "Counts everybody alike. Shown for comparison; who knows many is met more often.",
    "rds1": "Combines who recruits whom with how many each group knows (Heckathorn 2002; Salganik & Heckathorn 2004).",
    "rds2": "Weighs each person by one over their contacts (Volz & Heckathorn 2008).",
    "ss": "Weighs each person by the chance to be drawn when nobody is drawn twice, for a number "
    "of people that is taken for true (Gile 2011).",
}
INTERVALS = {
    "tree": "draws whole trees again (Baraff, McCormick & Raftery 2016); mostly the "
    "widest, and wider than need be; says little where hardly anybody recruited more than one",
    "salganik": "draws one long chain of recruits again (Salganik 2006); too narrow in "
    "samples that are a large part of the population",
    "gile": "draws from a made-up population, nobody twice (Gile 2011); takes the named number of people for true",
}


def words(study: Study, values: Sequence[str]) -> str:
    """Tell a study to somebody who reads it on a screen, for some of the values."""
    sample = study.sample
    lines = [
        f"{sample.people:,} people in {_some(len(sample.seeds), 'tree')} of up to "
        f"{_some(study.waves[-1].wave, 'wave')}; they know {sample.degree.min():,} to "
        f"{sample.degree.max():,} of this population, half of them "
        f"{np.median(sample.degree):,.0f} or fewer.",
        "",
        *_panel(study.found, values),
        "NOTICES",
        *(wrapped(f"- {each}") for each in study.notices),
        "",
        "WHAT THE METHODS TAKE FOR TRUE",
        *(wrapped(f"- {each}") for each in ASSUMPTIONS),
        "",
        "WHAT EACH METHOD DOES",
        *(wrapped(f"- {name}: {says}") for name, says in METHODS.items()),
        "",
        "HOW THE INTERVALS ARE MADE, the widest first",
        *(wrapped(f"- {name}: {says}.") for name, says in INTERVALS.items()),
        "",
        *_diagnostics(study, values),
    ]
    return "\n".join(lines) + "\n"


def _panel(found: Panel, values: Sequence[str]) -> Iterator[str]:
    for value in values:
        yield f"SHARE WITH {value}"
        yield f"{'method':<20}{'share':>7}   {'95% between':<17}{'interval':<10}model"
        for each in found.answers[value]:
            yield from _rows(each)
        yield ""


def _rows(answer: Answer) -> Iterator[str]:
    for place, (kind, limits) in enumerate(answer.intervals.items()):
        first = place == 0
        name, share, model = (answer.name, f"{answer.estimate:.1%}", answer.model) if first else ("", "", "")
        between = f"{limits[0].low:.1%} - {limits[0].high:.1%}"
        yield f"{name:<20}{share:>7}   {between:<17}{kind:<10}{model}".rstrip()


def _diagnostics(study: Study, values: Sequence[str]) -> Iterator[str]:
    places = [study.sample.values.index(value) for value in values]
    yield from _waves(study, values, places)
    yield ""
    yield from _trees(study, values, places)
    yield ""
    yield "WHO RECRUITS WHOM"
    yield from _mixing(study.mixing, study.homophily)


def _waves(study: Study, values: Sequence[str], places: Sequence[int]) -> Iterator[str]:
    yield f"{'RDS-II AS WAVES ARE ADDED':<26}" + "".join(f"{value:>12.12}" for value in values)
    for wave in study.waves:
        shares = "".join(f"{_percent(wave.shares[at]):>12}" for at in places)
        yield f"  wave {wave.wave:>3}: {wave.people:>6,} people{shares}"
    needed = study.waves_needed
    if needed is None:
        yield "  Recruitment would never forget its seeds."
    else:
        yield f"  Recruitment forgets its seeds to within 2% after {_some(needed, 'wave')}."


def _trees(study: Study, values: Sequence[str], places: Sequence[int]) -> Iterator[str]:
    yield "RDS-II BY TREE: alone (and without it)"
    for tree in study.trees:
        shares = "; ".join(
            f"{value} {_percent(tree.shares[at])} ({_percent(tree.without[at])})"
            for value, at in zip(values, places, strict=True)
        )
        said = "not known" if tree.seed_value is None else tree.seed_value
        yield (f"  seed said {said}: {tree.people:,} people, {_some(tree.waves, 'wave')}; {shares}")


def _mixing(mixing: Sequence[Mixing], homophily: float) -> Iterator[str]:
    for each in mixing:
        into = ", ".join(f"{count:,} with {other.value}" for other, count in zip(mixing, each.recruited, strict=True))
        yield wrapped(
            f"  {each.value}: {each.people:,} people who know {each.contacts:.1f} (harmonic mean) "
            f"recruited {into}; homophily {each.homophily:+.2f}"
        )
    yield f"  Within groups {homophily:.2f} times as many as if nobody looked at groups."


def as_json(study: Study, values: Sequence[str]) -> dict[str, Any]:
    """Give a study in the shape of `--json`; what is no number is null.

    `values` holds `methods` for each value; with one value they stand at the top as well.
    """
    told = {value: {"methods": [answer_json(each, DIGITS) for each in study.found.answers[value]]} for value in values}
    sample = study.sample
    return {
        "people": sample.people,
        "seeds": len(sample.seeds),
        "not_known": sample.not_known,
        **(told[values[0]] if len(values) == 1 else {}),
        "values": told,
        "notices": study.notices,
        "assumptions": list(ASSUMPTIONS),
        "diagnostics": _diagnostics_json(study),
    }


def group_words(name: str, part: Part, values: Sequence[str], by: str) -> str:
    """Tell one group: its panel and its notices; what methods do is told with the whole sample."""
    reached = sum(each.people > 0 for each in part.trees)
    unknown = f"; of {part.not_known:,} more the answer is not known" if part.not_known else ""
    lines = [
        f"{by}: {name}",
        "",
        f"{part.people:,} people in {reached} of {_some(len(part.trees), 'tree')}{unknown}.",
        "",
        *_panel(part.found, [each for each in values if each in part.found.answers]),
        "NOTICES",
        *(wrapped(f"- {each}") for each in part_notices(part, values)),
    ]
    return "\n".join(lines) + "\n"


def left_out_words(name: str, why: str, by: str) -> str:
    """Tell of a group that was not looked at, where a reader looks for its shares."""
    return f"{by}: {name}\n\n{wrapped(f'Nothing is estimated of this group: {why}.')}\n"


def part_notices(part: Part, values: Sequence[str]) -> list[str]:
    """Give the notices of a group, and which of the values nobody in it has."""
    none = [value for value in values if value not in part.found.answers]
    named = ", ".join(map(repr, none))
    said = f"Nobody interviewed in this group has {named}: that does not make it a share of 0."
    return [*([said] if none else []), *part.notices]


def between_words(parted: Parted) -> str:
    """Tell how groups recruit each other, and what holds for all of them."""
    by = parted.groups.by
    lines = [
        f"GROUPS OF {by.upper()}: WHO RECRUITS WHOM",
        *_mixing(parted.mixing, parted.homophily),
        "  Shares are estimated within each group, from trees that hold everybody.",
        "",
        *(["NOTICES"] if parted.notices else []),
        *(wrapped(f"- {each}") for each in parted.notices),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def groups_json(parted: Parted, values: Sequence[str]) -> dict[str, Any]:
    """Give the groups: each with what a whole sample has of it, and how they recruit each other."""
    return {
        "by": parted.groups.by,
        "groups": {name: _part_json(part, values) for name, part in parted.parts.items()},
        "left_out": dict(parted.groups.left_out),
        "in_no_group": parted.groups.nowhere,
        "between": {
            "homophily": finite(parted.homophily),
            "mixing": _mixing_json(parted.mixing),
            "notices": parted.notices,
        },
    }


def _part_json(part: Part, values: Sequence[str]) -> dict[str, Any]:
    own = [value for value in values if value in part.found.answers]
    told = {value: {"methods": [answer_json(each, DIGITS) for each in part.found.answers[value]]} for value in own}
    return {
        "people": part.people,
        "not_known": part.not_known,
        **(told[own[0]] if len(values) == len(own) == 1 else {}),
        "values": told,
        "notices": part_notices(part, values),
        "diagnostics": _steps_json(part),
    }


def _diagnostics_json(study: Study) -> dict[str, Any]:
    return {
        "waves_needed": study.waves_needed,
        "homophily": finite(study.homophily),
        **_steps_json(study),
        "mixing": _mixing_json(study.mixing),
    }


def _steps_json(told: Study | Part) -> dict[str, Any]:
    """Give the shares as waves are added, and those of each tree."""

    def by_value(shares: Sequence[float]) -> dict[str, float | None]:
        pairs = zip(told.sample.values, shares, strict=True)
        return {value: finite(share, DIGITS) for value, share in pairs}

    return {
        "waves": [{"wave": each.wave, "people": each.people, "rds2": by_value(each.shares)} for each in told.waves],
        "trees": [
            {
                "seed_value": each.seed_value,
                "people": each.people,
                "waves": each.waves,
                "rds2": by_value(each.shares),
                "rds2_without": by_value(each.without),
            }
            for each in told.trees
        ],
    }


def _mixing_json(mixing: Sequence[Mixing]) -> list[dict[str, Any]]:
    names = [each.value for each in mixing]
    return [
        {
            "value": each.value,
            "people": each.people,
            "contacts": finite(each.contacts),
            "recruited": dict(zip(names, map(float, each.recruited), strict=True)),
            "homophily": finite(each.homophily),
        }
        for each in mixing
    ]


def _some(count: int, name: str) -> str:
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def _percent(share: float) -> str:
    return f"{share:.1%}" if np.isfinite(share) else "-"
