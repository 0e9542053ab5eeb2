"""Rules of two records of one person: when they look alike, what a merge unites, and until when it is undone. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from suar.consent.codes import ContactRule
from suar.core.decisions import Decision

SAME_NAME, SIMILAR_NAME = 0.85, 0.9
"""The least similarity of whole names; and of the shorter name, if age and place are the same too."""
UNDO_WITHIN = timedelta(days=30)
STRICT_FACTS = tuple(rule.lower() for rule in ContactRule)
JOINED_FACTS = ("do_not", "if_answered")
DERIVED_FACTS = {"age": ("age_band", "age_status")}
"""Facts that follow from another fact and are merged with it."""


def reasons(one: Mapping[str, Any], other: Mapping[str, Any], *, whole: float, part: float) -> tuple[str, ...]:
    """Return the reasons why two index entries may be of one person, by codes of codes/duplicate_reasons.json.

    `whole` and `part` are similarities of the names: of all words, and of those of the shorter one.
    Source: own design; a wrong suggestion costs a look, and nothing is merged without a worker.
    """
    number = bool(one.get("number")) and one.get("number") == other.get("number")
    same_place = bool(one.get("place")) and one.get("place") == other.get("place")
    ages = [one.get("age"), other.get("age")]
    same_age = bool(ages[0]) and ages[0] == ages[1]
    holds = {
        "NUMBER": number,
        "NAME": whole >= SAME_NAME,
        "AGE_PLACE": part >= SIMILAR_NAME and same_place and same_age,
    }
    return tuple(code for code, applies in holds.items() if applies)


def conflicting_facts(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Return the facts that differ between two records, for the worker to choose.

    Source: own design; safe-contact rules and warnings are not chosen, they are united.
    """
    united = {*STRICT_FACTS, *JOINED_FACTS, "aliases", *(name for names in DERIVED_FACTS.values() for name in names)}
    return [name for name in ours if name not in united and ours[name] and theirs[name] and ours[name] != theirs[name]]


def united_facts(ours: Mapping[str, Any], theirs: Mapping[str, Any], *, chosen: Collection[str]) -> dict[str, Any]:
    """Return which facts change in the record that stays open; `chosen` are those taken from the other one.

    Every contact restriction and warning applies to both. No name is lost.
    Source: own design after security.md 3.6: the stricter rule wins.
    """
    facts = {name: ours[name] or theirs[name] for name in STRICT_FACTS}
    facts |= {name: "\n".join(dict.fromkeys(filter(None, (ours[name], theirs[name])))) for name in JOINED_FACTS}
    for name in ours.keys() - facts.keys() - {"aliases"}:
        if theirs[name] and (name in chosen or not ours[name]):
            facts[name] = theirs[name]
    for name, following in DERIVED_FACTS.items():
        if name in chosen:
            facts |= {other: theirs[other] for other in following}
    name_in_use = facts.get("name", ours["name"])
    others = [ours["name"], *ours["aliases"].split(","), theirs["name"], *theirs["aliases"].split(",")]
    aliases = dict.fromkeys(name.strip() for name in others if name.strip() not in ("", name_in_use))
    return {**facts, "aliases": ", ".join(aliases)}


def may_undo_merge(merged_at: datetime, *, now: datetime) -> Decision:
    """Return whether a merge can still be undone.

    Source: own design; after a month the remaining record has new entries.
    """
    return Decision.require(now - merged_at <= UNDO_WITHIN, "merge_too_old")
