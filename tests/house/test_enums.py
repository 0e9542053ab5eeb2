"""Each list of codes stands in one place: two copies would grow apart."""

import importlib
from collections import defaultdict
from enum import StrEnum

from suar.core.urgency import Urgency
from tests.house.reading import ROOT


def lists_of_codes() -> set[type[StrEnum]]:
    """Find every list of codes that a stage's terms, or the kernel, define."""
    source = ROOT / "src"
    files = [
        *source.glob("suar/*/terms.py"),
        *source.glob("suar/*/terms/*.py"),
        *source.glob("suar/*/codes.py"),
        *source.glob("suar/accounts/roles.py"),
    ]
    files += [*source.glob("suar/*/codes/*.py"), *source.glob("suar/core/*.py")]
    names = [".".join(path.relative_to(source).with_suffix("").parts) for path in files]
    values = (value for name in names for value in vars(importlib.import_module(name)).values())
    return {item for item in values if isinstance(item, type) and issubclass(item, StrEnum)}


def test_no_list_of_codes_is_duplicated():
    by_codes = defaultdict(set)
    for each in lists_of_codes():
        if len(each):
            by_codes[tuple(each)].add(each)
    assert len(by_codes) > 30, "positive control"
    twice = [by_code for by_code in by_codes.values() if len(by_code) > 1]
    assert twice == []


def test_the_stored_codes_of_urgency_never_change():
    assert [item.value for item in Urgency] == ["U1", "U2", "U3", "U4", "U5"]
    assert min(Urgency) is Urgency.NOW
