"""Code lists: codes with labels in every language, read from an app's `codes` folder.

`code_list("cases", "follow_ups")` reads `suar/cases/codes/follow_ups.json`:

    {"source": "...", "codes": [{"code": "FU_1W", "label": {"en": "...", "id": "..."}, "days": 7}]}

Everything beside `code` and `label` is an extra field, `member["days"]`. Write an enum only for
codes on which a rule branches.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.functional import lazy

from suar.core.i18n import localize

APPS = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Code:
    """One member of a code list."""

    code: str
    labels: Mapping[str, str]
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The label in the active language."""
        return localize(self.labels)

    def __getitem__(self, name: str) -> Any:
        return self.extra[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return an extra field, or the default."""
        return self.extra.get(name, default)


class CodeList(dict[str, Code]):
    """The codes of one list by their code, in their order."""

    source = ""

    @property
    def members(self) -> tuple[Code, ...]:
        """The codes in their order."""
        return tuple(self.values())

    def label(self, code: str, language: str = "") -> str:
        """Return the label of a code in a language (the active one by default).

        An unknown code is its own label: old records may hold codes that were withdrawn.
        """
        return localize(self[code].labels, language) if code in self else code

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """Pairs of code and label for a form field; labels follow the active language when shown."""
        return [(code, _lazy_label(self, code)) for code in self]


def enum_choices(codes: type[StrEnum]) -> list[tuple[str, str]]:
    """Return the choices of a model's field; the codes are their own labels."""
    return [(code.value, code.value) for code in codes]


_lazy_label = lazy(CodeList.label, str)
"""Made once: each call of `lazy` makes a class, which takes longer than the label."""


def read_data(app: str, name: str) -> dict[str, Any]:
    """Read a table of an app: `read_data("cases", "rules")` reads `suar/cases/data/rules.json`."""
    content: dict[str, Any] = json.loads((APPS / app / "data" / f"{name}.json").read_text("utf-8"))
    return content


@cache
def code_list(app: str, name: str) -> CodeList:
    """Read a code list of an app once. Raises ValueError for a code that is listed twice."""
    data = json.loads((APPS / app / "codes" / f"{name}.json").read_text("utf-8"))
    codes = CodeList()
    for row in data["codes"]:
        code, label = row.pop("code"), row.pop("label")
        if code in codes:
            raise ValueError(f"{app}/{name} lists a code twice")
        codes[code] = Code(code, label, row)
    codes.source = data["source"]
    return codes
