"""Reads the extension object `suar`: who is let in, areas, translations, hidden places."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from suar.directory import catalogue
from suar.directory.documents import EligibilityEntry, UrgentLine
from suar.hsds.hsds import values
from suar.hsds.hsds.tables import EXTENSION, Row, Tables

T = TypeVar("T")
SETS = {
    "sex": "EL_SEX",
    "nationality": "EL_NATIONALITY",
    "forms": "EL_FORM",
    "residential": "EL_RESIDENTIAL",
    "disability": "EL_DISABILITY",
    "exclusions": "EL_EXCLUSION",
    "family": "EL_FAMILY",
}
CODES = {
    "children_with": "EL_CHILDREN_WITH",
    "stay": "EL_STAY",
    "papers": "EL_PAPERS",
    "formal": "EL_FORMAL",
    "cost": "EL_COST",
    "opening": "EL_TIME",
}
YEARS = {"age_min", "age_max", "children_age_limit"}
SERVICE_KEYS = {
    *SETS,
    *CODES,
    *YEARS,
    "types",
    "cooperation",
    "languages",
    "stay_limit_days",
    "places",
    "areas",
    "urgent",
    "translations",
}
KEYS = {
    "organization": {"organisation", "answers_by_link", "translations"},
    "location": {"district", "hidden"},
    "service": SERVICE_KEYS,
}
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")


class Extension:
    """The extension of one row; every getter gives None for what is not told or wrong."""

    def __init__(self, found: Tables, row: Row) -> None:
        self._found, self._row = found, row
        self._content: Mapping[str, Any] = row.extension or {}
        for key in sorted(set(self._content) - KEYS[row.kind]):
            self._refuse(key, "unknown_key")
        self._translated = self._translations()

    @property
    def told(self) -> bool:
        """Say whether there is an extension at all."""
        return self._row.extension is not None

    def yes_no(self, key: str) -> bool | None:
        """Read true or false."""
        return self._typed(key, bool, "not_yes_no")

    def uuid(self, key: str) -> UUID | None:
        """Read an id."""
        return self._read(key, self._content.get(key), "uuid") if key in self._content else None

    def code(self, key: str, allowed: frozenset[str]) -> str | None:
        """Read one code of a list."""
        if key not in self._content:
            return None
        found = self._codes(key, [self._content[key]], allowed)
        return found[0] if found else None

    def codes(self, key: str, allowed: frozenset[str]) -> tuple[str, ...] | None:
        """Read several codes of a list."""
        listed = self._typed(key, list, "not_list")
        return None if listed is None else self._codes(key, listed, allowed)

    def number(self, key: str, most: int, *, among: Mapping[str, Any] | None = None) -> int | None:
        """Read a whole number from 0 to `most`."""
        content = self._content if among is None else among
        if key not in content:
            return None
        value = content[key]
        if isinstance(value, bool) or not isinstance(value, int):
            self._refuse(key, "not_whole")
            return None
        if not 0 <= value <= most:
            self._refuse(key, "out_of_range", f"0-{most}")
        return value

    def languages(self) -> tuple[str, ...] | None:
        """Read language tags and INTERPRETER."""
        listed = self._typed("languages", list, "not_list")
        if listed is None:
            return None
        for tag in listed:
            if not (isinstance(tag, str) and (tag == "INTERPRETER" or LANGUAGE.fullmatch(tag))):
                self._refuse("languages", "unknown_language", str(tag)[:40])
        return tuple(sorted({tag for tag in listed if isinstance(tag, str)})) or None

    def texts(self, key: str, among: Mapping[str, Any] | None = None) -> dict[str, str]:
        """Read words by language."""
        content = (self._content if among is None else among).get(key, {})
        if not isinstance(content, Mapping):
            self._refuse(key, "not_object")
            return {}
        read = {}
        for language, words in content.items():
            if not LANGUAGE.fullmatch(language):
                self._refuse(key, "unknown_language", language[:40])
            text = self._read(f"{key}.{language}", words, "text")
            if text:
                read[language] = text
        return read

    def translated(self, field: str) -> dict[str, str]:
        """Read one field of the translations."""
        return self.texts(field, self._by_field(field))

    def access(self) -> dict[str, dict[str, str]]:
        """Read what the person is told, by field and language."""
        known, fields = catalogue.access_fields(), dict[str, dict[str, Any]]()
        for language, one in self._translated.items():
            told = one.get("access", {})
            if not isinstance(told, Mapping):
                self._refuse(f"translations.{language}.access", "not_object")
                continue
            for code, words in told.items():
                if code not in known or known[code]["made"]:
                    self._refuse(f"access.{code[:40]}", "unknown_code")
                else:
                    fields.setdefault(code, {})[language] = words
        return {code: self.texts(code, {code: words}) for code, words in fields.items()}

    def urgent(self) -> UrgentLine | None:
        """Read the line that somebody answers now."""
        one = self._typed("urgent", dict, "not_object")
        if one is None:
            return None
        number = self._read("urgent.number", one.get("number"), "telephone")
        return UrgentLine(number or "", self._day("tested", one), self.texts("hours", one))

    def places(self) -> tuple[int | None, int | None, date | None]:
        """Read places: in all, free, as of which day."""
        one = self._typed("places", dict, "not_object")
        if one is None:
            return None, None, None
        total, free = self.number("total", 9999, among=one), self.number("free", 9999, among=one)
        if total is not None and free is not None and free > total:
            self._refuse("places.free", "out_of_range", f"0-{total}")
        return total, free, self._day("as_of", one)

    def eligibility(self) -> EligibilityEntry:
        """Read who is let in."""
        total, free, as_of = self.places()
        told: dict[str, Any] = {k: self.codes(k, catalogue.allowed(a)) for k, a in SETS.items()}
        told |= {key: self.code(key, catalogue.allowed(a)) for key, a in CODES.items()}
        told |= {key: self.number(key, 120) for key in YEARS}
        low, high = told["age_min"], told["age_max"]
        if low is not None and high is not None and low > high:
            self._refuse("age_max", "age_order", f"{low}-{high}")
        return EligibilityEntry(
            **told,
            cooperation=self.yes_no("cooperation"),
            languages=self.languages(),
            stay_limit_days=self.number("stay_limit_days", 36_500),
            places_total=total,
            places_free=free,
            places_as_of=as_of,
        )

    def _translations(self) -> Mapping[str, Mapping[str, Any]]:
        by_language = self._content.get("translations", {})
        if not isinstance(by_language, Mapping):
            self._refuse("translations", "not_object")
            return {}
        for language in by_language:
            if not isinstance(by_language[language], Mapping):
                self._refuse(f"translations.{language[:10]}", "not_object")
        return {k: one for k, one in by_language.items() if isinstance(one, Mapping)}

    def _by_field(self, field: str) -> Mapping[str, Any]:
        told = {language: one[field] for language, one in self._translated.items() if field in one}
        return {field: told}

    def _day(self, key: str, among: Mapping[str, Any]) -> date | None:
        return self._read(key, among[key], "date") if key in among else None

    def _codes(self, key: str, listed: list[Any], allowed: frozenset[str]) -> tuple[str, ...]:
        for value in listed:
            if not isinstance(value, str) or value not in allowed:
                self._refuse(key, "unknown_code", str(value)[:40])
        return tuple(sorted({value for value in listed if isinstance(value, str)}))

    def _typed(self, key: str, kind: type[T], why: str) -> T | None:
        if key not in self._content:
            return None
        value = self._content[key]
        return value if isinstance(value, kind) else self._refuse(key, why)

    def _read(self, key: str, value: Any, form: str) -> Any:
        try:
            return values.checked(value, form)
        except values.Wrong as wrong:
            return self._refuse(key, wrong.why, wrong.detail)

    def _refuse(self, key: str, why: str, detail: str = "") -> Any:
        """Note what is wrong; the value counts as not told."""
        self._found.refuse(self._row.where, f"{EXTENSION}.{key[:60]}", why, detail)
        return None
